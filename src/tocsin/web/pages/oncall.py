"""`/on-call`: who is on call now and next, the week and the month of every roster, and what of it will not hold."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from itertools import islice
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tocsin.cases.context import Around
from tocsin.clocks import zone as zones
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import marked, say, worded
from tocsin.languages import Tongue, tongue
from tocsin.notify import destinations
from tocsin.notify.destinations import Destinations
from tocsin.people.directory import Directory
from tocsin.people.sessions import Session
from tocsin.roster import absence
from tocsin.runtime import Installation
from tocsin.web import duty, rendering, shell, words
from tocsin.web.access import Here, Language, Signed
from tocsin.web.drawing import lanes
from tocsin.web.drawing.lanes import Axis, Bar, BarKind, Cell, Span
from tocsin.web.duty import Reached, Schedule
from tocsin.web.errors import PageRoute
from tocsin.web.places import Place

router = APIRouter(route_class=PageRoute)
PLACE = Place(
    "oncall", marked("On call"), "/on-call", "calendar-clock", 4, key="o", permission="people.read", phone=True
)
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEARS = (2000, 2100)


class Drawn(NamedTuple):
    """A bar of the week with its words. `label`: as much of the name as fits; `note`: what is said beside it."""

    bar: Bar
    kind: BarKind
    name: str | None
    label: str
    note: str
    says: str


class Lane(NamedTuple):
    """One line of the week: who is first of a roster, or `backup`. `zone`: of the roster."""

    roster: str
    zone: str
    backup: bool
    bars: list[Drawn]


class OnDuty(NamedTuple):
    """Who answers a roster's pages first, and who after them, as people call them, from when to when; None: nobody who
    can be called. `unheard`: the name of whose turn it is then, and `why` nobody can call them."""

    roster: str
    who: str | None
    backup: str | None
    reached: Reached
    start: int
    end: int
    unheard: str | None = None
    why: str = ""


class Calendar(NamedTuple):
    """The month of a roster; `first`, `last`: when those days begin."""

    roster: str
    weeks: list[list[Cell]]
    first: int
    last: int


@router.get("/on-call")
def show(
    here: Here,
    signed: Signed,
    language: Language,
    span: Literal["week", "month"] = "week",
    week: Annotated[str, Query(max_length=10)] = "",
    month: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    signed.viewer.require("people.read")
    values = _values(here, signed, language, span, week or month)
    title = tongue(language).text(marked("On call"))
    return shell.show(here, signed, "oncall.html", language=language, title=title, place="oncall", **values)


def _values(here: Installation, signed: Session, language: str, span: str, asked: str) -> dict[str, Any]:
    at = here.clock.now()
    with here.database.reading(at) as tx:
        around, reach = here.desk.around(tx), destinations.load(tx)
    own = around.directory.name_of(signed.viewer.user)
    found = _own_first(duty.schedules(around), own)
    reader = zones.load(signed.zone or around.policies.zone(at).key)
    said = Words(around.directory, tongue(language), reader, own)
    today = zones.local(at, reader).date()
    of = _of_month(asked, today) if span == "month" else _of_week(asked, today)
    axis = lanes.month(of, reader) if span == "month" else lanes.week(of, reader)
    turns = duty.turns(found, own, at) if own else []
    duties = [_duties(schedule, around, reach, at, said.speaks) for schedule in found]
    now = sorted((each[0] for each in duties), key=lambda one: one.who is not None)
    drawn = [lane for schedule in found for lane in _lanes(schedule, axis, said)] if span == "week" else []
    return {
        "current": next((turn for turn in turns if turn.start <= at), None),
        "upcoming": next((turn for turn in turns if turn.start > at), None),
        "duties": now,
        "gaps": [one for one in now if one.who is None],
        "silent": min((one for one in now if one.unheard), key=lambda one: one.unheard != own, default=None),
        "mends": partial(_mends, signed, own),
        "next": sorted((each[1] for each in duties if len(each) > 1), key=lambda one: one.start),
        "until": at + duty.AHEAD,
        "troubles": duty.warned(found, around, reach, at),
        "lanes": drawn,
        "mine": sorted(_own(drawn), key=lambda one: one[1].bar.begins),
        "months": [_calendar(schedule, axis, of) for schedule in found] if span == "month" else [],
        "span": span,
        "of": of,
        "today": today,
        "axis": axis,
        "now_at": axis.now(at),
        "own": own,
        "called": said.called,
        "names": lambda names: ", ".join(around.directory.displays(names)),
        "before": _address(of, span, -1),
        "after": _address(of, span, 1),
        "zone": reader.key,
        "now": at,
    }


def _mends(signed: Session, own: str | None, name: str) -> str:
    """Where this reader says how pages reach somebody; empty where they may not."""
    if name == own:
        return "/settings/profile"
    return f"/settings/users/{quote(name, safe='')}" if signed.viewer.may("people.write") else ""


class Words(NamedTuple):
    """How the bars are worded for whoever reads them. `own`: their name."""

    people: Directory
    speaks: Tongue
    zone: ZoneInfo
    own: str | None

    def called(self, name: str | None) -> str | None:
        """What people call them."""
        return None if name is None else self.people.displays([name])[0]

    def drawn(self, bar: Bar, zone: str) -> Drawn:
        """A bar of a roster that has this zone."""
        name, kind = self.called(bar.who or bar.unheard), lanes.kind(bar.who, bar.instead, self.own)
        covers = self.speaks.text(_COVERS).format(name=self.called(bar.instead)) if bar.instead else ""
        label = self.speaks.text(_NOBODY) if name is None else name
        whole = self.speaks.text(_UNHEARD).format(name=label) if bar.unheard else label
        shown = next(
            (text for text in (whole, label, label.split()[0], words.initials(label)) if bar.fits(len(text))), ""
        )
        note = covers if shown == label and bar.fits(len(f"{label} {covers}")) else ""
        parts = [whole, covers, self._from_to(bar, self.zone)]
        if zone != self.zone.key:
            parts.append(f"{zone}: {self._from_to(bar, zones.load(zone))}")
        return Drawn(bar, kind, name, shown, note, "; ".join(part for part in parts if part))

    def _from_to(self, bar: Bar, zone: ZoneInfo) -> str:
        begin, end = (zones.local(at, zone) for at in (bar.begins, bar.ends))
        said = [f"{self.speaks.weekday(at)} {at:%H:%M}" for at in (begin, end)]
        return self.speaks.text(_FROM_TO).format(start=said[0], end=said[1])


_COVERS, _NOBODY, _FROM_TO = marked("covers for {name}"), marked("nobody"), marked("{start} to {end}")
_UNHEARD = marked("{name}: not reachable")


def _of_week(asked: str, today: date) -> date:
    """The Monday of a week such as 2026-W49, else of this one. InvalidInput for what is no week."""
    if not asked:
        return today - timedelta(days=today.weekday())
    found = _WEEK.fullmatch(asked)
    try:
        if found is None:
            raise ValueError
        return _sane(date.fromisocalendar(int(found[1]), int(found[2]), 1))
    except ValueError:
        wanted = say("a week such as {example}", example="2026-W49")
        raise InvalidInput(say("this is no week"), place="week", expected=wanted) from None


def _of_month(asked: str, today: date) -> date:
    """The first of a month such as 2026-12, else of this one. InvalidInput for what is no month."""
    if not asked:
        return today.replace(day=1)
    found = _MONTH.fullmatch(asked)
    try:
        if found is None:
            raise ValueError
        return _sane(date(int(found[1]), int(found[2]), 1))
    except ValueError:
        wanted = say("a month such as {example}", example="2026-12")
        raise InvalidInput(say("this is no month"), place="month", expected=wanted) from None


def _sane(on: date) -> date:
    if not _YEARS[0] <= on.year <= _YEARS[1]:
        raise ValueError
    return on


def _address(of: date, span: str, step: int) -> str:
    """The address of a week or month, or of that before or after."""
    if span == "month":
        other = (of + timedelta(days=31 * step if step > 0 else step)).replace(day=1)
        return f"/on-call?span=month&month={other:%Y-%m}"
    return f"/on-call?week={(of + timedelta(days=7 * step)):%G-W%V}"


def _lanes(schedule: Schedule, axis: Axis, said: Words) -> list[Lane]:
    roster = schedule.roster
    own = roster.rotation.zone
    first, backup = schedule.within(axis.start, axis.end)
    found = [Lane(roster.name, own, False, [said.drawn(bar, own) for bar in lanes.bars(axis, first)])]
    second = lanes.bars(axis, (span for span in backup if span.who is not None))
    return [*found, Lane(roster.name, own, True, [said.drawn(bar, own) for bar in second])] if second else found


def _own(drawn: list[Lane]) -> Iterator[tuple[Lane, Drawn]]:
    """What of a week is the reader's, with the lane on which it stands."""
    return ((lane, one) for lane in drawn for one in lane.bars if one.kind == "me")


