"""Order keys: values by which a source says which of two statements is the newer one. Pure.

Numbers are compared as numbers, times as instants, every other text letter by letter (by code points), which suits
ULIDs and numbers padded with zeros. A number and a text cannot be compared.
"""

import re
from decimal import Decimal
from math import isfinite
from typing import Any

from tocsin.core import instants
from tocsin.core.wording import say
from tocsin.policy.lenient import times

OrderKey = int | Decimal | str
LONGEST = 100  # characters
MOST = 10**18  # whole numbers from 0 up to this are kept as such
EXPECTED = say("a number, a time, or a text of 1 to {most} characters", most=LONGEST)

_NUMBER = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?", re.ASCII)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*", re.ASCII)


def order_key(value: Any) -> OrderKey | None:
    """What a value is compared by; None where it is none. A time is its microseconds since 1970."""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, float) and not isfinite(value):
        return None
    text = format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value).strip()
    if not 1 <= len(text) <= LONGEST or not text.isprintable():
        return None
    if _NUMBER.fullmatch(text):
        number = Decimal(text)
        return int(number) if "." not in text and 0 <= number < MOST else number
    if _TIME.fullmatch(text) and (moment := times.instant(text)) is not None:
        return instants.from_datetime(moment)
    return text


def comparable(one: OrderKey | None, other: OrderKey | None) -> bool:
    """Whether one of them may be lower than the other: two numbers, or two texts."""
    return one is not None and other is not None and isinstance(one, str) == isinstance(other, str)


def precedes(one: OrderKey | None, other: OrderKey | None) -> bool:
    """Whether the first is lower; False where nothing tells."""
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str) and one < other
    return one is not None and other is not None and one < other


def columns(key: OrderKey | None) -> tuple[int | None, str | None]:
    """A key as it is stored: as a whole number, or as a text that `stored` reads."""
    return (key, None) if isinstance(key, int) else (None, None if key is None else str(key))


def stored(number: int | None, text: str | None) -> OrderKey | None:
    """A key from its columns."""
    return number if number is not None else order_key(text)
