"""A mapping from its document: every problem with its line and key, or a sound mapping. Never half a result."""

import codecs
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast, get_args

from tocsin.cases.past import STOOD
from tocsin.core import texts
from tocsin.core.errors import InvalidDocument, Problem
from tocsin.intake.csv_rows import FALLBACK, Format
from tocsin.intake.mapping import conversions
from tocsin.intake.mapping.formulas import DELIVERY, ITEM, ROW
from tocsin.intake.mapping.model import CaseMapping, Condition, Constant, Parts, Place, RowMode, Rule, Unreadable
from tocsin.intake.mapping.rules import Rules, Usual
from tocsin.intake.statements import KINDS
from tocsin.intake.statuses import Says
from tocsin.intake.telling import State
from tocsin.policy.body import AccountBody, CaseBody
from tocsin.policy.structure import show
from tocsin.policy.yaml.keys import Key
from tocsin.policy.yaml.lines import Tree, read

_GROUPS: dict[str, tuple[str, ...] | None] = {"account": AccountBody.__struct_fields__, "attributes": None}
_FIELDS = tuple(name for name in CaseBody.__struct_fields__ if name not in (*_GROUPS, "external_id", "tags"))
BOTH = ("missing", "unreadable", "decimal", "zone", "day_first", "ignore", "begins", "waits", "ends")
OF_FILES = ("row", "delimiter", "quote", "encoding")
OF_DELIVERIES = ("kind", "each", "unpack")
SETTINGS = (*BOTH, *OF_FILES)


# The state of the ticket when it was imported.
PAST = {"state": "attributes.state", "resolved_at": "occurred_at", "closed_at": "occurred_at"}
# What a row of a history tells.
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
_KNOWN = ("external_id", *_FIELDS, "tags", *_GROUPS, *PAST, *BOTH)
_STATES = {"begins": Says.OPEN, "waits": Says.WAITS, "ends": Says.ENDS}
_MOST = 200  # rules of one mapping


def parse_mapping(text: str, place: str = "mapping") -> CaseMapping:
    """The mapping of a file, from YAML. InvalidDocument carries all problems: what was found on which line, and what
    was expected."""
    tree = read(text)
    if tree.data is None:
        raise InvalidDocument(tree.problems or [Problem("the mapping is empty", line=1)], place=place)
    rules = Rules(tree, ROW)
    mapping = _Reading(rules, (*_KNOWN, *OF_FILES, "history")).file()
    if rules.problems:
        raise InvalidDocument(sorted(rules.problems, key=lambda problem: problem.line or 0), place=place)
    return mapping


def delivered_mapping(document: Any, tree: Tree | None = None) -> CaseMapping:
    """The mapping of what another tool delivers as JSON. InvalidDocument names the key of its first problem as its
    place; `tree` knows the lines of the document, where it was read from a file."""
    each = isinstance(document, dict) and "each" in document
    rules = Rules(tree or Tree(data=document), ITEM if each else DELIVERY)
    mapping = _Reading(rules, (*_KNOWN, *OF_DELIVERIES, "fields")).delivery()
    if rules.problems:
        raise InvalidDocument(rules.problems, place=rules.problems[0].key or "map")
    return mapping


