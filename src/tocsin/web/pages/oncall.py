"""`/on-call`: who is on call now and next, the week and the month of every roster, and what of it will not hold."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tocsin.cases.context import Around
from tocsin.clocks import zone as zones
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Counted, Instant, Listed, Said, counted, marked, say
from tocsin.languages import tongue
from tocsin.notify import destinations
from tocsin.notify.destinations import Destinations
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.web import duty, rendering, shell
from tocsin.web.access import Here, Language, Signed
from tocsin.web.drawing import lanes
from tocsin.web.drawing.lanes import Axis, Bar, Cell, Span
from tocsin.web.duty import Reached, Schedule, Turn
from tocsin.web.errors import PageRoute
from tocsin.web.places import Place

router = APIRouter(route_class=PageRoute)
PLACE = Place(
    "oncall", marked("On call"), "/on-call", "calendar-clock", 4, key="o", permission="people.read", phone=True
)
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEARS = (2000, 2100)


class Lane(NamedTuple):
    """One line of the week: who is first of a roster, or `backup`. `zone`: of the roster."""

    roster: str
    zone: str
    backup: bool
    bars: list[Bar]


class OnDuty(NamedTuple):
    """Who answers a roster's pages. `until`: when somebody else does; `since`: where they are the next."""

    roster: str
    who: str | None
    backup: bool
    reached: Reached
    until: int
    since: int | None = None
    instead: str | None = None


class Calendar(NamedTuple):
    """The month of a roster."""

    roster: str
    weeks: list[list[Cell]]


@router.get("/on-call")
def show(
    here: Here,
    signed: Signed,
    language: Language,
    span: Literal["week", "month"] = "week",
    week: Annotated[str, Query(max_length=10)] = "",
    month: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    values = _values(here, signed, language, span, week, month)
    title = tongue(language).text(marked("On call"))
    return shell.show(here, signed, "oncall.html", language=language, title=title, place="oncall", **values)


def _values(here: Installation, signed: Session, language: str, span: str, week: str, month: str) -> dict[str, Any]:
    at = here.clock.now()
    with here.database.reading(at) as tx:
        around, reach = here.desk.around(tx), destinations.load(tx)
        signed.viewer.require("people.read")
    reader = zones.load(signed.zone or around.policies.zone(at).key)
    today = zones.local(at, reader).date()
    of = _of_month(month, today) if span == "month" else _of_week(week, today)
    axis = lanes.month(of, reader) if span == "month" else lanes.week(of, reader)
    found = duty.schedules(around)
    own = around.directory.name_of(signed.viewer.user)
    turns = duty.turns(found, own, at) if own else []
    now = [one for schedule in found for one in _now(schedule, around, reach, at)]
    troubles = duty.warned(found, around, reach, at)
    own_gaps = [one for one in now if one.who is None and not one.backup]
    return {
        "heading": rendering_of(language, _heading(turns, own_gaps, now, around, at)),
        "turns": turns,
        "span": span,
        "of": of,
        "today": today,
        "axis": axis,
        "lanes": [lane for schedule in found for lane in _lanes(schedule, axis)] if span == "week" else [],
        "months": [_calendar(schedule, axis, of) for schedule in found] if span == "month" else [],
        "now_at": axis.now(at),
        "duties": now,
        "next": [one for schedule in found for one in _next(schedule, around, reach, at)],
        "troubles": troubles,
        "own": own,
        "kind": lanes.kind,
        "called": _called(around),
        "before": _around(of, span, -1),
        "after": _around(of, span, 1),
        "reader_zone": reader,
        "zone": reader.key,
        "now": at,
    }


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


def _around(of: date, span: str, step: int) -> str:
    """The address of the week or month before or after."""
    if span == "month":
        other = (of + timedelta(days=31 if step > 0 else -1)).replace(day=1)
        return f"/on-call?span=month&month={other:%Y-%m}"
    return f"/on-call?week={(of + timedelta(days=7 * step)):%G-W%V}"


def _lanes(schedule: Schedule, axis: Axis) -> list[Lane]:
    roster = schedule.roster
    first = lanes.bars(axis, schedule.first(axis.start, axis.end))
    backup = lanes.bars(axis, [span for span in schedule.backup(axis.start, axis.end) if span.who is not None])
    found = [Lane(roster.name, roster.rotation.zone, False, first)]
    return [*found, Lane(roster.name, roster.rotation.zone, True, backup)] if backup else found


def _calendar(schedule: Schedule, axis: Axis, of: date) -> Calendar:
    return Calendar(schedule.roster.name, lanes.cells(axis, schedule.first(axis.start, axis.end), of))


def _now(schedule: Schedule, around: Around, reach: Destinations, at: int) -> list[OnDuty]:
    """Who answers now: first, and the backup where there is one."""
    first, backup = schedule.at(at)
    found = [_duty(schedule, around, reach, first, backup=False)]
    return [*found, _duty(schedule, around, reach, backup, backup=True)] if backup.who else found


def _next(schedule: Schedule, around: Around, reach: Destinations, at: int) -> list[OnDuty]:
    """Who is first after whoever is it now; nobody where it stays the same person."""
    first, _ = schedule.at(at)
    if first.end >= at + duty.HORIZON:
        return []
    after, _ = schedule.at(first.end)
    return [_duty(schedule, around, reach, after, backup=False)._replace(since=first.end)]


def _duty(schedule: Schedule, around: Around, reach: Destinations, span: Span, *, backup: bool) -> OnDuty:
    user = around.directory.by_name.get(span.who or "")
    said = duty.reach_of(reach, user.id if user else None)
    return OnDuty(schedule.roster.name, span.who, backup, said, span.end, instead=span.instead)


def _heading(
    turns: Sequence[Turn], gaps: Sequence[OnDuty], duties: Sequence[OnDuty], around: Around, at: int
) -> Said | Counted:
    """The page's answer: whether its reader is on call; else whether somebody is."""
    called = _called(around)
    current = next((turn for turn in turns if turn.start <= at), None)
    if current is not None and not current.backup:
        return _until(say("You are on call until {time}, then {next}"), say("You are on call until {time}"), current, called)
    if gaps:
        names = Listed([gap.roster for gap in gaps], " or ")
        return say("Nobody of {rosters} is on call now", rosters=names)
    if current is not None:
        return say("You are backup until {time}", time=Instant(current.end))
    if turns and not turns[0].backup:
        return say("You are next on call {time}", time=Instant(turns[0].start))
    first = [one for one in duties if not one.backup]
    if not first:
        return say("There is no roster yet")
    if len(first) == 1:
        return say("{name} is on call until {time}", name=called(first[0].who), time=Instant(first[0].until))
    return counted("{amount} person is on call", "{amount} people are on call", len({one.who for one in first}))
