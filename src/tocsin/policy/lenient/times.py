"""Instants as tools write them: ISO 8601 with a zone, seconds or milliseconds since 1970, the dates of e-mail."""

import email.utils
from datetime import UTC, datetime
from typing import Any

from tocsin.core import instants
from tocsin.core.errors import InvalidInput

_SECONDS, _MILLISECONDS = range(10**8, 10**10), range(10**11, 10**13)


def instant(value: Any) -> datetime | None:
    """The instant that is meant; None where that cannot be told, as without a zone."""
    try:
        moment = _moment(value)
        if moment is None or moment.tzinfo is None:
            return None
        instants.from_datetime(moment)
    except (ValueError, OverflowError, OSError, TypeError, InvalidInput):
        return None
    return moment.astimezone(UTC)


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        text = value.strip()
        if text.isascii() and text.isdecimal() and len(text) < 15:
            return _moment(int(text))
        if text.endswith((" UTC", " GMT", " Z")):
            text = text.rpartition(" ")[0] + "+00:00"
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return email.utils.parsedate_to_datetime(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    seconds = value / 1000 if int(value) in _MILLISECONDS else value if int(value) in _SECONDS else None
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
