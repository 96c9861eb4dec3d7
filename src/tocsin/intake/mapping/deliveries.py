"""A mapping and what another tool delivers as JSON: the signals that it means, as `intake/reading.py` takes them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from tocsin.core import texts
from tocsin.core.errors import InvalidInput
from tocsin.intake.mapping.conversions import shown
from tocsin.intake.mapping.formulas import without_nulls
from tocsin.intake.mapping.model import CaseMapping, Condition, Constant, Formula, Place, Rule, Source
from tocsin.intake.mapping.rows import merged
from tocsin.intake.statuses import Says
from tocsin.policy.expressions import EvaluationError

MOST_ITEMS = 1000  # signals of one delivery
_ITEM = "item"
_WORDS = {Says.OPEN: "open", Says.WAITS: "on hold", Says.ENDS: "resolved"}  # statuses that state it


class Meant(NamedTuple):
    """A signal: its fields by the names of `POST /cases`, with `kind`; what the delivery lacks is left out. `remarks`:
    by field, what could not be read. `past`: how its ticket stood, where the mapping says so: `state`, `resolved_at`
    and `closed_at`."""

    given: dict[str, Any]
    remarks: dict[str, str]
    past: dict[str, Any]


class Ignored(NamedTuple):
    """A delivery, or an element of it, that means no signal."""

    reason: str


class _Item:
    """What is read: the delivery, one element of its list, the headers that it came with (names in small letters)."""

    def __init__(self, delivery: Any, item: Any, headers: Mapping[str, str]) -> None:
        self.delivery = delivery
        self.item = item
        self.headers = headers
        self.remarks: dict[str, str] = {}

    @cached_property
    def variables(self) -> dict[str, Any]:
        """As expressions see it."""
        return {
            "delivery": without_nulls(self.delivery),
            _ITEM: without_nulls(self.item),
            "headers": dict(self.headers),
        }


class DeliveredMapping:
    """A mapping, ready to read deliveries."""

    def __init__(self, mapping: CaseMapping) -> None:
        self._mapping = mapping
        reader = self._reader = _Paths(mapping.missing, mapping.each is not None)
        forgive = _remark if mapping.unreadable == "missing" else None

        def bound(rule: Rule) -> Callable[[_Item], Any]:
            return _lenient(rule).bind(reader, forgive)

        self._kind = None if mapping.kind is None else mapping.kind.bind(reader)
        known = [] if mapping.external_id is None else [("external_id", mapping.external_id)]
        self._fields = [(name, bound(rule)) for name, rule in [*known, *mapping.fields.items()]]
        self._groups = [
            (name, [(inner, bound(rule)) for inner, rule in group.items()]) for name, group in mapping.groups.items()
        ]
        self._tags = [bound(rule) for rule in mapping.tags]
        self._past = [(name, rule.bind(reader, forgive)) for name, rule in mapping.past.items()]

    @property
    def several(self) -> bool:
        """Whether one delivery may mean several signals."""
        return self._mapping.each is not None

    @property
    def source(self) -> str:
        """The source that all of its signals have; empty where each says its own."""
        sources = self._mapping.fields["source"].sources
        return str(sources[0].value) if len(sources) == 1 and isinstance(sources[0], Constant) else ""

    def read(self, payload: Any, headers: Mapping[str, str] | None = None) -> list[Meant | Ignored | InvalidInput]:
        """What a delivery means: one signal, or one for each element of the mapping's `each`, in order. An element that
        cannot be read is an error in its place; InvalidInput is raised where nothing can be."""
        for place in self._mapping.unpack:
            payload = _unpacked(payload, place.name.split("."))
        given = {name.lower(): value for name, value in (headers or {}).items()}
        if self._mapping.each is None:
            return [self._one(_Item(payload, payload, given))]
        each = self._mapping.each
        where = ", ".join(place.name for place in each.places) or "each"
        items = self._reader.value(each, Rule(""))(_Item(payload, None, given))
        if not isinstance(items, list) or len(items) > MOST_ITEMS:
            told = f"{len(items)} elements" if isinstance(items, list) else "there is no list"
            raise InvalidInput(told, place=where, expected=f"a list of at most {MOST_ITEMS} elements")
        if not items:
            return [Ignored(f"{where} holds nothing")]
        return [self._safely(_Item(payload, item, given)) for item in items]

    def _safely(self, item: _Item) -> Meant | Ignored | InvalidInput:
        try:
            return self._one(item)
        except InvalidInput as error:
            return error

    def _one(self, item: _Item) -> Meant | Ignored:
        for condition in self._mapping.ignored:
            if _holds(condition, item):
                return Ignored(condition.reason)
        given: dict[str, Any] = {"kind": "ticket" if self._kind is None else self._kind(item)}
        given |= _present((name, get(item)) for name, get in self._fields)
        for name, group in self._groups:
            found = _present((inner, get(item)) for inner, get in group)
            if held := found.get("", found):
                given[name] = held
        if len(self._tags) == 1 and (tags := self._tags[0](item)) is not None:
            given["tags"] = tags
        elif (several := merged(_listed(get(item)) for get in self._tags)) is not None:
            given["tags"] = several
        if "external_id" not in given:
            rule = self._mapping.external_id
            raise InvalidInput(
                "the payload does not say which ticket it is about",
                place=rule.named if rule is not None else "external_id",
                expected="the ticket's id, at the path that the mapping names for external_id",
            )
        self._state(given, item)
        return Meant(given, item.remarks, _present((name, get(item)) for name, get in self._past))

    def _state(self, given: dict[str, Any], item: _Item) -> None:
        """The status of a signal by the mapping's own words and conditions."""
        says = next((says for says, condition in self._mapping.stated if _holds(condition, item)), None)
        if says is None and (status := given.get("status")) is not None:
            says = self._mapping.words.get(texts.fold(shown(status)).strip())
        if says is not None:
            given["status"] = _WORDS[says]


