"""What the mappings of files and of deliveries have in common: fields, settings, what is ignored, states."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast, get_args

from tocsin.cases.past import STOOD
from tocsin.core import texts
from tocsin.core.wording import Said, say
from tocsin.intake.csv_rows import Format
from tocsin.intake.mapping import conversions
from tocsin.intake.mapping.model import CaseMapping, Unreadable
from tocsin.intake.mapping.problems import one_of_these, together
from tocsin.intake.mapping.rule import Rule
from tocsin.intake.mapping.rules import Rules
from tocsin.intake.mapping.sources import Condition, Constant
from tocsin.intake.mapping.ways import Usual
from tocsin.intake.statuses import Says
from tocsin.policy.body import AccountBody, CaseBody
from tocsin.policy.structure import shown
from tocsin.policy.yaml.keys import Key

GROUPS: dict[str, tuple[str, ...] | None] = {"account": AccountBody.__struct_fields__, "attributes": None}
FIELDS = tuple(name for name in CaseBody.__struct_fields__ if name not in (*GROUPS, "external_id", "tags"))
BOTH = ("missing", "unreadable", "decimal", "zone", "day_first", "ignore", "begins", "waits", "ends")


# The state of the ticket when it was imported.
PAST = {"state": "attributes.state", "resolved_at": "occurred_at", "closed_at": "occurred_at"}
KNOWN = ("external_id", *FIELDS, "tags", *GROUPS, *PAST, *BOTH)
_STATES = {"begins": Says.OPEN, "waits": Says.WAITS, "ends": Says.ENDS}
_MOST = 200  # rules of one mapping


class Fields:
    """Reads them. `known`: the keys that may stand at the top."""

    def __init__(self, rules: Rules, known: tuple[str, ...]) -> None:
        self.rules = rules
        self.known = known

    def needed(self, data: Mapping[str, Any], name: str, why: Said) -> None:
        if name not in data:
            self.rules.problem((name,), say("this key is missing"), why)

    def mapping(
        self, data: Mapping[str, Any], form: Format, places: Mapping[str, Key] | None = None, unreadable: str = "refuse"
    ) -> CaseMapping:
        """What files and deliveries have in common. `places`: where in the document a field stands, if elsewhere than
        under its name."""
        self._usual(data)
        at = places or {}
        count = sum(len(value) if isinstance(value, dict) else 1 for value in data.values())
        if count > _MOST:
            self.rules.problem(("fields",), say("{count} fields", count=count), say("at most {limit}", limit=_MOST))

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
            fields={name: rule(name) for name in FIELDS if name in data},
            groups={name: self._group(name, data[name], at) for name in GROUPS if name in data},
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
                self.states((name,), data[name], STOOD, empty=True)
                if not (isinstance(data[name], dict) and "map" in data[name]) and not _constant(rule):
                    rule = replace(rule, convert=_then(rule.convert, conversions.stood(words)))
            found[name] = replace(rule, field=name)
        return found

    def states(self, key: Key, value: Any, known: tuple[str, ...], *, empty: bool = False) -> None:
        """Problems of a map to states."""
        table = value.get("map") if isinstance(value, dict) else None
        for text, state in table.items() if isinstance(table, dict) else ():
            if state not in known and not (empty and state is None):
                says = say("{state} is not a state", state=shown(state))
                self.rules.problem((*key, "map", text), says, one_of_these(known))

    def _group(self, name: str, value: Any, at: Mapping[str, Key]) -> dict[str, Rule]:
        """Nested fields. In a delivery, one place may hold them all."""
        if isinstance(value, str) and "each" in self.known:
            return {"": self.rules.rule(at.get(name, (name,)), value, name)}
        entries = self.rules.keys((name,), value, GROUPS[name])
        return {
            inner: self.rules.rule(at.get(f"{name}.{inner}", (name, inner)), entry, f"{name}.{inner}")
            for inner, entry in entries.items()
        }

    def _tags(self, data: Mapping[str, Any], key: Key) -> tuple[Rule, ...]:
        tags = data.get("tags", [])
        if isinstance(tags, list):
            return tuple(self.rules.rule((*key, place), entry, "tags") for place, entry in enumerate(tags))
        return (self.rules.rule(key, tags, "tags"),)

    def _ignored(self, value: Any) -> tuple[Condition, ...]:
        """What is left out: conditions, each with its reason."""
        if not isinstance(value, list):
            self.rules.misfit(("ignore",), value, say("a list of {when: condition, reason: text}"))
            return ()
        found = []
        for place, entry in enumerate(value):
            key = ("ignore", place)
            entries = self.rules.keys(key, entry, ("when", "reason"))
            if entries.keys() == {"when", "reason"}:
                reason = self.rules.text((*key, "reason"), entries["reason"])
                found.append(self.rules.condition((*key, "when"), entries["when"], reason))
            elif isinstance(entry, dict):
                self.rules.problem(key, together(entries, say("nothing")), say("when and reason"))
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

    def _missing(self, data: Mapping[str, Any]) -> frozenset[str]:
        """The texts that stand for nothing; the empty one always does."""
        value = data.get("missing", [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            wanted = say('a list of texts, such as ["?", "n/a"]')
            self.rules.misfit(("missing",), value, wanted)
            return frozenset({""})
        return frozenset({"", *(each.strip() for each in value)})


def _constant(rule: Rule) -> bool:
    return all(isinstance(source, Constant) for source in rule.sources)


def _then(one: conversions.Convert | None, other: conversions.Convert) -> conversions.Convert:
    """One conversion behind another; what the first takes as missing stays so."""
    if one is None:
        return other
    return lambda value: None if (made := one(value)) is None else other(made)
