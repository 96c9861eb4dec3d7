"""A mapping from YAML: every problem with its line and key, or a sound mapping. Never half a result."""

import codecs
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo

from tocsin.cases.past import STOOD
from tocsin.core.errors import InvalidDocument, InvalidInput, Problem, TocsinError
from tocsin.intake import conversions
from tocsin.intake.conversions import Convert, Kind
from tocsin.intake.csv_rows import FALLBACK, Format
from tocsin.intake.mapping import CaseMapping, Column, RowMode, Rule, Unreadable
from tocsin.intake.telling import State
from tocsin.intake.times import Order
from tocsin.policy.body import AccountBody, CaseBody, to_body
from tocsin.policy.structure import near, show
from tocsin.policy.yaml.keys import Key, key_text
from tocsin.policy.yaml.lines import Tree, read

_GROUPS: dict[str, tuple[str, ...] | None] = {"account": AccountBody.__struct_fields__, "attributes": None}
_FIELDS = tuple(name for name in CaseBody.__struct_fields__ if name not in (*_GROUPS, "external_id", "tags"))
SETTINGS = ("row", "missing", "unreadable", "decimal", "zone", "day_first", "delimiter", "quote", "encoding")
# The state of the ticket when it was imported, and as which field of a case each is read.
PAST = {"state": "attributes.state", "resolved_at": "occurred_at", "closed_at": "occurred_at"}
_KNOWN = ("external_id", *_FIELDS, "tags", *_GROUPS, *PAST, *SETTINGS, "history")
# What a row of a history tells, and as which field of a case each is read.
HISTORY = {
    "at": "occurred_at",
    "after": "users_affected",
    "by": "attributes.by",
    "state": "attributes.state",
    "owner": "attributes.owner",
    "team": "attributes.team",
    "reason": "attributes.reason",
}
_HISTORY_NEEDS = {"at": "when the row was written", "state": "a column with a map to " + ", ".join(get_args(State))}
RULE_KEYS = (
    *("column", "text", "value", "as", "map", "otherwise", "split", "cut", "format", "zone", "day_first"),
    "default",
)
_SPLIT = (",", ";")  # between the tags of a column, where the mapping says nothing else
_OTHERWISE = ("refuse", "keep", "missing")
_IMPLIED: dict[str, Kind] = {"users_affected": "integer", "account.arr": "number", "occurred_at": "time"}
_PART = re.compile(r"\{\{|\}\}|\{([^{}]+)\}|[{}]")


def parse_mapping(text: str, place: str = "mapping") -> CaseMapping:
    """Read a mapping. InvalidDocument carries all problems: what was found on which line, and what was expected."""
    tree = read(text)
    if tree.data is None:
        raise InvalidDocument(tree.problems or [Problem("the mapping is empty", line=1)], place=place)
    reading = _Reading(tree)
    mapping = reading.mapping()
    if reading.problems:
        raise InvalidDocument(sorted(reading.problems, key=lambda problem: problem.line or 0), place=place)
    return mapping


