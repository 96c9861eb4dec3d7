"""Rosters: as they were put, who is on call by them now, and what a change would make of that."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tocsin.administration.editing import Edit, Editable, stamped
from tocsin.cases.context import Around
from tocsin.core import ids
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.wording import Said, say
from tocsin.notify import waking
from tocsin.notify.destinations import Destinations
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer
from tocsin.roster import absence, schedules
from tocsin.roster.plan import OnCall, Roster, Shift, outlook
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx


class RosterChange(NamedTuple):
    """Who is on call from now on: as it is (nobody, where there is no such roster yet), and as it would be."""

    before: list[Shift]
    after: list[Shift]


class RosterDuty(NamedTuple):
    """Who is on call by a roster, whom it passes over and why, and whom of those on call no page is known to wake."""

    roster: str
    duty: OnCall
    away: Mapping[str, Said]
    asleep: Mapping[str, Said]


def looked(tx: Tx, here: Installation, name: str, definition: Mapping[str, Any]) -> RosterChange:
    """What putting this definition would change. InvalidInput where it does not fit, or names nobody's user."""
    around = here.desk.around(tx)
    held = around.rosters.by_name.get(name)
    after = schedules.read(name, schedules.changed(name, schedules.definition_of(tx, name), definition, tx.now))
    _require_users(around.directory, after)
    return RosterChange([] if held is None else coming(around, held), coming(around, after))


def put(edit: Edit, name: str, definition: dict[str, Any]) -> tuple[dict[str, Any], RosterChange]:
    """Create or replace a roster; its id and version, and what that changed."""

    def write(tx: Tx) -> tuple[dict[str, Any], RosterChange]:
        change = looked(tx, edit.here, name, definition)
        made = schedules.put(tx, edit.here.mint, edit.here.journal, name, definition, by=edit.who.actor)
        return stamped(tx, [{"id": ids.to_text(made)}])[0], change

    return edit.carry_out(ROSTER, name, definition, write)


def coming(around: Around, roster: Roster) -> list[Shift]:
    """Who is on call from now on."""
    return outlook(roster, around.now, absence.away(roster, around.directory, around.reachable))


def on_call(around: Around, reach: Destinations, names: list[str], at: int) -> Iterator[RosterDuty]:
    """Who is on call at an instant by each of these rosters."""
    for name in names:
        duty = around.on_call(name, at)
        if duty:
            away = absence.away(around.rosters.by_name[name], around.directory, around.reachable)
            on_duty = [user for user in (duty.primary, duty.backup) if user is not None]
            asleep = waking.asleep(on_duty, around.directory, reach)
            yield RosterDuty(name, duty, away, {user: found.why for user, found in asleep.items()})


def _found(here: Installation, tx: Tx, who: Viewer, name: str) -> dict[str, Any]:
    found = next((roster for roster in schedules.listed(tx) if roster["name"] == name), None)
    if found is None:
        raise NotFound(
            say("there is no roster {name}", name=repr(name[:40])),
            place="name",
            expected=say("the name of a roster (`tocsin roster list`)"),
        )
    return found


ROSTER = Editable("roster", _found, made=True)


def _require_users(people: Directory, roster: Roster) -> None:
    """InvalidInput that names everybody on a roster who is not a user."""
    unknown = [name for name in absence.everybody(roster) if name not in people.by_name]
    if unknown:
        raise InvalidInput(
            say("there is no user {choices}", choices=", ".join(name[:100] for name in unknown[:20])),
            place="members",
            expected=say("names of users (`tocsin user list`)"),
        )
