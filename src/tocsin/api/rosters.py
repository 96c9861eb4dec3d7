"""Routes of rosters, and of who is on call by them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tocsin.api import versions
from tocsin.api.access import Here, Who, json
from tocsin.api.bodies import A_TIME, check
from tocsin.api.versions import Editable, Match
from tocsin.cases.context import Around
from tocsin.core import ids, instants
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.wording import plain, say, verbatim
from tocsin.notify import destinations, waking
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer
from tocsin.roster import absence, schedules
from tocsin.roster.plan import Roster, outlook
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

router = APIRouter(tags=["people"])
At = Annotated[str | None, Query(json_schema_extra=A_TIME)]


@router.get("/rosters")
def list_rosters(here: Here, who: Who) -> Response:
    """Rosters as they were put: members, zone, handoff, overrides."""
    who.require("people.read")
    with here.database.reading() as tx:
        return json({"rosters": versions.stamped(tx, schedules.listed(tx))})


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

    def look(tx: Tx) -> dict[str, Any]:
        around = here.desk.around(tx)
        held = around.rosters.by_name.get(name)
        after = schedules.read(name, schedules.changed(name, schedules.definition_of(tx, name), body, tx.now))
        _require_users(around.directory, after)
        before = [] if held is None else _outlook(around, held)
        return {"name": name, "dry_run": dry_run, "before": before, "after": _outlook(around, after)}

    def write(tx: Tx) -> dict[str, Any]:
        shown = look(tx)
        roster = schedules.put(tx, here.mint, here.journal, name, body, by=who.actor)
        return versions.stamped(tx, [{"id": ids.to_text(roster), **shown}])[0]

    if not dry_run:
        return versions.tagged(edit.carry_out(ROSTER, name, body, write))
    with here.database.reading(here.clock.now()) as tx:
        return json({"id": None, "version": None, **look(tx)})


def _found(here: Installation, tx: Tx, who: Viewer, name: str) -> dict[str, Any]:
    found = next((roster for roster in schedules.listed(tx) if roster["name"] == name), None)
    if found is None:
        raise NotFound(
            say("there is no roster {name}", name=repr(name[:40])),
            place="name",
            expected=say("a name from `tocsin roster list`"),
        )
    return found


ROSTER = Editable("roster", _found, made=True)


@router.get("/oncall")
def show_on_call(here: Here, who: Who, roster: str | None = None, at: At = None) -> Response:
    """Who is on call, on one roster or on all. `passed_over`: people whose turn it is but who cannot be paged now:
    inactive, or without a destination. `asleep`: of the two, whom no destination is known to wake at night."""
    who.require("people.read")
    now = here.clock.now()
    instant = instants.from_text(at, "at") if at else now
    with here.database.reading(now) as tx:
        around, reach = here.desk.around(tx), destinations.load(tx)
    rosters = around.rosters.by_name
    if roster is not None and roster not in rosters:
        raise NotFound(say("there is no roster {roster}", roster=repr(roster)), place="roster")
    found = []
    for name in [roster] if roster else rosters:
        duty = around.on_call(name, instant)
        if duty:
            away = absence.away(rosters[name], around.directory, around.reachable)
            on_duty = [user for user in (duty.primary, duty.backup) if user is not None]
            asleep = waking.asleep(on_duty, around.directory, reach)
            found.append(
                {
                    "roster": name,
                    "primary": duty.primary,
                    "backup": duty.backup,
                    "until": instants.to_text(duty.until),
                    "reasons": duty.reasons,
                    "passed_over": duty.passed_over,
                    "away": [{"user": user, "why": plain(why)} for user, why in away.items()],
                    "asleep": [{"user": user, "why": plain(found.why)} for user, found in asleep.items()],
                }
            )
    return json({"at": instants.to_text(instant), "oncall": found})


def _outlook(around: Around, roster: Roster) -> list[dict[str, Any]]:
    away = absence.away(roster, around.directory, around.reachable)
    return [
        {
            "start": instants.to_text(shift.start),
            "end": instants.to_text(shift.end),
            "primary": shift.primary,
            "backup": shift.backup,
        }
        for shift in outlook(roster, around.now, away)
    ]


def _require_users(people: Directory, roster: Roster) -> None:
    """InvalidInput that names everybody on a roster who is not a user."""
    unknown = [name for name in absence.everybody(roster) if name not in people.by_name]
    if unknown:
        raise InvalidInput(
            say("there is no user {choices}", choices=", ".join(name[:100] for name in unknown[:20])),
            place="members",
            expected=say("names from `tocsin user list`"),
        )
