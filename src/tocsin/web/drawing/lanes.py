"""Who is on call as bars on an axis of time, and as the days of a month. Pure; instants are microseconds.

A week is drawn as long as it is: where the clocks change, one of its days is an hour shorter or longer than the others,
and everything stands where it happens.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from tocsin.clocks import zone as zones

BarKind = Literal["", "me", "cover", "gap"]
_DAYS = 7
_LETTER, _WIDTH, _PADDING = 6.6, 560, 14  # of a label, in pixels, on a line that is so wide


class Span(NamedTuple):
    """From `start` up to, not including, `end` the same person, by name; None: nobody who can be called. `instead`: for
    whom an override puts them there; `unheard`: whose turn it is, where they and everybody else cannot be called."""

    start: int
    end: int
    who: str | None
    instead: str | None = None
    unheard: str | None = None


class Bar(NamedTuple):
    """A span as it is drawn: from where on and how wide, in per cent; `fits`: whether a label of so many letters has
    room. `begins`, `ends`: the whole span, of which the bar may be a part."""

    x: float
    width: float
    who: str | None
    instead: str | None
    unheard: str | None
    begins: int
    ends: int

    def fits(self, letters: int) -> bool:
        return letters * _LETTER + _PADDING <= self.width * _WIDTH / 100


class Day(NamedTuple):
    """A day of the axis: from where on it is drawn, in per cent, and when it begins."""

    x: float
    on: date
    at: int


class Axis(NamedTuple):
    """`edges`: the midnights between the days, the first and the last included."""

    first: date
    edges: tuple[int, ...]

    @property
    def start(self) -> int:
        return self.edges[0]

    @property
    def end(self) -> int:
        return self.edges[-1]

    def place(self, at: int) -> float:
        """Where an instant stands, in per cent; before and behind the axis, at its ends."""
        share = (min(max(at, self.start), self.end) - self.start) / (self.end - self.start)
        return round(100 * share, 3)

    def days(self) -> list[Day]:
        return [
            Day(self.place(edge), self.first + timedelta(days=day), edge) for day, edge in enumerate(self.edges[:-1])
        ]

    def now(self, at: int) -> float | None:
        """Where now stands; None where it is not on the axis."""
        return self.place(at) if self.start <= at < self.end else None


class Cell(NamedTuple):
    """A day of a month: who is on call on it, each from which instant on, the first from before the day on or from its
    beginning. `outside`: of another month."""

    on: date
    spans: tuple[Span, ...]
    outside: bool


def week(of: date, zone: ZoneInfo) -> Axis:
    """The week, from Monday to Sunday, in which a day lies, as the zone has it."""
    return _axis(of - timedelta(days=of.weekday()), _DAYS, zone)


def month(of: date, zone: ZoneInfo) -> Axis:
    """The whole weeks in which the month of a day lies."""
    first = of.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    begin = first - timedelta(days=first.weekday())
    return _axis(begin, (last - begin).days // _DAYS * _DAYS + _DAYS, zone)


def bars(axis: Axis, spans: Iterable[Span]) -> list[Bar]:
    """The spans as far as they lie on the axis, in their order."""
    found = []
    for span in spans:
        left, right = axis.place(span.start), axis.place(span.end)
        if right > left:
            found.append(Bar(left, round(right - left, 3), span.who, span.instead, span.unheard, span.start, span.end))
    return found


def cells(axis: Axis, spans: Sequence[Span], of: date) -> list[list[Cell]]:
    """The weeks of an axis as days, each with whoever is on call on it."""
    found = []
    for day, (begin, end) in enumerate(pairwise(axis.edges)):
        on = axis.first + timedelta(days=day)
        own = tuple(span for span in spans if span.start < end and begin < span.end)
        found.append(Cell(on, own, (on.year, on.month) != (of.year, of.month)))
    return [found[week : week + _DAYS] for week in range(0, len(found), _DAYS)]


def joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Spans that follow each other with the same person for the same reason, as one."""
    last: Span | None = None
    for span in spans:
        if last is not None and last.end == span.start and last[2:] == span[2:]:
            last = last._replace(end=span.end)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last


def kind(who: str | None, instead: str | None, reader: str | None) -> BarKind:
    """How a bar is drawn for its reader: `reader` is their name."""
    if who is None:
        return "gap"
    if who == reader:
        return "me"
    return "cover" if instead is not None else ""


def _axis(first: date, days: int, zone: ZoneInfo) -> Axis:
    return Axis(first, tuple(zones.instant_of(first + timedelta(days=day), 0, zone) for day in range(days + 1)))
