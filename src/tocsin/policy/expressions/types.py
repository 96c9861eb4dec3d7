"""The static types of expressions.

A subset of the types of the CEL specification ("Values", "Gradual type checking"): bool, int, double, string,
timestamp, duration, list(T), map(K, V) and dyn. Records are Tocsin's own: named groups of fields such as `case`,
which stand for CEL's messages and are no values themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tocsin.policy.expressions.limits import MAX_TEXT


@dataclass(frozen=True, slots=True)
class Type:
    """A type. `parameters` are those of a list or map; `limit` bounds the length of a text, and is no part of it."""

    name: str
    parameters: tuple["Type", ...] = ()
    limit: int = field(default=MAX_TEXT, compare=False)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.parameters))})" if self.parameters else self.name


@dataclass(frozen=True, slots=True)
class Record:
    """A named group of fields, any of which may be missing."""

    name: str
    fields: Mapping[str, "Type | Record"]


BOOL = Type("bool")
INT = Type("int")
DOUBLE = Type("double")
STRING = Type("string")
TIMESTAMP = Type("timestamp")
DURATION = Type("duration")
NULL = Type("null")
DYN = Type("dyn")

SCALARS = frozenset({BOOL, INT, DOUBLE, STRING, TIMESTAMP, DURATION})


def TEXT(limit: int) -> Type:
    """A string of at most `limit` characters: the shorter, the cheaper its conditions."""
    return Type("string", limit=limit)


def LIST(element: Type) -> Type:
    return Type("list", (element,))


def MAP(key: Type, value: Type) -> Type:
    return Type("map", (key, value))


def is_list(type_: Type) -> bool:
    return type_.name == "list"


def is_map(type_: Type) -> bool:
    return type_.name == "map"


def accepts(wanted: Type, given: Type) -> bool:
    """Whether a value of the type `given` may stand where `wanted` is asked for; dyn agrees with everything."""
    if DYN in (wanted, given):
        return True
    if wanted.name != given.name:
        return False
    return all(accepts(inner, other) for inner, other in zip(wanted.parameters, given.parameters, strict=True))


def common(one: Type, other: Type) -> Type | None:
    """The type that both are: ints widen to double, anything beside dyn is dyn. None where there is none."""
    if one == other:
        return one if one.limit >= other.limit else other
    if DYN in (one, other):
        return DYN
    if {one, other} == {INT, DOUBLE}:
        return DOUBLE
    if one.name != other.name:
        return None
    inner = [common(left, right) for left, right in zip(one.parameters, other.parameters, strict=True)]
    return Type(one.name, tuple(type_ for type_ in inner if type_)) if all(inner) else None


def comparable(one: Type, other: Type) -> bool:
    """Whether `==` between the two can ever hold. Numbers compare across types (CEL, "Equality")."""
    return common(one, other) is not None
