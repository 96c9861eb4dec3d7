"""The operators and functions of the subset: name, overloads, what runs.

A subset of "Standard Definitions" of the CEL specification. Left out: bytes, uint, type() and dyn().
`==`, `!=`, the order relations, `in` and `[]` have rules of their own in the checker and so no overloads here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tocsin.core.texts import fold
from tocsin.policy.expressions.runtime import aggregates, arithmetic, comparison, conversions, texts, times
from tocsin.policy.expressions.types import BOOL, DOUBLE, DURATION, DYN, INT, LIST, MAP, STRING, TIMESTAMP, Type


@dataclass(frozen=True, slots=True)
class Overload:
    parameters: tuple[Type, ...]
    result: Type


@dataclass(frozen=True, slots=True)
class Function:
    """`run` takes values of any type. `styles`: called as f(x) ("free"), as x.f() ("member"), or both."""

    name: str
    run: Callable[..., Any]
    overloads: tuple[Overload, ...] = ()
    styles: frozenset[str] = frozenset()

    def takes(self, count: int) -> bool:
        """Whether it can be called with so many arguments; operators always have theirs."""
        return not self.overloads or any(len(overload.parameters) == count for overload in self.overloads)


FREE, MEMBER = frozenset({"free"}), frozenset({"member"})

ARITHMETIC = ("_+_", "_-_", "_*_", "_/_", "_%_")
RELATIONS = ("_<_", "_<=_", "_>_", "_>=_")
EQUALITIES = ("_==_", "_!=_")


def mixed_name(operator: str) -> str:
    """The variant of an arithmetic operator that widens an int beside a double."""
    return f"{operator} mixed"


def _overloads(*signatures: tuple[Type, ...]) -> tuple[Overload, ...]:
    return tuple(Overload(signature[:-1], signature[-1]) for signature in signatures)


_NUMERIC = ((INT, INT, INT), (DOUBLE, DOUBLE, DOUBLE))
_TEXT_TEST = _overloads((STRING, STRING, BOOL))
_READ = _overloads((TIMESTAMP, INT), (TIMESTAMP, STRING, INT))
_READ_BOTH = _overloads((TIMESTAMP, INT), (TIMESTAMP, STRING, INT), (DURATION, INT))
_OF_BOTH = frozenset({"getHours", "getMinutes", "getSeconds", "getMilliseconds"})

_ALL = [
    Function(
        "_+_",
        arithmetic.add,
        _overloads(
            *_NUMERIC,
            (STRING, STRING, STRING),
            (TIMESTAMP, DURATION, TIMESTAMP),
            (DURATION, TIMESTAMP, TIMESTAMP),
            (DURATION, DURATION, DURATION),
        ),
    ),
    Function(
        "_-_",
        arithmetic.subtract,
        _overloads(
            *_NUMERIC,
            (TIMESTAMP, TIMESTAMP, DURATION),
            (TIMESTAMP, DURATION, TIMESTAMP),
            (DURATION, DURATION, DURATION),
        ),
    ),
    Function("_*_", arithmetic.multiply, _overloads(*_NUMERIC)),
    Function("_/_", arithmetic.divide, _overloads(*_NUMERIC)),
    Function("_%_", arithmetic.modulo, _overloads((INT, INT, INT))),
    Function("-_", arithmetic.negate, _overloads((INT, INT), (DOUBLE, DOUBLE))),
    Function("!_", aggregates.negation, _overloads((BOOL, BOOL))),
    Function("@widen", arithmetic.widen),
    Function("@boolean", aggregates.boolean),
    Function("@fold", fold),
    Function("_==_", comparison.equal),
    Function("_!=_", comparison.unequal),
    Function("_<_", comparison.less),
    Function("_<=_", comparison.less_or_equal),
    Function("_>_", comparison.greater),
    Function("_>=_", comparison.greater_or_equal),
    Function("@in", comparison.member),
    Function("_[_]", aggregates.index),
    Function(
        "size",
        aggregates.size,
        _overloads((STRING, INT), (LIST(DYN), INT), (MAP(DYN, DYN), INT)),
        FREE | MEMBER,
    ),
    Function("contains", texts.contains, _TEXT_TEST, MEMBER),
    Function("startsWith", texts.starts_with, _TEXT_TEST, MEMBER),
    Function("endsWith", texts.ends_with, _TEXT_TEST, MEMBER),
    Function("matches", texts.matches, _TEXT_TEST, FREE | MEMBER),
    Function("bool", conversions.to_bool, _overloads((BOOL, BOOL), (STRING, BOOL)), FREE),
    Function("int", conversions.to_int, _overloads((INT, INT), (DOUBLE, INT), (STRING, INT), (TIMESTAMP, INT)), FREE),
    Function("double", conversions.to_double, _overloads((DOUBLE, DOUBLE), (INT, DOUBLE), (STRING, DOUBLE)), FREE),
    Function(
        "string",
        conversions.to_string,
        _overloads(*((type_, STRING) for type_ in (STRING, BOOL, INT, DOUBLE, TIMESTAMP, DURATION))),
        FREE,
    ),
    Function(
        "timestamp",
        conversions.to_timestamp,
        _overloads((TIMESTAMP, TIMESTAMP), (STRING, TIMESTAMP), (INT, TIMESTAMP)),
        FREE,
    ),
    Function("duration", conversions.to_duration, _overloads((DURATION, DURATION), (STRING, DURATION)), FREE),
    *(Function(name, run, _READ_BOTH if name in _OF_BOTH else _READ, MEMBER) for name, run in times.GETTERS.items()),
]

FUNCTIONS: dict[str, Function] = {function.name: function for function in _ALL} | {
    mixed_name(name): Function(mixed_name(name), arithmetic.mixed(function.run))
    for function in _ALL
    if (name := function.name) in ARITHMETIC
}

VERBATIM = frozenset({"bool", "int", "double", "timestamp", "duration", *times.GETTERS})
"""They read a text for what it stands for; none of them compares one."""

CALLABLE: tuple[str, ...] = tuple(function.name for function in _ALL if function.styles)
"""The names that a policy may call."""
