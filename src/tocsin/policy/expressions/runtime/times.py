"""Timestamps and durations from text and back, and what can be read from them (CEL, "Timestamps and Durations")."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.policy.expressions.faults import fault
from tocsin.policy.expressions.runtime.values import SECOND, Duration, Timestamp, no_overload

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RFC3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]((?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(?:[Zz]|([+-][0-9]{2}:[0-9]{2}))"
)
_UNITS = {"h": 3600 * SECOND, "m": 60 * SECOND, "s": SECOND, "ms": 10**6, "us": 1000, "µs": 1000, "μs": 1000, "ns": 1}
_PART = re.compile(r"([0-9]{1,18})?(?:\.([0-9]{0,18}))?(h|ms|us|µs|μs|ns|m|s)")
_OFFSET = re.compile(r"([+-]?)([0-9]{2}):([0-5][0-9])")
_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")


def timestamp_from(text: str) -> Timestamp:
    """RFC 3339."""
    found = _RFC3339.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        date, time, fraction, offset = found.groups()
        moment = datetime.fromisoformat(f"{date}T{time}+00:00")
        shift = datetime.fromisoformat(f"2000-01-01T00:00:00{offset}").utcoffset() if offset else None
    except ValueError:
        raise fault("no-timestamp", text=repr(text[:40])) from None
    seconds = _whole_seconds(moment - _EPOCH) - _whole_seconds(shift or timedelta())
    return Timestamp(seconds * SECOND + int((fraction or "").ljust(9, "0")))


def _whole_seconds(delta: timedelta) -> int:
    return delta // timedelta(seconds=1)


def timestamp_text(value: Timestamp) -> str:
    seconds, fraction = divmod(value.nanoseconds, SECOND)
    moment = (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None).isoformat()
    return f"{moment}{_fraction(fraction)}Z"


def _fraction(nanoseconds: int) -> str:
    return f".{nanoseconds:09d}".rstrip("0") if nanoseconds else ""


def duration_from(text: str) -> Duration:
    """A sequence of numbers with units, such as `1h30m`, `-1.5s`, `10ms`."""
    body = text[1:] if text[:1] in ("-", "+") else text
    total, at = 0, 0
    while found := _PART.match(body, at):
        whole, fraction, unit = found.groups()
        if not whole and not fraction:
            break
        total += int(whole or 0) * _UNITS[unit] + int(fraction or 0) * _UNITS[unit] // 10 ** len(fraction or "")
        at = found.end()
        if at > 200:  # no sensible duration is longer, and the sum stays small
            break
    if body != "0" and (not body or at != len(body)):
        raise fault("no-duration", text=repr(text[:40]))
    return Duration(-total if text.startswith("-") else total)


def duration_text(value: Duration) -> str:
    seconds, fraction = divmod(abs(value.nanoseconds), SECOND)
    return f"{'-' if value.nanoseconds < 0 else ''}{seconds}{_fraction(fraction)}s"


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    """An IANA zone, or a fixed offset such as `-02:30`."""
    try:
        if offset := _OFFSET.fullmatch(name):
            sign, hours, minutes = offset.groups()
            return timezone(timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1))
        if not _ZONE.fullmatch(name):
            raise ValueError
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise fault("no-zone", text=repr(name[:64])) from None


def _local(value: Timestamp, zone: str) -> datetime:
    moment = _EPOCH + timedelta(seconds=value.nanoseconds // SECOND)
    try:
        return moment.astimezone(_zone(zone))
    except OverflowError:
        raise fault("out-of-range-there") from None


def _getter(
    name: str, of_timestamp: Callable[[datetime], int], of_duration: int | None = None
) -> tuple[str, Callable[..., int]]:
    """A function reading from a timestamp, in UTC or a zone; or how many `of_duration` a duration holds."""

    def getter(value: Any, zone: Any = None) -> int:
        if type(value) is Timestamp and (zone is None or type(zone) is str):
            return of_timestamp(_local(value, zone or "UTC"))
        if type(value) is Duration and zone is None and of_duration:
            return abs(value.nanoseconds) // of_duration * (-1 if value.nanoseconds < 0 else 1)
        raise no_overload(name, value, *([] if zone is None else [zone]))

    return name, getter


def _milliseconds(value: Any, zone: Any = None) -> int:
    """The milliseconds within the second, of a duration also."""
    if type(value) is Timestamp and (zone is None or type(zone) is str):
        _zone(zone or "UTC")
        return value.nanoseconds % SECOND // 10**6
    if type(value) is Duration and zone is None:
        return abs(value.nanoseconds) % SECOND // 10**6 * (-1 if value.nanoseconds < 0 else 1)
    raise no_overload("getMilliseconds", value, *([] if zone is None else [zone]))


GETTERS: dict[str, Callable[..., int]] = dict(
    [
        _getter("getFullYear", lambda at: at.year),
        _getter("getMonth", lambda at: at.month - 1),
        _getter("getDate", lambda at: at.day),
        _getter("getDayOfMonth", lambda at: at.day - 1),
        _getter("getDayOfWeek", lambda at: at.isoweekday() % 7),
        _getter("getDayOfYear", lambda at: at.timetuple().tm_yday - 1),
        _getter("getHours", lambda at: at.hour, 3600 * SECOND),
        _getter("getMinutes", lambda at: at.minute, 60 * SECOND),
        _getter("getSeconds", lambda at: at.second, SECOND),
        ("getMilliseconds", _milliseconds),
    ]
)