class _Paths:
    """Finds values in JSON: at a dotted path, numbers counting in lists from 0."""

    def __init__(self, missing: frozenset[str], several: bool) -> None:
        self._missing = missing
        self._several = several

    def value(self, source: Source, rule: Rule) -> Callable[[_Item], Any]:
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

    def _path(self, place: Place) -> Callable[[_Item], Any]:
        path = place.name.split(".")
        if self._several and path[0] == _ITEM:
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

    def _template(self, parts: list[str | Callable[[_Item], Any]], item: _Item) -> str | None:
        known, found = False, []
        for part in parts:
            if isinstance(part, str):
                found.append(part)
            elif (value := part(item)) is not None and (text := shown(value).strip()) not in self._missing:
                found.append(text)
                known = True
        return "".join(found).strip() if known else None


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


def _lenient(rule: Rule) -> Rule:
    """A rule for values that the reader of signals understands better than a file's conversions, unless the mapping
    says how they are written."""
    convert = rule.convert
    if not rule.plain or convert is None:
        return rule
    if rule.field == "tags" or not rule.told:
        return replace(rule, convert=None)

    def read(value: Any) -> Any:
        try:
            return convert(value)
        except InvalidInput:
            return value

    return replace(rule, convert=read)


def _remark(error: InvalidInput, item: _Item) -> None:
    item.remarks[error.place or ""] = f"{error.detail}; it counts as missing"


def _present(found: Any) -> dict[str, Any]:
    return {name: value for name, value in found if value is not None}


def _listed(value: Any) -> Any:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else value


def _holds(condition: Condition, item: _Item) -> bool:
    return condition.expression.test(item.variables)[0]


def _computed(function: Callable[[Any], Any], item: _Item) -> Any:
    try:
        return function(item.variables)
    except EvaluationError:
        return None


def _unpacked(payload: Any, path: list[str]) -> Any:
    """The payload with the text at this path read as JSON; as it is where that is no JSON."""
    if not path:
        try:
            return msgspec.json.decode(payload) if isinstance(payload, str) else payload
        except (msgspec.MsgspecError, RecursionError):
            return payload
    if isinstance(payload, dict) and path[0] in payload:
        return {**payload, path[0]: _unpacked(payload[path[0]], path[1:])}
    return payload
