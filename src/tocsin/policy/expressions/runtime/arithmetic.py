"""Arithmetic (CEL, "Numeric Values"): 64-bit integers that never wrap, IEEE doubles, and no mixing of the two.

Checked expressions over dyn values use the `mixed_` variants, in which an int beside a double widens.
"""

import math
from collections.abc import Callable
from typing import Any

from tocsin.policy.expressions.faults import fault
from tocsin.policy.expressions.literals import INT_MAX, INT_MIN
from tocsin.policy.expressions.runtime.values import Duration, Timestamp, no_overload

Binary = Callable[[Any, Any], Any]


def int64(value: int) -> int:
    """The value itself, where it fits."""
    if INT_MIN <= value <= INT_MAX:
        return value
    raise fault("overflow")


def add(one: Any, other: Any) -> Any:
    match one, other:
        case bool(), _:
            pass
        case int(), int() if type(other) is int:
            return int64(one + other)
        case (float(), float()) | (str(), str()) | (list(), list()):
            return one + other
        case (Timestamp(), Duration()) | (Duration(), Timestamp()):
            return Timestamp(one.nanoseconds + other.nanoseconds)
        case Duration(), Duration():
            return Duration(one.nanoseconds + other.nanoseconds)
    raise no_overload("+", one, other)


def subtract(one: Any, other: Any) -> Any:
    match one, other:
        case bool(), _:
            pass
        case int(), int() if type(other) is int:
            return int64(one - other)
        case float(), float():
            return one - other
        case (Timestamp(), Timestamp()) | (Duration(), Duration()):
            return Duration(one.nanoseconds - other.nanoseconds)
        case Timestamp(), Duration():
            return Timestamp(one.nanoseconds - other.nanoseconds)
    raise no_overload("-", one, other)


def multiply(one: Any, other: Any) -> Any:
    if type(one) is int and type(other) is int:
        return int64(one * other)
    if type(one) is float and type(other) is float:
        return one * other
    raise no_overload("*", one, other)


def divide(one: Any, other: Any) -> Any:
    """Integers round towards zero; a double may be divided by zero, which gives an infinity or NaN."""
    if type(one) is int and type(other) is int:
        if other == 0:
            raise fault("by-zero")
        quotient = abs(one) // abs(other)
        return int64(quotient if (one < 0) == (other < 0) else -quotient)
    if type(one) is float and type(other) is float:
        if other:
            return one / other
        return math.nan if one == 0 or math.isnan(one) else math.copysign(math.inf, one) * math.copysign(1, other)
    raise no_overload("/", one, other)


def modulo(one: Any, other: Any) -> Any:
    """The remainder has the sign of the dividend."""
    if type(one) is int and type(other) is int:
        if other == 0:
            raise fault("modulus-by-zero")
        if (one, other) == (INT_MIN, -1):
            raise fault("overflow")
        remainder = abs(one) % abs(other)
        return -remainder if one < 0 else remainder
    raise no_overload("%", one, other)


def negate(value: Any) -> Any:
    if type(value) is int:
        return int64(-value)
    if type(value) is float:
        return -value
    raise no_overload("-", value)


def widen(value: Any) -> float:
    """An int or double as a double."""
    if type(value) is float:
        return value
    if type(value) is int:
        return float(value)
    raise no_overload("double arithmetic", value)


def mixed(operation: Binary) -> Binary:
    """The operation that also takes an int beside a double."""

    def widening(one: Any, other: Any) -> Any:
        if type(one) is int and type(other) is float:
            one = float(one)
        elif type(one) is float and type(other) is int:
            other = float(other)
        return operation(one, other)

    return widening