class _Reading:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.problems = list(tree.problems)
        self.decimal: str | None = None
        self.zone: ZoneInfo | None = None
        self.day_first: bool | None = None
        self.heard: Counter[str] = Counter()

    def problem(self, key: Key, message: str, expected: str | None = None) -> None:
        if key not in self.tree.spoiled:
            self.problems.append(Problem(message, key_text(key), self.tree.line(key), expected))

    def mapping(self) -> CaseMapping:
        data = self._keys((), self.tree.data, _KNOWN)
        for name, why in (
            ("source", "where the tickets come from"),
            ("subject", "a column, or a template such as '{category}: {summary}'"),
        ):
            if name not in data:
                self.problem((name,), "this key is missing", why)
        self._defaults(data)
        row = self._choice(data, "row", get_args(RowMode), "first")
        if "external_id" not in data and row != "first":
            self.problem(("row",), f"without an external_id, the rows of a ticket cannot be told ({row})", "first")
        return CaseMapping(
            form=self._form(data),
            row=cast(RowMode, row),
            unreadable=cast(Unreadable, self._choice(data, "unreadable", get_args(Unreadable), "refuse")),
            missing=self._missing(data),
            external_id=self._rule(("external_id",), data["external_id"], "external_id")
            if "external_id" in data
            else None,
            fields={name: self._rule((name,), data[name], name) for name in _FIELDS if name in data},
            groups={name: self._group(name, data[name], known) for name, known in _GROUPS.items() if name in data},
            tags=self._tags(data),
            past=self._past(data),
            history=self._history(data["history"]) if "history" in data else {},
            heard=self.heard,
        )

    def _defaults(self, data: Mapping[str, Any]) -> None:
        """What holds for every number and every time, where its own rule does not say otherwise."""
        if "decimal" in data:
            self.decimal = self._choice(data, "decimal", (".", ","), ".")
        if "zone" in data:
            self.zone = self._zone(("zone",), data["zone"])
        if "day_first" in data:
            self.day_first = self._flag(("day_first",), data["day_first"])

    def _past(self, data: Mapping[str, Any]) -> dict[str, Rule]:
        """How rows tell whether their ticket is over, and since when."""
        found = {}
        for name in (name for name in PAST if name in data):
            rule = self._rule((name,), data[name], PAST[name])
            if name == "state":
                table = data[name].get("map") if isinstance(data[name], dict) else None
                for text, state in table.items() if isinstance(table, dict) else ():
                    if state is not None and state not in STOOD:
                        self.problem((name, "map", text), f"{show(state)} is not a state", "one of " + ", ".join(STOOD))
                if table is None and rule.parts:
                    rule = replace(rule, convert=conversions.stood)
            found[name] = replace(rule, field=name)
        return found

    def _keys(self, key: Key, value: Any, known: tuple[str, ...] | None) -> dict[str, Any]:
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

    def _group(self, name: str, value: Any, known: tuple[str, ...] | None) -> dict[str, Rule]:
        entries = self._keys((name,), value, known)
        return {inner: self._rule((name, inner), entry, f"{name}.{inner}") for inner, entry in entries.items()}

    def _history(self, value: Any) -> dict[str, Rule]:
        """How the rows of a ticket tell what happened to it."""
        entries = self._keys(("history",), value, tuple(HISTORY))
        for name, why in _HISTORY_NEEDS.items():
            if name not in entries:
                self.problem(("history", name), "this key is missing", why)
        table = entries["state"].get("map") if isinstance(entries.get("state"), dict) else None
        for text, state in table.items() if isinstance(table, dict) else ():
            if state not in get_args(State):
                expected = "one of " + ", ".join(get_args(State))
                self.problem(("history", "state", "map", text), f"{show(state)} is not one of the states", expected)
        return {name: self._rule(("history", name), entry, HISTORY[name]) for name, entry in entries.items()}

    def _tags(self, data: Mapping[str, Any]) -> tuple[Rule, ...]:
        tags = data.get("tags", [])
        if isinstance(tags, list):
            return tuple(self._rule(("tags", place), entry, "tags") for place, entry in enumerate(tags))
        return (self._rule(("tags",), tags, "tags"),)

    def _form(self, data: Mapping[str, Any]) -> Format:
        return Format(
            self._character(data, "delimiter", ","),
            self._character(data, "quote", '"'),
            self._encoding(data),
            None if "encoding" in data else FALLBACK,
        )

    def _character(self, data: Mapping[str, Any], name: str, default: str) -> str:
        value = data.get(name, default)
        if not isinstance(value, str) or len(value) != 1 or not value.isascii() or value in "\r\n\0":
            self.problem((name,), f"found {show(value)}", r'one ASCII character, such as ";" or "\t"')
            return default
        return value

    def _encoding(self, data: Mapping[str, Any]) -> str:
        name = data.get("encoding", "utf-8")
        try:
            plain = bytes(range(128))
            if isinstance(name, str) and plain.decode(codecs.lookup(name).name) == plain.decode("ascii"):
                return name
        except (LookupError, UnicodeError, ValueError):
            pass
        expected = "utf-8, cp1252, latin-1 or another in which ASCII stands for itself"
        self.problem(("encoding",), f"{show(name)} cannot be read line by line", expected)
        return "utf-8"

    def _choice(self, data: Mapping[str, Any], name: str, choices: tuple[str, ...], default: str) -> str:
        value = data.get(name, default)
        if value not in choices:
            self.problem((name,), f"{show(value)} is not one of the choices", "one of " + ", ".join(choices))
            return default
        return str(value)

    def _missing(self, data: Mapping[str, Any]) -> frozenset[str]:
        """The texts that stand for nothing; the empty one always does."""
        value = data.get("missing", [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.problem(("missing",), f"found {show(value)}", 'a list of texts, such as ["?", "n/a"]')
            return frozenset({""})
        return frozenset({"", *(each.strip() for each in value)})

    def _rule(self, key: Key, value: Any, field: str) -> Rule:
        """A rule in any of its forms: a column, a template, a constant, or a mapping that says more."""
        if isinstance(value, str):
            if field == "source":
                return self._constant(key, value, field)
            parts = self._template(key, value) if "{" in value or "}" in value else self._column(key, value)
            order = Order(self.day_first)
            return Rule(field, parts, self._convert(key, {}, field, order), order=order)
        if not isinstance(value, dict):
            self.problem(key, f"found {show(value)}", "a column, a template, or {column: ...} or {value: ...}")
            return Rule(field)
        entries = self._keys(key, value, RULE_KEYS)
        given = [name for name in ("column", "text", "value") if name in entries]
        if len(given) != 1:
            self.problem(key, f"found {' and '.join(given) or 'none of them'}", "one of column, text and value")
            return Rule(field)
        if given == ["value"]:
            for name in entries.keys() - {"value"}:
                self.problem((*key, name), "a constant takes no further keys", "value alone")
            return self._constant((*key, "value"), entries["value"], field)
        place = (*key, given[0])
        text = self._text(place, entries[given[0]])
        parts = self._template(place, text) if given == ["text"] else self._column(place, text)
        default = entries.get("default")
        if default is not None:
            self._fits((*key, "default"), field, default)
        order = Order(self.day_first)
        if "day_first" in entries:
            order = Order(self._flag((*key, "day_first"), entries["day_first"]))
        return Rule(field, parts, self._convert(key, entries, field, order), default=default, order=order)

    def _constant(self, key: Key, value: Any, field: str) -> Rule:
        self._fits(key, field, value)
        return Rule(field, constant=value)

    def _column(self, key: Key, name: str) -> tuple[Column]:
        if not name.strip():
            self.problem(key, "the name is empty", "the name of a column")
        return (Column(name.strip(), key_text(key), self.tree.line(key)),)

    def _template(self, key: Key, text: str) -> tuple[str | Column, ...]:
        """`Text {column} text`; a brace of the text stands twice."""
        parts: list[str | Column] = []
        end = 0
        for found in _PART.finditer(text):
            parts.append(text[end : found.start()])
            end = found.end()
            if found[1]:
                parts += self._column(key, found[1])
            elif len(found[0]) == 2:
                parts.append(found[0][0])
            else:
                self.problem(key, f"a brace of {show(text)} stands alone", "{column}, or {{ for the brace itself")
        parts.append(text[end:])
        if not any(isinstance(part, Column) for part in parts):
            self.problem(key, f"{show(text)} names no column", "{column} somewhere in it, or `value:` for a constant")
        return tuple(part for part in parts if part)

    def _convert(self, key: Key, entries: Mapping[str, Any], field: str, order: Order) -> Convert:
        """The way from text to value: cut and split, then the map, then the kind that the field needs."""
        convert = self._kind(key, entries, field, order)
        if "map" in entries:
            convert = self._table(key, entries, field, convert)
        elif "otherwise" in entries:
            self.problem((*key, "otherwise"), "there is no map that it could be about", "a map beside it")
        if "split" in entries:
            if field != "tags" and not field.startswith("attributes."):
                self.problem((*key, "split"), f"{field} holds no list", "tags or an attribute")
            if separators := self._separators((*key, "split"), entries["split"]):
                convert = conversions.parts(separators, convert)
        elif field == "tags" and "map" not in entries:
            convert = conversions.parts(_SPLIT, convert)
        if "cut" in entries:
            cut = entries["cut"]
            if type(cut) is not int or cut < 1:
                self.problem((*key, "cut"), f"found {show(cut)}", "a number of characters")
            else:
                convert = conversions.first(cut, convert)
        return convert

    def _separators(self, key: Key, value: Any) -> tuple[str, ...]:
        """What stands between the parts of a text; nothing for one that stays whole."""
        if value is False:
            return ()
        found = value if isinstance(value, list) else [value]
        return tuple(self._text(key, each) for each in found)

    def _flag(self, key: Key, value: Any) -> bool | None:
        if not isinstance(value, bool):
            self.problem(key, f"found {show(value)}", "true or false")
            return None
        return value

    def _zone(self, key: Key, value: Any) -> ZoneInfo | None:
        try:
            return conversions.zone(value)
        except InvalidInput as error:
            self.problem(key, error.detail, error.expected)
            return None

    def _kind(self, key: Key, entries: Mapping[str, Any], field: str, order: Order) -> Convert:
        timed = "time" if {"format", "zone", "day_first"} & entries.keys() else None
        kind = entries.get("as", timed or _IMPLIED.get(field, "text"))
        if kind not in get_args(Kind):
            self.problem((*key, "as"), f"{show(kind)} is not one of the choices", "one of " + ", ".join(get_args(Kind)))
            return str
        wanted = _IMPLIED.get(field)
        fits = field.startswith("attributes.") or kind == wanted or (wanted is None and kind in ("text", "time"))
        if not fits and not (field == "account.arr" and kind == "integer"):
            self.problem((*key, "as" if "as" in entries else "format"), f"{field} holds no {kind}", wanted or "text")
        if kind != "time":
            if timed:
                given = next(name for name in ("format", "zone", "day_first") if name in entries)
                self.problem((*key, given), f"this is for times, not for a {kind}")
            plain: dict[str, Convert] = {
                "text": str,
                "integer": conversions.integer,
                "number": conversions.number,
                "boolean": conversions.boolean,
            }
            if self.decimal is not None and kind in ("integer", "number"):
                return conversions.grouped(self.decimal, plain[kind])
            return plain[kind]
        convert = self._time(key, entries, order)
        return convert if wanted == "time" else conversions.time_text(convert)

    def _time(self, key: Key, entries: Mapping[str, Any], order: Order) -> Convert:
        form = self._text((*key, "format"), entries["format"]) if "format" in entries else None
        if form is not None and "%" not in form:
            self.problem((*key, "format"), f"{show(form)} is not a form of a time", 'such as "%d/%m/%Y %H:%M"')
        order.used = form is None
        zone = self._zone((*key, "zone"), entries["zone"]) if "zone" in entries else self.zone
        name = key_text(key)
        return conversions.time(form, zone, order, lambda what: self.heard.update([f"{name}: {what}"]))

    def _table(self, key: Key, entries: Mapping[str, Any], field: str, convert: Convert) -> Convert:
        table, otherwise = entries["map"], entries.get("otherwise", "refuse")
        if not isinstance(table, dict) or not table:
            self.problem((*key, "map"), f"found {show(table)}", "texts of the file and their values")
            return convert
        if otherwise not in _OTHERWISE:
            expected = "one of " + ", ".join(_OTHERWISE)
            self.problem((*key, "otherwise"), f"{show(otherwise)} is not one of the choices", expected)
            return convert
        for text, value in table.items():
            if value is not None:
                self._fits((*key, "map", text), field, value)
        return conversions.table(table, otherwise, convert)

    def _text(self, key: Key, value: Any) -> str:
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
