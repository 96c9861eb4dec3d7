"""Times, spans and figures as people read them, for templates. The page's script replaces spans by ones that count, and
times by those of the browser's zone."""

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from tocsin.clocks import saying, zone
from tocsin.core import instants, texts

_DECIMALS = re.compile(r"\d+\.\d+")
_MARKED = re.compile("\ue000([0-9]{1,16})\ue001")


def utc_time(at: int) -> str:
    """`22 Nov 09:30:00 UTC`"""
    return _short(at, zone.load("UTC"))


@pass_context
def clock_time(context: Context, at: int) -> str:
    """`22 Nov 10:30:00 CET`, in the zone of whoever is signed in."""
    return _short(at, _zone(context))


@pass_context
def full_time(context: Context, at: str) -> str:
    """`2026-11-22 10:30:00` of an instant as text, in the same zone."""
    return f"{zone.local(instants.from_text(at), _zone(context)):%Y-%m-%d %H:%M:%S}"


@pass_context
def day(context: Context, at: int) -> str:
    """`2026-11-22`, in the same zone."""
    return f"{zone.local(at, _zone(context)):%Y-%m-%d}"


def _short(at: int, reader: ZoneInfo) -> str:
    local = datetime.fromtimestamp(at // 1_000_000, UTC).astimezone(reader)
    return f"{local.day} {_MONTHS[local.month - 1]} {local:%H:%M:%S} {local.tzname()}"


def _zone(context: Context) -> ZoneInfo:
    session = context.get("session")
    return zone.load(session.zone if session else "UTC")


_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def marked(instant: int) -> str:
    """An instant within a sentence, for `timed` to find."""
    return f"\ue000{instant}\ue001"


@pass_context
def timed(context: Context, text: str) -> Markup:
    """A sentence, escaped, with its marked instants as elements that the page's script shows in the browser's zone."""
    reader = _zone(context)

    def element(found: re.Match[str]) -> str:
        at = int(found[1])
        said = _short(at, reader)
        return f'<time datetime="{instants.to_text(at)}" data-at="short" title="{utc_time(at)}">{said}</time>'

    return Markup(_MARKED.sub(element, str(escape(text))))  # noqa: S704  (all but our own elements is escaped)


def actor(text: str) -> str:
    """`dana` of `user:dana via link`; `Tocsin` for what happens by itself."""
    kind, _, name = text.partition(" via ")[0].partition(":")
    return name if name and kind != "engine" else "Tocsin"


def number(value: Any) -> str:
    """`1,900,000`, `88.7`: at most one decimal; whatever is no number, as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,.1f}".removesuffix(".0")


def scored(reason: str) -> str:
    """A reason of a decision, with the digits of its score for people. What is below a threshold stays below it."""
    if not reason.startswith(("score ", "the score is ")):
        return reason
    whole = floor if "below" in reason else round
    return _DECIMALS.sub(lambda found: number(whole(float(found[0]) * 10) / 10), reason)


def because(factor: dict[str, Any]) -> str:
    """The reason of a factor, with its fact for people."""
    fact, reason = factor.get("fact"), str(factor["reason"])
    exact = isinstance(fact, int | float) and not isinstance(fact, bool) and reason.endswith(f" is {fact}")
    return reason.removesuffix(str(fact)) + number(fact) if exact else reason


def spaced(name: str) -> str:
    """`business impact` of `business_impact`"""
    return name.replace("_", " ")


def pairs(attributes: dict[str, Any], most: int | None, long: int | None = 80) -> list[tuple[str, str]]:
    """The first attributes of a ticket, by name, each as a text of so many characters at most; what is nested, as JSON.
    None: however many there are."""
    said = list(attributes.items())[:most]
    return [(name, texts.value(value, sys.maxsize if long is None else long)) for name, value in said]


FILTERS: dict[str, Callable[..., Any]] = {
    "span": saying.span,
    "left": saying.left,
    "clock_time": clock_time,
    "utc_time": utc_time,
    "full_time": full_time,
    "day": day,
    "instant": instants.to_text,
    "actor": actor,
    "number": number,
    "scored": scored,
    "because": because,
    "spaced": spaced,
    "pairs": pairs,
    "timed": timed,
}
