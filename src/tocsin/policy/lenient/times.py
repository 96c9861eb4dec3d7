"""Instants as tools write them: every form that a time is written in (`clocks/written`), where it says its zone."""

from datetime import UTC, datetime
from typing import Any

from tocsin.clocks import written
from tocsin.core import instants
from tocsin.core.errors import InvalidInput


def instant(value: Any) -> datetime | None:
    """The instant that is meant; None where that cannot be told, as without a zone, or where day and month could be
    either."""
    try:
        moment = _moment(value)
        if moment is None or moment.tzinfo is None:
            return None
        instants.from_datetime(moment)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError, TypeError, InvalidInput):
        return None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return written.read(text, written.Order())
