"""Routes of rosters, and of who is on call by them."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.api.access import Here, Who, json
from tocsin.api.bodies import check
from tocsin.core import ids, instants
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.people import directory
from tocsin.people.directory import Directory
from tocsin.roster import schedules
from tocsin.roster.plan import Roster

router = APIRouter(tags=["people"])


@router.get("/rosters")
def list_rosters(here: Here, who: Who) -> Response:
    """Rosters as they were put: members, zone, handoff, overrides."""
    who.require("people.read")
    with here.database.reading() as tx:
        return json({"rosters": schedules.listed(tx)})


@router.put("/rosters/{name}")
def put_roster(name: str, body: dict[str, Any], here: Here, who: Who) -> Response:
    """Create or replace a roster: `{members, zone, handoff, days, first, overrides}`."""
    who.require("people.write")
    try:
        check(body)
    except ValueError as error:
        raise InvalidInput(str(error), place="body") from None

    def write(tx: Any) -> int:
        _require_users(directory.load(tx), schedules.read(name, body))
        return schedules.put(tx, here.mint, here.journal, name, body, by=who.actor)

    roster = here.writer.write(write)
    return json({"id": ids.to_text(roster), "name": name})


@router.get("/oncall")
def on_call(here: Here, who: Who, roster: str | None = None, at: str | None = None) -> Response:
    """Who is on call, on one roster or on all."""
    who.require("people.read")
    instant = instants.from_text(at, "at") if at else here.clock.now()
    with here.database.reading() as tx:
        rosters = schedules.load(tx)
    if roster is not None and roster not in rosters.by_name:
        raise NotFound(f"there is no roster {roster!r}", place="roster")
    found = []
    for name in [roster] if roster else rosters.by_name:
        duty = rosters.on_call(name, instant)
        if duty:
            found.append(
                {
                    "roster": name,
                    "primary": duty.primary,
                    "backup": duty.backup,
                    "until": instants.to_text(duty.until),
                    "reasons": duty.reasons,
                }
            )
    return json({"at": instants.to_text(instant), "oncall": found})


def _require_users(people: Directory, roster: Roster) -> None:
    """InvalidInput that names everybody on a roster who is no user."""
    called = (*roster.rotation.members, *(override.user for override in roster.overrides))
    unknown = [name for name in dict.fromkeys(called) if name not in people.by_name]
    if unknown:
        raise InvalidInput(
            f"there is no user {', '.join(name[:100] for name in unknown[:20])}",
            place="members",
            expected="names from `tocsin user list`",
        )
