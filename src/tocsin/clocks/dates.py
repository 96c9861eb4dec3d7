"""Local days in documents, such as 2026-12-24: YAML turns some into dates and leaves others as text."""

from datetime import date, datetime
from typing import Any

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say


def read(value: Any, place: str) -> date:
    """A day from a date or from text; InvalidInput for anything else, a time of day included."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            pass
    raise InvalidInput(
        say("{value} is not a day", value=f"{value!r:.40}"), place=place, expected=say("a day such as 2026-12-24")
    )
