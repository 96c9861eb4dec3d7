"""The parts of a mapping: where a value is found, how it is converted, and which rules make up a ticket."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from tocsin.clocks.written import Order
from tocsin.core.errors import InvalidInput
from tocsin.core.numbers import Decimal
from tocsin.core.unfit import locate, located
from tocsin.intake.csv_rows import Format
from tocsin.intake.mapping.conversions import Convert
from tocsin.intake.statuses import Says
from tocsin.policy.expressions import Expression

RowMode = Literal["first", "last", "each"]
Unreadable = Literal["refuse", "missing"]

NEEDED = ("external_id", "source", "subject")  # of a row: none of these may be taken as missing


class Place(NamedTuple):
    """Where a value stands: a column by its name in the header, or a dotted path into JSON. `key` and `line`: where
    the mapping names it."""

    name: str
    key: str
    line: int | None


class Parts(NamedTuple):
    """Texts and places, joined to one text where they are several."""

    parts: tuple[str | Place, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple(part for part in self.parts if isinstance(part, Place))

    @property
    def place(self) -> Place | None:
        """The one place that is all of it."""
        return self.places[0] if len(self.parts) == 1 and self.places else None


class Constant(NamedTuple):
    value: Any
    places: tuple[Place, ...] = ()


class Formula(NamedTuple):
    """A value that is computed by an expression. `places`: the columns that it names."""

    expression: Expression
    places: tuple[Place, ...] = ()


class Condition(NamedTuple):
    """When something holds. `reason`: why what it holds for is left out."""

    expression: Expression
    places: tuple[Place, ...] = ()
    reason: str = ""


Source = Parts | Constant | Formula
Item = TypeVar("Item", contravariant=True)


class Reader(Protocol[Item]):
    """Finds values in what one kind of delivery consists of."""

    def value(self, source: Source, rule: "Rule") -> Callable[[Item], Any]:
        """From a row or a JSON value to what stands at the source; None where it says nothing."""
        ...


class ByColumn(NamedTuple):
    """What of a value only its whole column may say: the order of day and month, the mark before a fraction."""

    order: Order
    decimal: Decimal

    @classmethod
    def of(cls, day_first: bool | None) -> "ByColumn":
        return cls(Order(day_first), Decimal())


@dataclass(frozen=True, slots=True)
class Rule:
    """How one field comes about: the first of the sources that says something, converted.

    `field` as in `attributes.impact`; `default` stands in where nothing is found. `plain`: no conversion was asked for
    but what the field implies; `told`: how its values are written is told by the mapping as a whole.
    """

    field: str
    sources: tuple[Source, ...] = ()
    convert: Convert | None = None
    default: Any = None
    by_column: ByColumn | None = None
    plain: bool = False
    told: bool = False

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple(place for source in self.sources for place in source.places)

    @property
    def named(self) -> str:
        """Its places, for a report."""
        return ", ".join(place.name for place in self.places)

    @property
    def lists(self) -> bool:
        """Whether the field may hold a list."""
        return self.field == "tags" or self.field.startswith("attributes.")

    @property
    def prose(self) -> bool:
        """Whether several texts found for it are one text."""
        return self.field in ("body", "subject")

    def bind(
        self, reader: Reader[Item], forgive: Callable[[InvalidInput, Item], None] | None = None
    ) -> Callable[[Item], Any]:
        """From a row, or a JSON value, to the value of the field; None where it is missing. InvalidInput names field,
        place and text; where somebody forgives it, they are told of it with the row, and the value is missing."""
        found = [reader.value(source, self) for source in self.sources]
        convert, default = self.convert, self.default
        if not found:
            return lambda item: default
        first, others = found[0], found[1:]
        if len(self.sources) == 1 and isinstance(self.sources[0], Constant):
            constant = self.sources[0].value
            return lambda item: constant
        if convert is None and default is None and not others:
            return first

        def get(item: Item) -> Any:
            value = first(item)
            if value is None and others:
                value = next((said for other in others if (said := other(item)) is not None), None)
            if value is None:
                return default
            if convert is not None:
                try:
                    value = self._each(value, convert) if value.__class__ is list else convert(value)
                except InvalidInput as error:
                    self._locate(error, value)
                    if forgive is None:
                        raise
                    forgive(error, item)
                    return default
            return default if value is None else value

        return get

    def _each(self, values: list[Any], convert: Convert) -> Any:
        """Each of several values; as one text where the field holds no list."""
        if not self.lists:
            return convert(", ".join(str(value) for value in values))
        found: list[Any] = []
        for value in values:
            try:
                made = convert(value)
            except InvalidInput as error:
                self._locate(error, value)
                raise
            found += made if isinstance(made, list) else [] if made is None else [made]
        return found or None

    def _locate(self, error: InvalidInput, value: Any) -> None:
        error.place = self.field
        if located(error) == ("", ""):
            locate(error, self.named, str(value))


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
    unpack: tuple[Place, ...] = ()
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
    def all_places(self) -> tuple[Place, ...]:
        """Every place that the mapping reads, those of past, history and conditions included."""
        read: list[Rule | Condition] = [*self.every_rule, *self.conditions]
        return tuple(dict.fromkeys(place for each in read for place in each.places))

    @property
    def all_columns(self) -> frozenset[str]:
        return frozenset(place.name for place in self.all_places)
