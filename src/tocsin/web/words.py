"""Times and spans as people read them, for templates. The page's script replaces spans by ones that count, and
times by those of the reader's zone."""

from collections.abc import Callable
from typing import Any

from tocsin.core import instants
from tocsin.core.clock import DAY, HOUR, MINUTE, SECOND


def span(microseconds: int) -> str:
    """`45s`, `12m 30s`, `3h 05m`, `2d 4h`: two units are enough to act by."""
    if microseconds < MINUTE:
        return f"{microseconds // SECOND}s"
    if microseconds < HOUR:
        return f"{microseconds // MINUTE}m {microseconds // SECOND % 60:02}s"
    if microseconds < DAY:
        return f"{microseconds // HOUR}h {microseconds // MINUTE % 60:02}m"
    return f"{microseconds // DAY}d {microseconds // HOUR % 24}h"


def left(due: int, now: int) -> str:
    """`12m 30s`, or how late."""
    return span(due - now) if due >= now else f"{span(now - due)} late"


def clock_time(at: int) -> str:
    """`22 Nov 09:30:00 UTC`"""
    text = instants.to_text(at)
    return f"{int(text[8:10])} {_MONTHS[int(text[5:7]) - 1]} {text[11:19]} UTC"


_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def actor(text: str) -> str:
    """`dana` of `user:dana via link`; `Tocsin` for what happens by itself."""
    kind, _, name = text.partition(" via ")[0].partition(":")
    return name if name and kind != "engine" else "Tocsin"


def number(value: float) -> str:
    return f"{value:.4g}"


FILTERS: dict[str, Callable[..., Any]] = {
    "span": span,
    "left": left,
    "clock_time": clock_time,
    "instant": instants.to_text,
    "actor": actor,
    "number": number,
}
