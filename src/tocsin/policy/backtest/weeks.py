"""Weeks of a history: which one an instant lies in, and how often a week something happens. Pure."""

from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

from tocsin.clocks import zone
from tocsin.policy.backtest.values import Rate

WEEK = 7  # days


def week_of(instant: int, where: ZoneInfo) -> int:
    """The ordinal of the Monday of its week, in that zone."""
    day = zone.local(instant, where).date()
    return day.toordinal() - day.weekday()


def monday(week: int) -> str:
    """Such a week in text, as `2026-11-23`."""
    return date.fromordinal(week).isoformat()


def span(weeks: Counter[int | None]) -> range:
    """Every week from the first to the last, those in which nothing happened included."""
    known = [week for week in weeks if week is not None]
    return range(min(known), max(known) + 1, WEEK) if known else range(0)


def rate(weeks: Counter[int | None], whole: range) -> Rate:
    """How often something happened, counted by week over the whole of a history; None stands for no known week."""
    dated = {week: count for week, count in weeks.items() if week is not None}
    worst = min(dated, key=lambda week: (-dated[week], week), default=None)
    return Rate(
        total=weeks.total(),
        average=round(sum(dated.values()) / len(whole), 2) if whole else 0.0,
        worst=0 if worst is None else dated[worst],
        worst_week=None if worst is None else monday(worst),
    )
