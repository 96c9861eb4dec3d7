"""Times, spans and figures as people read them, for templates. The page's script replaces spans by ones that count, and
times by those of the reader's zone."""

import re
from collections.abc import Callable
from math import floor
from typing import Any

from markupsafe import Markup, escape

from tocsin.clocks import saying
from tocsin.core import instants, texts

_DECIMALS = re.compile(r"\d+\.\d+")
_MARKED = re.compile("\ue000([0-9]{1,16})\ue001")


def clock_time(at: int) -> str:
    """`22 Nov 09:30:00 UTC`"""
    text = instants.to_text(at)
    return f"{int(text[8:10])} {_MONTHS[int(text[5:7]) - 1]} {text[11:19]} UTC"


_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def marked(instant: int) -> str:
    """An instant within a sentence, for `timed` to find."""
    return f"\ue000{instant}\ue001"


def timed(text: str) -> Markup:
    """A sentence, escaped, with its marked instants as elements that the page's script shows in the reader's zone."""

    def element(found: re.Match[str]) -> str:
        at = int(found[1])
        said = clock_time(at)
        return f'<time datetime="{instants.to_text(at)}" data-at="short" title="{said}">{said}</time>'

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


def pairs(attributes: dict[str, Any], most: int = 50) -> list[tuple[str, str]]:
    """The first attributes of a ticket, by name, each as a short text; what is nested, as JSON."""
    return [(name, texts.value(value)) for name, value in list(attributes.items())[:most]]


FILTERS: dict[str, Callable[..., Any]] = {
    "span": saying.span,
    "left": saying.left,
    "clock_name": saying.name,
    "clock_time": clock_time,
    "instant": instants.to_text,
    "actor": actor,
    "number": number,
    "scored": scored,
    "because": because,
    "spaced": spaced,
    "pairs": pairs,
    "timed": timed,
}
