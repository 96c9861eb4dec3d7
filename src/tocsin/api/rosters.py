"""Routes of rosters, and of who is on call by them."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tocsin.administration import editing, rosters
from tocsin.administration.rosters import ROSTER, RosterChange
from tocsin.api import versions
from tocsin.api.access import Here, Who, json
from tocsin.api.bodies import A_TIME, check
from tocsin.api.versions import Match
from tocsin.core import instants
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.wording import plain, say, verbatim
from tocsin.notify import destinations
from tocsin.roster import schedules
from tocsin.roster.plan import Shift

router = APIRouter(tags=["people"])
At = Annotated[str | None, Query(json_schema_extra=A_TIME)]


@router.get("/rosters")
def list_rosters(here: Here, who: Who) -> Response:
    """Rosters as they were put: members, zone, handoff, overrides."""
    who.require("people.read")
    with here.database.reading() as tx:
        return json({"rosters": editing.stamped(tx, schedules.listed(tx))})


@router.get("/rosters/{name}")
def show_roster(name: str, here: Here, who: Who) -> Response:
    """One roster as it was put."""
    who.require("people.read")
    return versions.answer(here, who, ROSTER, name)


@router.put("/rosters/{name}")
def put_roster(name: str, body: dict[str, Any], here: Here, who: Who, edit: Match, dry_run: bool = False) -> Response:
    """Create or replace a roster: `{members, zone, handoff, days, first, overrides}`. Whoever is on call keeps the
    running shift, and a `first` or `overrides` that are left out stay; the answer shows who is on call from now on,
    `before` and `after`. `dry_run`: shows it and changes nothing."""
    who.require("people.write")
    try:
        check(body)
    except ValueError as error:
        raise InvalidInput(verbatim(str(error)), place="body") from None
    if not dry_run:
        put, change = rosters.put(edit, name, body)
        return versions.tagged({**_shown(name, change, dry_run), **put})
    with here.database.reading(here.clock.now()) as tx:
        change = rosters.looked(tx, here, name, body)
    return json({"id": None, "version": None, **_shown(name, change, dry_run)})


@router.get("/oncall")
def show_on_call(here: Here, who: Who, roster: str | None = None, at: At = None) -> Response:
    """Who is on call, on one roster or on all. `passed_over`: people whose turn it is but who cannot be paged now:
    inactive, or without a destination. `asleep`: of the two, whom no destination is known to wake at night."""
    who.require("people.read")
    now = here.clock.now()
    instant = instants.from_text(at, "at") if at else now
    with here.database.reading(now) as tx:
        around, reach = here.desk.around(tx), destinations.load(tx)
    known = list(around.rosters.by_name)
    if roster is not None and roster not in known:
        raise NotFound(say("there is no roster {roster}", roster=repr(roster)), place="roster")
    found = [
        {
            "roster": one.roster,
            "primary": one.duty.primary,
            "backup": one.duty.backup,
            "until": instants.to_text(one.duty.until),
            "reasons": one.duty.reasons,
            "passed_over": one.duty.passed_over,
            "away": [{"user": user, "why": plain(why)} for user, why in one.away.items()],
            "asleep": [{"user": user, "why": plain(why)} for user, why in one.asleep.items()],
        }
        for one in rosters.on_call(around, reach, [roster] if roster else known, instant)
    ]
    return json({"at": instants.to_text(instant), "oncall": found})


def _shown(name: str, change: RosterChange, dry_run: bool) -> dict[str, Any]:
    return {"name": name, "dry_run": dry_run, "before": _shifts(change.before), "after": _shifts(change.after)}


def _shifts(shifts: Sequence[Shift]) -> list[dict[str, Any]]:
    return [
        {
            "start": instants.to_text(shift.start),
            "end": instants.to_text(shift.end),
            "primary": shift.primary,
            "backup": shift.backup,
        }
        for shift in shifts
    ]
