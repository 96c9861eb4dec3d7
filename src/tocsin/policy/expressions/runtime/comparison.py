"""Equality, order and membership (CEL, "Equality" and "Ordering"): numbers compare across int and double."""

from typing import Any

from tocsin.policy.expressions.runtime.values import Duration, Timestamp, no_overload

_NUMBERS = (int, float)
_ORDERED = frozenset({bool, int, float, str, Timestamp, Duration})


def equal(one: Any, other: Any) -> bool:
    """`==`: values of different types are unequal, except that numbers are compared as numbers."""
    kind, other_kind = type(one), type(other)
    if kind is not other_kind:
        return kind in _NUMBERS and other_kind in _NUMBERS and bool(one == other)
    if kind is list:
        return len(one) == len(other) and all(map(equal, one, other))
    if kind is dict:
        return len(one) == len(other) and all(
            (found := entry(other, key)) is not None and equal(value, found[0]) for key, value in one.items()
        )
    return bool(one == other)


def unequal(one: Any, other: Any) -> bool:
    return not equal(one, other)


def _check_order(operator: str, one: Any, other: Any) -> None:
    kind, other_kind = type(one), type(other)
    same = kind is other_kind and kind in _ORDERED
    if not same and not (kind in _NUMBERS and other_kind in _NUMBERS):
        raise no_overload(operator, one, other)


def less(one: Any, other: Any) -> bool:
    _check_order("<", one, other)
    return bool(one < other)


def less_or_equal(one: Any, other: Any) -> bool:
    _check_order("<=", one, other)
    return bool(one <= other)


def greater(one: Any, other: Any) -> bool:
    _check_order(">", one, other)
    return bool(one > other)


def greater_or_equal(one: Any, other: Any) -> bool:
    _check_order(">=", one, other)
    return bool(one >= other)


def entry(values: dict[Any, Any], key: Any) -> tuple[Any] | None:
    """The value under a key, in a tuple; None where there is none. A double finds the int that equals it.

    Python takes True for 1, CEL does not: for these keys the type of the one found is looked at.
    """
    if type(key) in (bool, int, float) and key in (0, 1):
        return next(((value,) for known, value in values.items() if equal(known, key)), None)
    try:
        return (values[key],)
    except (KeyError, TypeError):
        return None


def member(value: Any, container: Any) -> bool:
    """`in`: an element of a list, or a key of a map."""
    if type(container) is list:
        return any(equal(value, element) for element in container)
    if type(container) is dict and type(value) in (bool, int, float, str):
        return entry(container, value) is not None
    raise no_overload("in", value, container)
