"""The rules of a mapping from their YAML or JSON: where a value is found, and the way from there to the value."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple, get_args
from zoneinfo import ZoneInfo

from tocsin.core.errors import InvalidInput, Problem, TocsinError
from tocsin.intake.mapping import conversions
from tocsin.intake.mapping.conversions import EPOCHS, Convert, Kind, Otherwise
from tocsin.intake.mapping.formulas import Names
from tocsin.intake.mapping.model import ByColumn, Condition, Constant, Formula, Parts, Place, Rule, Source
from tocsin.policy.body import to_body
from tocsin.policy.expressions import BOOL, DYN, ExpressionError, Type
from tocsin.policy.structure import near, show
from tocsin.policy.yaml.keys import Key, key_text
from tocsin.policy.yaml.lines import Tree

SOURCES = ("column", "path", "text", "value", "cel", "first")
TIMED = ("format", "zone", "day_first")
RULE_KEYS = (*SOURCES, "as", "extract", "map", "otherwise", "split", "cut", *TIMED, "decimal", "default")
SPLIT = (",", ";")  # between the elements of a list, where the mapping says nothing else
IMPLIED: dict[str, Kind] = {"users_affected": "integer", "account.arr": "number", "occurred_at": "time"}
_PART = re.compile(r"\{\{|\}\}|\{([^{}]+)\}|[{}]")
_MOST_CHOICES = 20


class Usual(NamedTuple):
    """What holds for every number and every time, where its own rule does not say otherwise."""

    decimal: str | None = None
    zone: ZoneInfo | None = None
    day_first: bool | None = None


class Rules:
    """Reads rules, and keeps every problem with its key and line. `names`: what expressions may use."""

    def __init__(self, tree: Tree, names: Names) -> None:
        self.tree = tree
        self.names = names
        self.usual = Usual()
        self.problems = list(tree.problems)
        self.heard: Counter[str] = Counter()

    def problem(self, key: Key, message: str, expected: str | None = None) -> None:
        if key not in self.tree.spoiled:
            self.problems.append(Problem(message, key_text(key), self.tree.line(key), expected))

    def keys(self, key: Key, value: Any, known: tuple[str, ...] | None) -> dict[str, Any]:
        """A mapping's entries under known keys; the others are problems."""
        if not isinstance(value, dict):
            self.problem(key, f"found {show(value)}", "a mapping")
            return {}
        found = {}
        for name, entry in value.items():
            if known is not None and name not in known:
                self.problem((*key, name), "this key is not known here", near(name, known))
            else:
                found[name] = entry
        return found

    def rule(self, key: Key, value: Any, field: str, kind: Kind | None = None) -> Rule:
        """A rule in any of its forms: a place, a template, or a mapping that says more. `kind`: of the value, where the
        field alone does not say it."""
        if isinstance(value, str):
            if field == "source":
                return self._constant(key, value, field)
            column = ByColumn.of(self.usual.day_first)
            convert = self._convert(key, {}, field, column, kind)
            return Rule(field, (self.source(key, value),), convert, None, column, plain=True, told=self._told(field))
        if not isinstance(value, dict):
            self.problem(key, f"found {show(value)}", "a column, a template, or {column: ...} or {value: ...}")
            return Rule(field)
        entries = self.keys(key, value, RULE_KEYS)
        given = [name for name in SOURCES if name in entries]
        if len(given) != 1:
            expected = "one of " + ", ".join(SOURCES[:-1]) + f" and {SOURCES[-1]}"
            self.problem(key, f"found {' and '.join(given) or 'none of them'}", expected)
            return Rule(field)
        if given == ["value"]:
            for name in entries.keys() - {"value"}:
                self.problem((*key, name), "a constant takes no further keys", "value alone")
            return self._constant((*key, "value"), entries["value"], field)
        default = entries.get("default")
        if default is not None:
            self._fits((*key, "default"), field, default)
        day_first = self.usual.day_first
        if "day_first" in entries:
            day_first = self.flag((*key, "day_first"), entries["day_first"])
        column = ByColumn.of(day_first)
        convert = self._convert(key, entries, field, column, kind)
        plain = not entries.keys() - {*SOURCES, "default"}
        return Rule(field, self._sources(key, entries, given[0]), convert, default, column, plain, self._told(field))

    def _told(self, field: str) -> bool:
        """Whether the mapping as a whole tells how values of this field are written."""
        kind, usual = IMPLIED.get(field), self.usual
        if kind == "time":
            return usual.zone is not None or usual.day_first is not None
        return kind is not None and usual.decimal is not None

    def _constant(self, key: Key, value: Any, field: str) -> Rule:
        self._fits(key, field, value)
        return Rule(field, (Constant(value),) if value is not None else ())

    def _sources(self, key: Key, entries: Mapping[str, Any], name: str) -> tuple[Source, ...]:
        value = entries[name]
        if name != "first":
            return (self.source(key, {name: value}),)
        place = (*key, "first")
        if not isinstance(value, list) or not 1 <= len(value) <= _MOST_CHOICES:
            self.problem(
                place, f"found {show(value)}", "a list of places, of which the first that says something counts"
            )
            return ()
        return tuple(self.source((*place, position), each) for position, each in enumerate(value))

    def source(self, key: Key, value: Any) -> Source:
        """Where a value is found: bare, or under one of the keys `column`, `path`, `text`, `value` and `cel`."""
        if isinstance(value, str):
            return Parts(self._template(key, value) if "{" in value or "}" in value else self._place(key, value))
        entries = self.keys(key, value, SOURCES[:-1])
        if len(entries) != 1:
            self.problem(key, f"found {' and '.join(entries) or 'nothing'}", "one of " + ", ".join(SOURCES[:-1]))
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
            self.problem(key, f"{error.place}: {error.detail}", error.expected)
            expression = self.names.compiled("false", BOOL)
        places = tuple(Place(name, key_text(key), self.tree.line(key)) for name in self.names.columns(text))
        return Formula(expression, places)

    def condition(self, key: Key, text: Any, reason: str = "") -> Condition:
        found = self.formula(key, self.text(key, text), BOOL)
        return Condition(found.expression, found.places, reason)

    def _place(self, key: Key, name: str) -> tuple[Place]:
        if not name.strip():
            self.problem(key, "the name is empty", "the name of a column, or a path")
        return (Place(name.strip(), key_text(key), self.tree.line(key)),)

    def _template(self, key: Key, text: str) -> tuple[str | Place, ...]:
        """`Text {column} text`; a brace of the text stands twice."""
        parts: list[str | Place] = []
        end = 0
        for found in _PART.finditer(text):
            parts.append(text[end : found.start()])
            end = found.end()
            if found[1]:
                parts += self._place(key, found[1])
            elif len(found[0]) == 2:
                parts.append(found[0][0])
            else:
                self.problem(key, f"a brace of {show(text)} stands alone", "{column}, or {{ for the brace itself")
        parts.append(text[end:])
        if not any(isinstance(part, Place) for part in parts):
            self.problem(key, f"{show(text)} names no column", "{column} somewhere in it, or `value:` for a constant")
        return tuple(part for part in parts if part)

    def _convert(
        self, key: Key, entries: Mapping[str, Any], field: str, column: ByColumn, kind: Kind | None
    ) -> Convert | None:
        """The way to the value: cut, split and extract, then the map, then the kind that the field needs. None where
        the text itself is the value."""
        kind = self._kind(key, entries, field, kind)
        convert = self._of_kind(key, entries, field, column, kind)
        if "map" in entries:
            convert = self._table(key, entries, field, convert)
        elif "otherwise" in entries:
            self.problem((*key, "otherwise"), "there is no map that it could be about", "a map beside it")
        if "split" in entries:
            if field != "tags" and not field.startswith("attributes."):
                self.problem((*key, "split"), f"{field} holds no list", "tags or an attribute")
            if separators := self._separators((*key, "split"), entries["split"]):
                convert = conversions.parts(separators, convert)
        elif kind == "list" or (field == "tags" and "map" not in entries):
            convert = conversions.parts(SPLIT, convert)
        if "extract" in entries:
            convert = self._extract((*key, "extract"), entries["extract"], convert)
        if "cut" in entries:
            cut = entries["cut"]
            if type(cut) is not int or cut < 1:
                self.problem((*key, "cut"), f"found {show(cut)}", "a number of characters")
            else:
                convert = conversions.first(cut, convert)
        return convert

    def _extract(self, key: Key, pattern: Any, convert: Convert | None) -> Convert | None:
        try:
            return conversions.extract(self.text(key, pattern), convert)
        except ValueError as error:
            self.problem(key, f"the regular expression is not valid: {error}", "RE2 syntax")
            return convert

    def _separators(self, key: Key, value: Any) -> tuple[str, ...]:
        """What stands between the parts of a text; nothing for one that stays whole."""
        if value is False:
            return ()
        found = value if isinstance(value, list) else [value]
        return tuple(self.text(key, each) for each in found)

    def flag(self, key: Key, value: Any) -> bool | None:
        if not isinstance(value, bool):
            self.problem(key, f"found {show(value)}", "true or false")
            return None
        return value

    def zone(self, key: Key, value: Any) -> ZoneInfo | None:
        try:
            return conversions.zone(value)
        except InvalidInput as error:
            self.problem(key, error.detail, error.expected)
            return None

    def choice(self, key: Key, value: Any, choices: tuple[str, ...], default: str) -> str:
        if value not in choices:
            self.problem(key, f"{show(value)} is not one of the choices", "one of " + ", ".join(choices))
            return default
        return str(value)

    def _kind(self, key: Key, entries: Mapping[str, Any], field: str, wanted: Kind | None) -> Kind:
        wanted = wanted or IMPLIED.get(field)
        timed = next((name for name in TIMED if name in entries), None)
        kind: Kind = entries.get("as", "time" if timed else wanted or "text")
        if kind not in get_args(Kind):
            self.problem((*key, "as"), f"{show(kind)} is not one of the choices", "one of " + ", ".join(get_args(Kind)))
            return "text"
        fits = (
            kind == wanted or (wanted is None and kind in ("text", "time")) or (wanted, kind) == ("number", "integer")
        )
        lists = kind == "list" and field == "tags"
        if not (fits or lists or field.startswith("attributes.")):
            place = "as" if "as" in entries else str(timed)
            self.problem((*key, place), f"{field} holds no {kind}", wanted or "text")
        if timed and kind != "time":
            self.problem((*key, timed), f"this is for times, not for a {kind}")
        if "decimal" in entries and kind not in ("integer", "number"):
            self.problem((*key, "decimal"), f"this is for numbers, not for a {kind}")
        return kind

    def _of_kind(
        self, key: Key, entries: Mapping[str, Any], field: str, column: ByColumn, kind: Kind
    ) -> Convert | None:
        if kind == "boolean":
            return conversions.boolean
        if kind == "time":
            convert = self._time(key, entries, column)
            return convert if IMPLIED.get(field) == "time" else conversions.time_text(convert)
        if kind in ("integer", "number"):
            decimal = self.usual.decimal
            if "decimal" in entries:
                decimal = self.choice((*key, "decimal"), entries["decimal"], (".", ","), ".")
            if kind == "integer":
                return conversions.integer(decimal)
            column.decimal.used = decimal is None
            return conversions.number(decimal or column.decimal)
        return conversions.text if entries.get("as") == "text" else None

    def _time(self, key: Key, entries: Mapping[str, Any], column: ByColumn) -> Convert:
        form = self.text((*key, "format"), entries["format"]) if "format" in entries else None
        if form is not None and "%" not in form and form not in EPOCHS:
            expected = 'such as "%d/%m/%Y %H:%M", or one of ' + ", ".join(EPOCHS)
            self.problem((*key, "format"), f"{show(form)} is not a form of a time", expected)
        column.order.used = form is None
        zone = self.zone((*key, "zone"), entries["zone"]) if "zone" in entries else self.usual.zone
        name = key_text(key)
        return conversions.time(form, zone, column.order, lambda what: self.heard.update([f"{name}: {what}"]))

    def _table(self, key: Key, entries: Mapping[str, Any], field: str, convert: Convert | None) -> Convert | None:
        table, otherwise = entries["map"], entries.get("otherwise", "refuse")
        if not isinstance(table, dict) or not table:
            self.problem((*key, "map"), f"found {show(table)}", "texts of the file and their values")
            return convert
        if otherwise not in get_args(Otherwise):
            expected = "one of " + ", ".join(get_args(Otherwise))
            self.problem((*key, "otherwise"), f"{show(otherwise)} is not one of the choices", expected)
            return convert
        for text, value in table.items():
            if value is not None:
                self._fits((*key, "map", text), field, value)
        return conversions.table(table, otherwise, convert)

    def text(self, key: Key, value: Any) -> str:
        if not isinstance(value, str) or not value:
            self.problem(key, f"found {show(value)}", "text")
            return "-"
        return value

    def _fits(self, key: Key, field: str, value: Any) -> None:
        """A problem where the body of a case could not hold this value in this field."""
        if field == "tags" and not isinstance(value, list):
            value = [value]
        outer, _, inner = field.partition(".")
        body = {"subject": "-", outer: {inner: value} if inner else value}
        try:
            to_body(body)
        except TocsinError as error:
            self.problem(key, f"{field} cannot be {show(value)}", error.expected)
