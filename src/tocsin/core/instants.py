"""Instants in text: RFC 3339 in and out. Inside, an instant is an integer of microseconds since the epoch, UTC."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

EARLIEST = 0
LATEST = (datetime(2200, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=8192)  # the cases of a moment share most of theirs
def to_text(instant: int) -> str:
    """`2026-11-22T09:30:00Z`; microseconds appear only where they are not zero."""
    return once(instant)


def once(instant: int) -> str:
    """As `to_text`, of an instant that nobody asks for again: nothing is kept of it."""
    seconds, fraction = divmod(instant, 1_000_000)
    return f"{_second(seconds)}.{fraction:06}Z" if fraction else f"{_second(seconds)}Z"


def whole(instant: int) -> str:
    """The same without fractions of a second, which nobody reads: for sentences."""
    return to_text(instant - instant % 1_000_000)


@lru_cache(maxsize=4096)
def _second(seconds: int) -> str:
    days, second = divmod(seconds, 86_400)
    minute, second = divmod(second, 60)
    hour, minute = divmod(minute, 60)
    return f"{_day(days)}T{hour:02}:{minute:02}:{second:02}"


@lru_cache(maxsize=4096)
def _day(days: int) -> str:
    return (_EPOCH + timedelta(days=days)).date().isoformat()


def from_datetime(moment: datetime, place: str = "time") -> int:
    """An instant from a datetime that knows its zone; InvalidInput where it has none or lies out of range."""
    if moment.tzinfo is None:
        raise InvalidInput(
            say("{isoformat} has no zone", isoformat=moment.isoformat()),
            place=place,
            expected=say("an instant with a zone, such as 2026-11-22T09:30:00Z"),
        )
    instant = (moment - _EPOCH) // _MICROSECOND
    if not EARLIEST <= instant < LATEST:
        raise InvalidInput(
            say("{isoformat} is out of range", isoformat=moment.isoformat()),
            place=place,
            expected=say("an instant from 1970 to 2199"),
        )
    return instant


def from_text(text: str, place: str = "time") -> int:
    """An instant from RFC 3339 text; InvalidInput names the place."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            say("{given} is not an instant", given=repr(text[:40])),
            place=place,
            expected=say("RFC 3339, such as 2026-11-22T09:30:00Z"),
        ) from None
    return from_datetime(moment, place)
