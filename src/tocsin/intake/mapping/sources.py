"""Where a value is found, and when something holds: the parts that rules are made of."""

from typing import Any, NamedTuple

from tocsin.policy.expressions import Expression


class ValuePlace(NamedTuple):
    """Where a value stands: a column by its name in the header, or a dotted path into JSON. `key` and `line`: where
    the mapping names it."""

    name: str
    key: str
    line: int | None


class Parts(NamedTuple):
    """Texts and places, joined to one text where they are several."""

    parts: tuple[str | ValuePlace, ...]

    @property
    def places(self) -> tuple[ValuePlace, ...]:
        return tuple(part for part in self.parts if isinstance(part, ValuePlace))

    @property
    def place(self) -> ValuePlace | None:
        """The one place that is all of it."""
        return self.places[0] if len(self.parts) == 1 and self.places else None


class Constant(NamedTuple):
    value: Any
    places: tuple[ValuePlace, ...] = ()


class Formula(NamedTuple):
    """A value that is computed by an expression. `places`: the columns that it names."""

    expression: Expression
    places: tuple[ValuePlace, ...] = ()


class Condition(NamedTuple):
    """When something holds. `reason`: why what it holds for is left out."""

    expression: Expression
    places: tuple[ValuePlace, ...] = ()
    reason: str = ""


Source = Parts | Constant | Formula
