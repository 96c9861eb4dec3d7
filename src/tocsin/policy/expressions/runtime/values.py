"""Values that Python has no fitting type for, and the names of types in messages."""

from dataclasses import dataclass

from tocsin.policy.expressions.errors import EvaluationError
from tocsin.policy.expressions.faults import fault

SECOND = 1_000_000_000
"""Nanoseconds."""

_EARLIEST = -62_135_596_800 * SECOND
_LATEST = 253_402_300_800 * SECOND - 1
_LONGEST = 2**63 - 1


@dataclass(frozen=True, slots=True, order=True)
class Timestamp:
    """An instant from year 1 to 9999, in nanoseconds since 1970 UTC (CEL, "Timestamps")."""

    nanoseconds: int

    def __post_init__(self) -> None:
        if not _EARLIEST <= self.nanoseconds <= _LATEST:
            raise fault("timestamp-range")

    @classmethod
    def from_microseconds(cls, instant: int) -> "Timestamp":
        """From the instants that the rest of Tocsin uses."""
        return cls(instant * 1000)


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A length of time of about 290 years at most, in nanoseconds (CEL, "Durations")."""

    nanoseconds: int

    def __post_init__(self) -> None:
        if abs(self.nanoseconds) > _LONGEST:
            raise fault("duration-range")


_NAMES = {
    type(None): "null",
    bool: "bool",
    int: "int",
    float: "double",
    str: "string",
    list: "list",
    dict: "map",
    Timestamp: "timestamp",
    Duration: "duration",
}


def type_name(value: object) -> str:
    return _NAMES.get(type(value), type(value).__name__)


def no_overload(function: str, *values: object) -> EvaluationError:
    """The error of a function that has no meaning for the types of these values."""
    types = ", ".join(map(type_name, values))
    return fault("no-overload", function=function, types=types)
