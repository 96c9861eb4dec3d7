"""Conversions between types (CEL, "Standard Definitions": bool, int, double, string, timestamp, duration)."""

import math
import re
from typing import Any

from tocsin.policy.expressions.errors import EvaluationError
from tocsin.policy.expressions.faults import fault
from tocsin.policy.expressions.runtime.arithmetic import int64
from tocsin.policy.expressions.runtime.times import duration_from, duration_text, timestamp_from, timestamp_text
from tocsin.policy.expressions.runtime.values import SECOND, Duration, Timestamp, no_overload

_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE = frozenset({"0", "f", "F", "false", "FALSE", "False"})
_INT = re.compile(r"[+-]?[0-9]{1,32}")
_DOUBLE = re.compile(r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|inf|infinity|nan)", re.IGNORECASE)


def to_bool(value: Any) -> bool:
    if type(value) is bool:
        return value
    if type(value) is str:
        if value in _TRUE or value in _FALSE:
            return value in _TRUE
        raise _unreadable(value, "bool")
    raise no_overload("bool", value)


def to_int(value: Any) -> int:
    """A double is cut towards zero; -2^63 itself is out of range, as the conformance tests have it."""
    if type(value) is int:
        return value
    if type(value) is float:
        if -(2.0**63) < value < 2.0**63:
            return int(value)
        raise fault("no-int")
    if type(value) is str:
        if not _INT.fullmatch(value):
            raise _unreadable(value, "int")
        return int64(int(value))
    if type(value) is Timestamp:
        return value.nanoseconds // SECOND
    raise no_overload("int", value)


def to_double(value: Any) -> float:
    if type(value) is float:
        return value
    if type(value) is int:
        return float(value)
    if type(value) is str:
        if not _DOUBLE.fullmatch(value):
            raise _unreadable(value, "double")
        return float(value)
    raise no_overload("double", value)


def to_string(value: Any) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _double_text(value)
        case Timestamp():
            return timestamp_text(value)
        case Duration():
            return duration_text(value)
    raise no_overload("string", value)


def _double_text(value: float) -> str:
    """The shortest text that reads as the same double."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value).removesuffix(".0")


def to_timestamp(value: Any) -> Timestamp:
    """From RFC 3339, or seconds since 1970."""
    if type(value) is Timestamp:
        return value
    if type(value) is str:
        return timestamp_from(value)
    if type(value) is int:
        return Timestamp(value * SECOND)
    raise no_overload("timestamp", value)


def to_duration(value: Any) -> Duration:
    if type(value) is Duration:
        return value
    if type(value) is str:
        return duration_from(value)
    raise no_overload("duration", value)


def _unreadable(text: str, type_: str) -> EvaluationError:
    return fault("unreadable", text=repr(text[:40]), type=type_)
