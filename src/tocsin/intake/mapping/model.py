"""A mapping that was read: its rules, and how what it reads is written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tocsin.intake.csv_rows import Format
from tocsin.intake.mapping.rule import Rule
from tocsin.intake.mapping.sources import Condition, Source, ValuePlace
from tocsin.intake.statuses import Says

RowMode = Literal["first", "last", "each"]
Unreadable = Literal["refuse", "missing"]


@dataclass(frozen=True, slots=True)
class CaseMapping:
    """A mapping, sound in itself. `groups` are the nested fields: account and attributes. `external_id` None: tickets
    are known by the row that they stand in.

    unpack     places of texts that hold JSON
    each       where the list stands whose elements are signals of their own
    ignored    what is left out, and why
    words      statuses of this source, folded, and what each states; `stated`: conditions by which it states it
    past       how the ticket stood, for an import; `history`: how rows tell what happened, for a replay
    heard      what the conversions had to assume, counted
    """

    form: Format
    row: RowMode
    unreadable: Unreadable
    missing: frozenset[str]
    external_id: Rule | None
    fields: Mapping[str, Rule]
    groups: Mapping[str, Mapping[str, Rule]]
    tags: tuple[Rule, ...]
    kind: Rule | None = None
    unpack: tuple[ValuePlace, ...] = ()
    each: Source | None = None
    ignored: tuple[Condition, ...] = ()
    words: Mapping[str, Says] = field(default_factory=dict)
    stated: tuple[tuple[Says, Condition], ...] = ()
    past: Mapping[str, Rule] = field(default_factory=dict)
    history: Mapping[str, Rule] = field(default_factory=dict)
    heard: Counter[str] = field(default_factory=Counter)

    @property
    def rules(self) -> list[Rule]:
        """Those of the body of a case."""
        nested = [rule for group in self.groups.values() for rule in group.values()]
        known = [] if self.external_id is None else [self.external_id]
        return [*known, *self.fields.values(), *nested, *self.tags]

    @property
    def every_rule(self) -> list[Rule]:
        return [*self.rules, *self.past.values(), *self.history.values()]

    @property
    def conditions(self) -> list[Condition]:
        return [*self.ignored, *(condition for _, condition in self.stated)]

    @property
    def columns(self) -> frozenset[str]:
        """Every column that the body of a case is read from."""
        return frozenset(place.name for rule in self.rules for place in rule.places)

    @property
    def all_places(self) -> tuple[ValuePlace, ...]:
        """Every place that the mapping reads, those of past, history and conditions included."""
        read: list[Rule | Condition] = [*self.every_rule, *self.conditions]
        return tuple(dict.fromkeys(place for each in read for place in each.places))

    @property
    def all_columns(self) -> frozenset[str]:
        return frozenset(place.name for place in self.all_places)
