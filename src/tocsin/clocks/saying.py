"""Spans and clocks as people read them: `Ack due in 13 m`. Pages, commands and messages all say it by these; the page's
script, which counts, shows spans in the same form. Pure."""

from typing import Any

from tocsin.clocks import kinds
from tocsin.clocks.kinds import ClockKind
from tocsin.core.clock import DAY, HOUR, MINUTE, SECOND
from tocsin.core.wording import Counted, Said, counted, marked, say
from tocsin.languages import IN_ENGLISH, Tongue

_DUE_IN, _OVERDUE = marked("due in {span}"), marked("overdue by {span}")
_UNITS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s"))


def name(clock: str, title: str) -> str:
    """What a list calls a clock: `Ack`, `Containment`; one of a policy's own by its title."""
    kind = kinds.of(clock)
    return kind.brief or kind.title if kind else title


def whole(clock: str) -> str:
    """What a sentence calls it: `acknowledgement`, `containment`."""
    kind = kinds.of(clock)
    return (kind.title if kind else clock.replace("_", " ")).lower()


def called(kind: ClockKind) -> str:
    """The same of a kind: one of a policy's own has the title that its author gave it."""
    return whole(kind.name) if kinds.of(kind.name) else kind.title


def span(microseconds: int) -> str:
    """`45 s`, `13 m`, `2 h 5 m`, `3 d`, `3 d 4 h`: rounded down; of hours and days also the next smaller unit."""
    at = next((at for at, (size, _) in enumerate(_UNITS) if microseconds >= size), len(_UNITS) - 1)
    size, unit = _UNITS[at]
    said = f"{max(microseconds, 0) // size} {unit}"
    if size < HOUR:
        return said
    finer, smaller = _UNITS[at + 1]
    rest = microseconds % size // finer
    return f"{said} {rest} {smaller}" if rest else said


def brief(microseconds: int) -> str:
    """The same where it counts down, in little room: `45s`, `13m 04s`, `2h 05m`, `3d 4h`."""
    seconds = max(microseconds, 0) // SECOND
    if seconds < 60:
        return f"{seconds}s"
    if seconds < 3600:
        return f"{seconds // 60}m {seconds % 60:02}s"
    if seconds < 86_400:
        return f"{seconds // 3600}h {seconds // 60 % 60:02}m"
    return f"{seconds // 86_400}d {seconds // 3600 % 24}h"


def coarse(microseconds: int) -> str:
    """The same without seconds from a minute on, for what has passed: `45s`, `13m`, `2h 05m`, `3d 4h`."""
    return f"{microseconds // MINUTE}m" if MINUTE <= microseconds < HOUR else brief(microseconds)


def duration(text: str) -> str | Counted:
    """A duration of a policy as a sentence says it: `4h` as it is, `5bd` as `5 business days`."""
    days = text.removesuffix("bd")
    if days == text or not days.isdecimal():
        return text
    return counted("{amount} business day", "{amount} business days", int(days))


def left(due: int, now: int, tongue: Tongue = IN_ENGLISH) -> str:
    """`due in 13 m`, `overdue by 2 h`. Both in microseconds."""
    if due >= now:
        return tongue.text(_DUE_IN).format(span=span(due - now))
    return tongue.text(_OVERDUE).format(span=span(now - due))


def state(clock: str, title: str, due: int, now: int) -> str:
    """How a running clock stands, for a list: `Ack due in 13 m`, `Resolution overdue by 2 h`."""
    return f"{name(clock, title)} {left(due, now)}"


def is_due(called: Any, at: Any) -> Said:
    """The same in a sentence that stays: `acknowledgement is due at 03:45 on Tue 3 Mar`."""
    return say("{clock} is due at {at}", clock=called, at=at)
