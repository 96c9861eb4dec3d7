"""A delivery in JSON: what stands at a dotted path, or comes of an expression."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import msgspec

from tocsin.core.wording import Said
from tocsin.intake.mapping.conversions import shown
from tocsin.intake.mapping.formulas import without_nulls
from tocsin.intake.mapping.rule import Rule
from tocsin.intake.mapping.sources import Condition, Constant, Formula, Source, ValuePlace
from tocsin.policy.expressions import EvaluationError

ITEM = "item"
_NOTHING = frozenset({""})


class ReadItem:
    """What is read: the delivery, one element of its list, the headers that it came with (names in small letters)."""

    def __init__(self, delivery: Any, item: Any, headers: Mapping[str, str]) -> None:
        self.delivery = delivery
        self.item = item
        self.headers = headers
        self.remarks: dict[str, Said] = {}

    @cached_property
    def variables(self) -> dict[str, Any]:
        """As expressions see it."""
        return {
            "delivery": without_nulls(self.delivery),
            ITEM: without_nulls(self.item),
            "headers": dict(self.headers),
        }


class Paths:
    """Finds values in JSON: at a dotted path, numbers counting in lists from 0."""

    def __init__(self, missing: frozenset[str], several: bool) -> None:
        self._missing = missing
        self._several = several

    def value(self, source: Source, rule: Rule) -> Callable[[ReadItem], Any]:
        if isinstance(source, Constant):
            constant = source.value
            return lambda item: constant
        if isinstance(source, Formula):
            expression = source.expression
            return lambda item: self._said(_computed(expression.function, item), rule)
        if source.place is not None:
            found = self._path(source.place)
            return lambda item: self._said(found(item), rule)
        parts = [part if isinstance(part, str) else self._path(part) for part in source.parts]
        return lambda item: self._template(parts, item)

    def _path(self, place: ValuePlace) -> Callable[[ReadItem], Any]:
        path = place.name.split(".")
        if self._several and path[0] == ITEM:
            return lambda item: at(item.item, path[1:])
        return lambda item: at(item.delivery, path)

    def _said(self, value: Any, rule: Rule) -> Any:
        """Nothing for null and for texts that stand for nothing. An empty one is kept where it is all that there is:
        whoever reads the signal remarks on it."""
        if not isinstance(value, str):
            return value
        text = value.strip()
        if text or (rule.plain and len(rule.sources) == 1 and rule.default is None):
            return None if text and text in self._missing else value
        return None

    def _template(self, parts: list[str | Callable[[ReadItem], Any]], item: ReadItem) -> str | None:
        known, found = False, []
        for part in parts:
            if isinstance(part, str):
                found.append(part)
            elif (value := part(item)) is not None and (text := shown(value).strip()) not in self._missing:
                found.append(text)
                known = True
        return "".join(found).strip() if known else None


def bound(rule: Rule, *, several: bool = False) -> Callable[[ReadItem], Any]:
    """A rule that is no field's: its value goes on as it is, unless it says what becomes of it. `several`: it may name
    elements of a list."""
    return (replace(rule, convert=None) if rule.plain else rule).bind(Paths(_NOTHING, several=several))


def at(payload: Any, path: list[str]) -> Any:
    """The value at a path; None where there is none."""
    for part in path:
        if isinstance(payload, dict):
            payload = payload.get(part)
        elif isinstance(payload, list) and part.isascii() and part.isdecimal() and len(part) < 6:
            payload = payload[int(part)] if int(part) < len(payload) else None
        else:
            return None
    return payload


def holds(condition: Condition, item: ReadItem) -> bool:
    return condition.expression.test(item.variables)[0]


def _computed(function: Callable[[Any], Any], item: ReadItem) -> Any:
    try:
        return function(item.variables)
    except EvaluationError:
        return None


def unpacked(payload: Any, path: list[str]) -> Any:
    """The payload with the text at this path read as JSON; as it is where that is no JSON."""
    if not path:
        try:
            return msgspec.json.decode(payload) if isinstance(payload, str) else payload
        except (msgspec.MsgspecError, RecursionError):
            return payload
    if isinstance(payload, dict) and path[0] in payload:
        return {**payload, path[0]: unpacked(payload[path[0]], path[1:])}
    return payload
