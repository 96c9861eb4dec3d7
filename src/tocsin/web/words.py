"""Times, spans and figures as people read them, for templates. The page's script replaces spans by ones that count, and
times by those of the browser's zone."""

import re
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from tocsin.clocks import moments, saying, zone
from tocsin.core import canonical, ids, instants, texts, wording
from tocsin.intake.mapping.conversions import ZONELESS
from tocsin.languages import IN_ENGLISH, Tongue

_MARKED = re.compile("\ue000([0-9]{1,16})\ue001")


def clock_time(context: Context, speaks: Tongue, at: int) -> str:
    """`22 Nov 10:30:00 CET`, in the zone of whoever is signed in."""
    return _short(at, _zone(context), speaks)


def utc_time(at: int, speaks: Tongue = IN_ENGLISH) -> str:
    """`22 Nov 09:30:00 UTC`"""
    return _short(at, zone.load("UTC"), speaks)


@pass_context
def day(context: Context, at: int) -> str:
    """`2026-11-22`, in the same zone."""
    return f"{zone.local(at, _zone(context)):%Y-%m-%d}"


@lru_cache(20_000)
def _short(at: int, reader: ZoneInfo, speaks: Tongue) -> str:
    local = datetime.fromtimestamp(at // 1_000_000, UTC).astimezone(reader)
    return f"{speaks.day(local)} {local:%H:%M:%S} {local.tzname()}"


def _zone(context: Context) -> ZoneInfo:
    session = context.get("session")
    return zone.load(session.zone if session else "UTC")


def marked(instant: int) -> str:
    """An instant within a sentence, for `timed` to find."""
    return f"\ue000{instant}\ue001"


def of_ours(says: wording.Said | None, speaks: Tongue) -> str | None:
    """A sentence of ours in this language, its instants marked for `timed`; None stays None."""
    return says and wording.worded(wording.Ours(says), moments.reader(marked, tongue=speaks))


def unhurried(context: Context) -> bool:
    """Whether times are told to the minute: to whoever works on no cases, and answers for what becomes of them."""
    session = context.get("session")
    return session is not None and not session.viewer.may("cases.work")


@pass_context
def brief(context: Context, microseconds: int) -> str:
    """`13m 04s`; `13m` for whoever is in no hurry."""
    return saying.coarse(microseconds) if unhurried(context) else saying.brief(microseconds)


def left(context: Context, speaks: Tongue, due: int, now: int) -> str:
    """`13m 04s`, `3m 20s late`, likewise."""
    span = brief(context, abs(due - now))
    return span if due >= now else speaks.text(_LATE).format(span=span)


_LATE = wording.marked("{span} late")


def hour(context: Context, speaks: Tongue, at: int) -> str:
    """`10:30` of today, else `22 Nov 10:30`, in the zone of whoever is signed in."""
    reader = _zone(context)
    local = datetime.fromtimestamp(at // 1_000_000, UTC).astimezone(reader)
    today = datetime.fromtimestamp(context["now"] // 1_000_000, UTC).astimezone(reader).date()
    return f"{local:%H:%M}" if local.date() == today else f"{speaks.day(local)} {local:%H:%M}"


def minute(context: Context, at: int) -> str:
    """`10:30`, in the same zone; of a line below the day that it is of."""
    return f"{zone.local(at, _zone(context)):%H:%M}"


def weekday(context: Context, speaks: Tongue, at: int) -> str:
    """`Tue 3 Mar`, in the same zone."""
    return speaks.weekday(datetime.fromtimestamp(at // 1_000_000, UTC).astimezone(_zone(context)))


def moment(context: Context, speaks: Tongue, at: int) -> str:
    """`10:30` of today, else `Tue 3 Mar 10:30`, in the same zone."""
    reader = _zone(context)
    local = datetime.fromtimestamp(at // 1_000_000, UTC).astimezone(reader)
    today = datetime.fromtimestamp(context["now"] // 1_000_000, UTC).astimezone(reader).date()
    return f"{local:%H:%M}" if local.date() == today else f"{speaks.weekday(local)} {local:%H:%M}"


@pass_context
def wall(context: Context, at: int) -> str:
    """`10:30`, in the same zone."""
    return f"{zone.local(at, _zone(context)):%H:%M}"


def initials(name: str) -> str:
    """`MS` of Mira Shah, `M` of mira."""
    parts = [part for part in re.split(r"[\s._-]+", name) if part]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()


def timed(context: Context, speaks: Tongue, text: str) -> Markup:
    """A sentence, escaped, with its marked instants as elements that the page's script shows in the browser's zone."""
    reader, form = _zone(context), "hour" if unhurried(context) else "short"

    def element(found: re.Match[str]) -> str:
        at = int(found[1])
        said = hour(context, speaks, at) if form == "hour" else _short(at, reader, speaks)
        return f'<time datetime="{instants.whole(at)}" data-at="{form}" title="{utc_time(at, speaks)}">{said}</time>'

    return Markup(_MARKED.sub(element, str(escape(text))))  # noqa: S704  (all but our own elements is escaped)


def actor(text: str) -> str:
    """`dana` of `user:dana via link`; `Tocsin` for what happens by itself."""
    kind, _, name = text.partition(" via ")[0].partition(":")
    return name if name and kind != "engine" else "Tocsin"


def number(value: Any, speaks: Tongue) -> str:
    """`1,900,000`, `88.7`: at most one decimal; whatever is no number, as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return speaks.number(round(value, 1))


def _within(element: str, text: str) -> Markup:
    """A text set apart by an element, to stand among our own words."""
    return Markup("<{0}>{1}</{0}>").format(Markup(element), text)  # noqa: S704  (the element is one of ours)


def named(value: Any, speaks: Tongue) -> str:
    """A fact among our words: a figure, or the name of something, set apart."""
    return _within("bdi", spaced(value)) if isinstance(value, str) else number(value, speaks)


def duration(value: Any, speaks: Tongue) -> str:
    """A duration of a policy: `4h`, `5 business days`."""
    return wording.worded(saying.duration(str(value)), moments.reader(marked, tongue=speaks))


def spaced(name: str) -> str:
    """`business impact` of `business_impact`"""
    return name.replace("_", " ")


def pairs(attributes: dict[str, Any], most: int | None, long: int | None = 80) -> list[tuple[str, str]]:
    """The first attributes of a ticket, by name, each as a text of so many characters at most; what is nested, as JSON.
    None: however many there are."""
    said = list(attributes.items())[:most]
    return [(name, texts.value(value, sys.maxsize if long is None else long)) for name, value in said]


def why_left_out(reason: str, speaks: Tongue) -> str:
    """Why rows of a file were left out, as they are counted: `users_affected: not a whole number`."""
    place, between, why = reason.partition(": ")
    if not between or " " in place:
        return speaks.text(reason)
    before = ZONELESS.partition("{")[0]
    if why.startswith(before):
        return f"{place}: {speaks.text(ZONELESS).format(zone=why.removeprefix(before))}"
    return f"{place}: {speaks.text(why)}"


def filters(speaks: Tongue) -> dict[str, Callable[..., Any]]:
    """What templates call by name, in a language."""

    def here(of: Callable[..., Any]) -> Callable[..., Any]:
        return pass_context(lambda context, *given: of(context, speaks, *given))

    return {
        "span": saying.span,
        "brief": brief,
        "coarse": saying.coarse,
        "left": here(left),
        "hour": here(hour),
        "minute": pass_context(minute),
        "weekday": here(weekday),
        "moment": here(moment),
        "wall": wall,
        "initials": initials,
        "clock_time": here(clock_time),
        "utc_time": lambda at: utc_time(at, speaks),
        "day": day,
        "id": ids.to_text,
        "instant": instants.to_text,
        "second": instants.whole,  # of elements: HTML knows no microseconds
        "actor": actor,
        "number": lambda value: number(value, speaks),
        "named": lambda value: named(value, speaks),
        "duration": lambda value: duration(value, speaks),
        "spaced": spaced,
        "why_left_out": lambda reason: why_left_out(reason, speaks),
        "bdi": partial(_within, "bdi"),
        "strong": partial(_within, "b"),
        "code": partial(_within, "code"),
        "pairs": pairs,
        "zipped": lambda names: [(name, name) for name in names],
        "timed": here(timed),
    }


def of_script(speaks: Tongue) -> str:
    """What the page's script says, as JSON: its own texts in this language, the months, and the days of a week."""
    months = [speaks.day(date(2026, month, 1)) for month in range(1, 13)]
    week = [date(2026, 11, 1 + number) for number in range(7)]  # which begins on a Sunday, as that of scripts
    weekdays = [speaks.weekday(each).replace(speaks.day(each), "{day}") for each in week]
    said = {text: speaks.text(text) for text in _SCRIPT}
    return canonical.encode({"texts": said, "days": months, "weekdays": weekdays}).decode()


_SCRIPT = (
    _LATE,
    wording.marked("Live, and well"),
    wording.marked("Live"),
    wording.marked("Not live"),
    wording.marked("it tries again by itself"),
    wording.marked("Signed out"),
    wording.marked("what you typed is kept when you send it"),
    wording.marked("nothing to acknowledge here"),
    wording.marked("choose a case first: J, K"),
    wording.marked("{span} ago"),
    wording.marked("There is no connection: nothing was sent. What you wrote stays here."),
    wording.marked("The page changed as you pressed: nothing was done."),
    wording.marked("Times are UTC."),
    wording.marked("Times are those of {zone}, now {short}."),
)