class _Reading:
    def __init__(self, rules: Rules, known: tuple[str, ...]) -> None:
        self.rules = rules
        self.known = known

    def file(self) -> CaseMapping:
        data = self.rules.keys((), self.rules.tree.data, self.known)
        self._needed(data, "source", "where the tickets come from")
        self._needed(data, "subject", "a column, or a template such as '{category}: {summary}'")
        row = self.rules.choice(("row",), data.get("row", "first"), get_args(RowMode), "first")
        if "external_id" not in data and row != "first":
            told = f"without an external_id, the rows of a ticket cannot be told ({row})"
            self.rules.problem(("row",), told, "first")
        mapping = self._mapping(data, self._form(data))
        history = self._history(data["history"]) if "history" in data else {}
        return replace(mapping, row=cast(RowMode, row), history=history)

    def delivery(self) -> CaseMapping:
        data = dict(self._delivered_keys(self.rules.tree.data))
        self._needed(data, "source", "where the tickets come from")
        if isinstance(source := data.get("source"), str) and not 1 <= len(source) <= 200:
            self.rules.problem(("source",), "this is not a name", "1 to 200 characters")
        within: Key = ("fields",) if "fields" in data else ()
        places = self._flat(data) if within else {}
        if "external_id" not in data:
            self.rules.problem((*within, "external_id"), "the field is missing", "where the ticket's id stands")
        mapping = self._mapping(data, Format(), places, unreadable="missing")
        return replace(
            mapping,
            kind=self._kind(data["kind"]) if data.get("kind") is not None else None,
            each=self.rules.source(("each",), data["each"]) if "each" in data else None,
            unpack=self._unpacked(data.get("unpack", [])),
        )

    def _delivered_keys(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.rules.problem(("map",), "this is not a mapping", "an object of names and values")
            return {}
        for name in data.keys() - set(self.known):
            self.rules.problem(("map",), f"there is no key {str(name)[:60]!r}", ", ".join(self.known))
        return data

    def _flat(self, data: dict[str, Any]) -> dict[str, Key]:
        """The part `fields`, with a dot in the names of nested fields, put beside the others; and where each stood."""
        fields = self.rules.keys(("fields",), data.pop("fields"), None)
        places: dict[str, Key] = {}
        for name, entry in fields.items():
            outer, _, inner = str(name).partition(".")
            known = _GROUPS.get(outer, ()) if inner else ("external_id", *_FIELDS, "tags", "attributes")
            if (known is not None and (inner or outer) not in known) or name == "source":
                expected = "one of " + ", ".join(("external_id", *_FIELDS, "tags", "account.…", "attributes.…"))
                self.rules.problem(("fields",), f"there is no field {str(name)[:60]!r}", expected)
                continue
            places[name] = ("fields", name)
            if inner and isinstance(data.setdefault(outer, {}), dict):
                data[outer][inner] = entry
            else:
                data[outer] = entry
        return places

    def _needed(self, data: Mapping[str, Any], name: str, why: str) -> None:
        if name not in data:
            self.rules.problem((name,), "this key is missing", why)

    def _mapping(
        self, data: Mapping[str, Any], form: Format, places: Mapping[str, Key] | None = None, unreadable: str = "refuse"
    ) -> CaseMapping:
        """What files and deliveries have in common. `places`: where in the document a field stands, if elsewhere than
        under its name."""
        self._usual(data)
        at = places or {}
        count = sum(len(value) if isinstance(value, dict) else 1 for value in data.values())
        if count > _MOST:
            self.rules.problem(("fields",), f"{count} fields", f"at most {_MOST}")

        def rule(name: str) -> Rule:
            return self.rules.rule(at.get(name, (name,)), data[name], name)

        words = {says: self._words(name, data[name]) for name, says in _STATES.items() if name in data}
        known = {word: says for says, (texts_, _) in words.items() for word in texts_}
        return CaseMapping(
            form=form,
            row="first",
            unreadable=cast(
                Unreadable,
                self.rules.choice(("unreadable",), data.get("unreadable", unreadable), get_args(Unreadable), "refuse"),
            ),
            missing=self._missing(data),
            external_id=rule("external_id") if "external_id" in data else None,
            fields={name: rule(name) for name in _FIELDS if name in data},
            groups={name: self._group(name, data[name], at) for name in _GROUPS if name in data},
            tags=self._tags(data, at.get("tags", ("tags",))),
            ignored=self._ignored(data.get("ignore", [])),
            words=known,
            stated=tuple((says, condition) for says, (_, found) in words.items() for condition in found),
            past=self._past(data, known),
            heard=self.rules.heard,
        )

    def _usual(self, data: Mapping[str, Any]) -> None:
        """What holds for every number and every time, where its own rule does not say otherwise."""
        rules = self.rules
        self.rules.usual = Usual(
            rules.choice(("decimal",), data["decimal"], (".", ","), ".") if "decimal" in data else None,
            rules.zone(("zone",), data["zone"]) if "zone" in data else None,
            rules.flag(("day_first",), data["day_first"]) if "day_first" in data else None,
        )

    def _past(self, data: Mapping[str, Any], words: Mapping[str, Says]) -> dict[str, Rule]:
        """How rows tell whether their ticket is over, and since when."""
        found = {}
        for name in (name for name in PAST if name in data):
            rule = self.rules.rule((name,), data[name], PAST[name])
            if name == "state":
                self._states((name,), data[name], STOOD, empty=True)
                if not (isinstance(data[name], dict) and "map" in data[name]) and not _constant(rule):
                    rule = replace(rule, convert=_then(rule.convert, conversions.stood(words)))
            found[name] = replace(rule, field=name)
        return found

    def _states(self, key: Key, value: Any, known: tuple[str, ...], *, empty: bool = False) -> None:
        """Problems of a map to states."""
        table = value.get("map") if isinstance(value, dict) else None
        for text, state in table.items() if isinstance(table, dict) else ():
            if state not in known and not (empty and state is None):
                self.rules.problem((*key, "map", text), f"{show(state)} is not a state", "one of " + ", ".join(known))

    def _group(self, name: str, value: Any, at: Mapping[str, Key]) -> dict[str, Rule]:
        """Nested fields. In a delivery, one place may hold them all."""
        if isinstance(value, str) and "each" in self.known:
            return {"": self.rules.rule(at.get(name, (name,)), value, name)}
        entries = self.rules.keys((name,), value, _GROUPS[name])
        return {
            inner: self.rules.rule(at.get(f"{name}.{inner}", (name, inner)), entry, f"{name}.{inner}")
            for inner, entry in entries.items()
        }

    def _history(self, value: Any) -> dict[str, Rule]:
        """How the rows of a ticket tell what happened to it."""
        entries = self.rules.keys(("history",), value, tuple(HISTORY))
        for name, why in _HISTORY_NEEDS.items():
            if name not in entries:
                self.rules.problem(("history", name), "this key is missing", why)
        self._states(("history", "state"), entries.get("state"), get_args(State))
        return {name: self.rules.rule(("history", name), entry, HISTORY[name]) for name, entry in entries.items()}

    def _tags(self, data: Mapping[str, Any], key: Key) -> tuple[Rule, ...]:
        tags = data.get("tags", [])
        if isinstance(tags, list):
            return tuple(self.rules.rule((*key, place), entry, "tags") for place, entry in enumerate(tags))
        return (self.rules.rule(key, tags, "tags"),)

    def _ignored(self, value: Any) -> tuple[Condition, ...]:
        """What is left out: conditions, each with its reason."""
        if not isinstance(value, list):
            self.rules.problem(("ignore",), f"found {show(value)}", "a list of {when: condition, reason: text}")
            return ()
        found = []
        for place, entry in enumerate(value):
            key = ("ignore", place)
            entries = self.rules.keys(key, entry, ("when", "reason"))
            if entries.keys() == {"when", "reason"}:
                reason = self.rules.text((*key, "reason"), entries["reason"])
                found.append(self.rules.condition((*key, "when"), entries["when"], reason))
            elif isinstance(entry, dict):
                self.rules.problem(key, f"found {' and '.join(entries) or 'nothing'}", "when and reason")
        return tuple(found)

    def _words(self, name: str, value: Any) -> tuple[list[str], list[Condition]]:
        """Statuses that begin or end something, folded, and conditions by which it does."""
        words, conditions = [], []
        for place, entry in enumerate(value if isinstance(value, list) else [value]):
            key: Key = (name, place) if isinstance(value, list) else (name,)
            if isinstance(entry, dict):
                entries = self.rules.keys(key, entry, ("when",))
                conditions.append(self.rules.condition((*key, "when"), entries.get("when")))
            else:
                words.append(texts.fold(self.rules.text(key, entry)).strip())
        return words, conditions

    def _kind(self, value: Any) -> Rule:
        """Which kind of signal a delivery is: fixed, or by the value at a path; `otherwise` for any other."""
        if isinstance(value, str):
            return Rule("kind", (Constant(self._one_of_kinds(("kind",), value)),))
        entries = self.rules.keys(("kind",), value, ("path", "cel", "values", "map", "otherwise"))
        table = self.rules.keys(("kind",), entries.get("values", entries.get("map", {})), None)
        values = {str(said): self._one_of_kinds(("kind", "values", said), kind) for said, kind in table.items()}
        otherwise = self._one_of_kinds(("kind", "otherwise"), entries.get("otherwise", "ticket"))
        if "cel" in entries:
            source: Any = self.rules.formula(("kind", "cel"), self.rules.text(("kind", "cel"), entries["cel"]))
        else:
            source = self.rules.source(("kind", "path"), self.rules.text(("kind", "path"), entries.get("path")))
        return Rule("kind", (source,), conversions.table(values, "missing", None), default=otherwise)

    def _one_of_kinds(self, key: Key, value: Any) -> str:
        return self.rules.choice(key, value, KINDS, "ticket")

    def _unpacked(self, value: Any) -> tuple[Place, ...]:
        found: list[Place] = []
        for place, entry in enumerate(value if isinstance(value, list) else [value]):
            source = self.rules.source(("unpack", place), self.rules.text(("unpack", place), entry))
            found += source.places if isinstance(source, Parts) else ()
        return tuple(found)

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
            self.rules.problem((name,), f"found {show(value)}", r'one ASCII character, such as ";" or "\t"')
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
        self.rules.problem(("encoding",), f"{show(name)} cannot be read line by line", expected)
        return "utf-8"

    def _missing(self, data: Mapping[str, Any]) -> frozenset[str]:
        """The texts that stand for nothing; the empty one always does."""
        value = data.get("missing", [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.rules.problem(("missing",), f"found {show(value)}", 'a list of texts, such as ["?", "n/a"]')
            return frozenset({""})
        return frozenset({"", *(each.strip() for each in value)})


def _constant(rule: Rule) -> bool:
    return all(isinstance(source, Constant) for source in rule.sources)


def _then(one: conversions.Convert | None, other: conversions.Convert) -> conversions.Convert:
    """One conversion behind another; what the first takes as missing stays so."""
    if one is None:
        return other
    return lambda value: None if (made := one(value)) is None else other(made)