def _calendar(schedule: Schedule, axis: Axis, of: date) -> Calendar:
    weeks = lanes.cells(axis, list(schedule.first(axis.start, axis.end)), of)
    own = [day.at for day in axis.days() if day.on.month == of.month]
    return Calendar(schedule.roster.name, weeks, own[0], own[-1])


def _duties(schedule: Schedule, around: Around, reach: Destinations, at: int, speaks: Tongue) -> list[OnDuty]:
    """Who answers now, and who after that; that alone where it stays the same person."""
    first = list(islice(schedule.first(at, at + duty.HORIZON), 2))
    backup = next(schedule.backup(at, at + duty.HORIZON)).who
    spans = [span._replace(end=schedule.until(span, at)) for span in first]
    return [_duty(schedule, around, reach, span, backup if span.start == at else None, speaks) for span in spans]


def _duty(
    schedule: Schedule, around: Around, reach: Destinations, span: Span, backup: str | None, speaks: Tongue
) -> OnDuty:
    people = around.directory
    user, second = people.by_name.get(span.who or ""), people.by_name.get(backup or "")
    said = duty.reach_of(reach, user.id if user else None)
    names = [people.display_of(one.id) if one else None for one in (user, second)]
    found = OnDuty(schedule.roster.name, names[0], names[1], said, span.start, span.end)
    if span.unheard is None:
        return found
    why = worded(schedule.away[span.unheard], rendering.reader(speaks.name))
    return found._replace(backup=None, unheard=span.unheard, why=why)


def _own_first(found: list[Schedule], own: str | None) -> list[Schedule]:
    """The rosters on which the reader is before the others."""
    return sorted(found, key=lambda schedule: own not in absence.everybody(schedule.roster))
