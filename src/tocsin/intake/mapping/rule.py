"""How one field comes about: its sources, the conversion of what they say, and what stands in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

from tocsin.clocks.written import Order
from tocsin.core.errors import InvalidInput
from tocsin.core.numbers import Decimal
from tocsin.core.unfit import locate, located
from tocsin.intake.mapping.conversions import Convert
from tocsin.intake.mapping.sources import Constant, Source, ValuePlace

Item = TypeVar("Item", contravariant=True)


class ValueReader(Protocol[Item]):
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
    def places(self) -> tuple[ValuePlace, ...]:
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
        self, reader: ValueReader[Item], forgive: Callable[[InvalidInput, Item], None] | None = None
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

        def find(item: Item) -> Any:
            value = first(item)
            if value is None:
                value = next((said for other in others if (said := other(item)) is not None), None)
            return value

        found_in = find if others else first

        def get(item: Item) -> Any:
            value = found_in(item)
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
