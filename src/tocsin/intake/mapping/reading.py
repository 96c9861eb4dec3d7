"""A mapping from its document: every problem with its line and key, or a sound mapping. Never half a result."""

from dataclasses import replace
from typing import Any, cast, get_args

from tocsin.core import texts
from tocsin.core.errors import InvalidDocument, Problem
from tocsin.core.wording import Listed, say, verbatim
from tocsin.intake.csv_rows import Format
from tocsin.intake.mapping import conversions
from tocsin.intake.mapping.fields import BOTH, FIELDS, GROUPS, KNOWN, Fields
from tocsin.intake.mapping.form import form
from tocsin.intake.mapping.formulas import DELIVERY, ITEM, ROW
from tocsin.intake.mapping.model import CaseMapping, RowMode
from tocsin.intake.mapping.problems import one_of_these
from tocsin.intake.mapping.rule import Rule
from tocsin.intake.mapping.rules import Rules
from tocsin.intake.mapping.sources import Constant, Parts, ValuePlace
from tocsin.intake.statements import KINDS
from tocsin.intake.telling import State
from tocsin.policy.yaml.keys import Key
from tocsin.policy.yaml.lines import Tree, read

OF_FILES = ("row", "delimiter", "quote", "encoding")
OF_DELIVERIES = ("kind", "each", "unpack")
SETTINGS = (*BOTH, *OF_FILES)
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
_HISTORY_NEEDS = {
    "at": say("when the row was written"),
    "state": say("a column with a map to {states}", states=Listed(get_args(State))),
}


def parse_mapping(text: str, place: str = "mapping") -> CaseMapping:
    """The mapping of a file, from YAML. InvalidDocument carries all problems: what was found on which line, and what
    was expected."""
    tree = read(texts.nfc(text))
    if tree.data is None:
        raise InvalidDocument(tree.problems or [Problem(say("the mapping is empty"), line=1)], place=place)
    rules = Rules(tree, ROW)
    mapping = _File(rules, (*KNOWN, *OF_FILES, "history")).read()
    if rules.problems:
        raise InvalidDocument(sorted(rules.problems, key=lambda problem: problem.line or 0), place=place)
    return mapping


def delivered_mapping(document: Any, tree: Tree | None = None) -> CaseMapping:
    """The mapping of what another tool delivers as JSON. InvalidDocument names the key of its first problem as its
    place; `tree` knows the lines of the document, where it was read from a file."""
    each = isinstance(document, dict) and "each" in document
    rules = Rules(tree or Tree(data=document), ITEM if each else DELIVERY)
    mapping = _Delivery(rules, (*KNOWN, *OF_DELIVERIES, "fields")).read()
    if rules.problems:
        raise InvalidDocument(rules.problems, place=rules.problems[0].key or "map")
    return mapping


class _File(Fields):
    def read(self) -> CaseMapping:
        data = self.rules.keys((), self.rules.tree.data, self.known)
        self.needed(data, "source", say("where the tickets come from"))
        self.needed(data, "subject", say("a column, or a template such as '{category}: {summary}'"))
        row = self.rules.choice(("row",), data.get("row", "first"), get_args(RowMode), "first")
        if "external_id" not in data and row != "first":
            told = say("without an external_id, the rows of a ticket cannot be told ({row})", row=row)
            self.rules.problem(("row",), told, verbatim("first"))
        mapping = self.mapping(data, form(self.rules, data))
        history = self._history(data["history"]) if "history" in data else {}
        return replace(mapping, row=cast(RowMode, row), history=history)

    def _history(self, value: Any) -> dict[str, Rule]:
        """How the rows of a ticket tell what happened to it."""
        entries = self.rules.keys(("history",), value, tuple(HISTORY))
        for name, why in _HISTORY_NEEDS.items():
            if name not in entries:
                self.rules.problem(("history", name), say("this key is missing"), why)
        self.states(("history", "state"), entries.get("state"), get_args(State))
        return {name: self.rules.rule(("history", name), entry, HISTORY[name]) for name, entry in entries.items()}


class _Delivery(Fields):
    def read(self) -> CaseMapping:
        data = dict(self._delivered_keys(self.rules.tree.data))
        self.needed(data, "source", say("where the tickets come from"))
        if isinstance(source := data.get("source"), str) and not 1 <= len(source) <= 200:
            self.rules.problem(("source",), say("this is not a name"), say("1 to 200 characters"))
        within: Key = ("fields",) if "fields" in data else ()
        places = self._flat(data) if within else {}
        if "external_id" not in data:
            self.rules.problem(
                (*within, "external_id"), say("the field is missing"), say("where the ticket's id stands")
            )
        mapping = self.mapping(data, Format(), places, unreadable="missing")
        return replace(
            mapping,
            kind=self._kind(data["kind"]) if data.get("kind") is not None else None,
            each=self.rules.source(("each",), data["each"]) if "each" in data else None,
            unpack=self._unpacked(data.get("unpack", [])),
        )

    def _delivered_keys(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.rules.problem(("map",), say("this is not a mapping"), say("an object of names and values"))
            return {}
        for name in data.keys() - set(self.known):
            self.rules.problem(
                ("map",), say("there is no key {key}", key=repr(str(name)[:60])), verbatim(", ".join(self.known))
            )
        return data

    def _flat(self, data: dict[str, Any]) -> dict[str, Key]:
        """The part `fields`, with a dot in the names of nested fields, put beside the others; and where each stood."""
        fields = self.rules.keys(("fields",), data.pop("fields"), None)
        places: dict[str, Key] = {}
        for name, entry in fields.items():
            outer, _, inner = str(name).partition(".")
            known = GROUPS.get(outer, ()) if inner else ("external_id", *FIELDS, "tags", "attributes")
            if (known is not None and (inner or outer) not in known) or name == "source":
                wanted = one_of_these(("external_id", *FIELDS, "tags", "account.…", "attributes.…"))
                says = say("there is no field {field}", field=repr(str(name)[:60]))
                self.rules.problem(("fields",), says, wanted)
                continue
            places[name] = ("fields", name)
            if inner and isinstance(data.setdefault(outer, {}), dict):
                data[outer][inner] = entry
            else:
                data[outer] = entry
        return places

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

    def _unpacked(self, value: Any) -> tuple[ValuePlace, ...]:
        found: list[ValuePlace] = []
        for place, entry in enumerate(value if isinstance(value, list) else [value]):
            source = self.rules.source(("unpack", place), self.rules.text(("unpack", place), entry))
            found += source.places if isinstance(source, Parts) else ()
        return tuple(found)
