"""The rules of a mapping from their YAML or JSON: where a value is found, and what it becomes."""

import re
from collections.abc import Mapping
from typing import Any

from tocsin.core.wording import AND, Listed, say
from tocsin.intake.mapping.formulas import FormulaNames
from tocsin.intake.mapping.problems import one_of_these, together
from tocsin.intake.mapping.rule import ByColumn, Rule
from tocsin.intake.mapping.sources import Condition, Constant, Formula, Parts, Source, ValuePlace
from tocsin.intake.mapping.ways import WAY_KEYS, Ways
from tocsin.policy.expressions import BOOL, DYN, ExpressionError, Type
from tocsin.policy.structure import shown
from tocsin.policy.yaml.keys import Key, key_text
from tocsin.policy.yaml.lines import Tree

SOURCES = ("column", "path", "text", "value", "cel", "first")
_ANY_SOURCE = Listed((Listed(SOURCES[:-1]), SOURCES[-1]), AND)
RULE_KEYS = (*SOURCES, *WAY_KEYS)
_PART = re.compile(r"\{\{|\}\}|\{([^{}]+)\}|[{}]")
_MOST_CHOICES = 20


class Rules(Ways):
    """A document that has rules. `names`: what its expressions may use."""

    def __init__(self, tree: Tree, names: FormulaNames) -> None:
        super().__init__(tree)
        self.names = names

    def rule(self, key: Key, value: Any, field: str) -> Rule:
        """A rule in any of its forms: a place, a template, or a mapping that says more."""
        if isinstance(value, str):
            if field == "source":
                return self._constant(key, value, field)
            column = ByColumn.of(self.usual.day_first)
            convert = self.convert(key, {}, field, column)
            return Rule(field, (self.source(key, value),), convert, None, column, plain=True, told=self.told(field))
        if not isinstance(value, dict):
            self.problem(
                key,
                say("found {value}", value=shown(value)),
                say("a column, a template, or {column: ...} or {value: ...}"),
            )
            return Rule(field)
        entries = self.keys(key, value, RULE_KEYS)
        given = [name for name in SOURCES if name in entries]
        if len(given) != 1:
            self.problem(key, together(given, say("none of them")), say("one of {names}", names=_ANY_SOURCE))
            return Rule(field)
        if given == ["value"]:
            for name in entries.keys() - {"value"}:
                self.problem((*key, name), say("a constant takes no further keys"), say("value alone"))
            return self._constant((*key, "value"), entries["value"], field)
        default = entries.get("default")
        if default is not None:
            self.fits((*key, "default"), field, default)
        day_first = self.usual.day_first
        if "day_first" in entries:
            day_first = self.flag((*key, "day_first"), entries["day_first"])
        column = ByColumn.of(day_first)
        convert = self.convert(key, entries, field, column)
        plain = not entries.keys() - {*SOURCES, "default"}
        return Rule(field, self._sources(key, entries, given[0]), convert, default, column, plain, self.told(field))

    def _constant(self, key: Key, value: Any, field: str) -> Rule:
        self.fits(key, field, value)
        return Rule(field, (Constant(value),) if value is not None else ())

    def _sources(self, key: Key, entries: Mapping[str, Any], name: str) -> tuple[Source, ...]:
        value = entries[name]
        if name != "first":
            return (self.source(key, {name: value}),)
        place = (*key, "first")
        if not isinstance(value, list) or not 1 <= len(value) <= _MOST_CHOICES:
            wanted = say("a list of places, of which the first that says something counts")
            self.misfit(place, value, wanted)
            return ()
        return tuple(self.source((*place, position), each) for position, each in enumerate(value))

    def source(self, key: Key, value: Any) -> Source:
        """Where a value is found: bare, or under one of the keys `column`, `path`, `text`, `value` and `cel`."""
        if isinstance(value, str):
            return Parts(self._template(key, value) if "{" in value or "}" in value else self._place(key, value))
        entries = self.keys(key, value, SOURCES[:-1])
        if len(entries) != 1:
            self.problem(key, together(entries, say("nothing")), one_of_these(SOURCES[:-1]))
            return Constant(None)
        [(name, given)] = entries.items()
        if name == "value":
            return Constant(given)
        inner = (*key, name)
        text = self.text(inner, given)
        if name == "cel":
            return self.formula(inner, text)
        return Parts(self._template(inner, text) if name == "text" else self._place(inner, text))

    def formula(self, key: Key, text: str, expected: Type = DYN) -> Formula:
        """An expression over the delivery."""
        try:
            expression = self.names.compiled(text, expected)
        except ExpressionError as error:
            self.problem(key, say("{place}: {detail}", place=error.position.says(), detail=error.says), error.wanted)
            expression = self.names.compiled("false", BOOL)
        places = tuple(ValuePlace(name, key_text(key), self.tree.line(key)) for name in self.names.columns(text))
        return Formula(expression, places)

    def condition(self, key: Key, text: Any, reason: str = "") -> Condition:
        found = self.formula(key, self.text(key, text), BOOL)
        return Condition(found.expression, found.places, reason)

    def _place(self, key: Key, name: str) -> tuple[ValuePlace]:
        if not name.strip():
            self.problem(key, say("the name is empty"), say("the name of a column, or a path"))
        return (ValuePlace(name.strip(), key_text(key), self.tree.line(key)),)

    def _template(self, key: Key, text: str) -> tuple[str | ValuePlace, ...]:
        """`Text {column} text`; a brace of the text stands twice."""
        parts: list[str | ValuePlace] = []
        end = 0
        for found in _PART.finditer(text):
            parts.append(text[end : found.start()])
            end = found.end()
            if found[1]:
                parts += self._place(key, found[1])
            elif len(found[0]) == 2:
                parts.append(found[0][0])
            else:
                alone = say("a brace of {text} stands alone", text=shown(text))
                self.problem(key, alone, say("{column}, or {{ for the brace itself"))
        parts.append(text[end:])
        if not any(isinstance(part, ValuePlace) for part in parts):
            wanted = say("{column} somewhere in it, or `value:` for a constant")
            self.problem(key, say("{text} names no column", text=shown(text)), wanted)
        return tuple(part for part in parts if part)
