"""The first policy of an installation: a starter, fitted to who is there, with the teams and rosters that it names."""

import re

from tocsin.administration import teams
from tocsin.core.errors import Conflict
from tocsin.core.wording import say
from tocsin.people.directory import User
from tocsin.people.permissions import Viewer
from tocsin.policy import document, starters, versions
from tocsin.policy.names import Names, names_in
from tocsin.roster import schedules
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

HANDOFF = "mon 09:00"
_ZONE = re.compile(r"\{zone: ([\w/+-]+)")
_HOLIDAYS = re.compile(r", holidays: \{[^{}]*\}")


def roster_named() -> str:
    """The roster that every starter pages."""
    return min(names_in(document.parse(starters.text())).rosters)


def fitted(starter: str, zone: str, chief: str) -> str:
    """A starter with the office hours of this zone, and with `chief` in the duties that it fills. Its holidays are of
    its own zone's country, so they go with that. NotFound where there is no such starter."""
    text = starters.text(starter).replace('"user:admin"', f'"user:{chief}"')
    if set(_ZONE.findall(text)) == {zone}:
        return text
    return _HOLIDAYS.sub("", _ZONE.sub(f"{{zone: {zone}", text))


def put_in_force(tx: Tx, here: Installation, who: Viewer, source: str, zone: str, reason: str) -> int:
    """Make what the policy names and is not there yet, and let it decide from now on; its version. Conflict where a
    policy decides already."""
    if versions.load(tx).in_force(tx.now) is not None:
        raise Conflict(say("a policy decides already"), expected=say("another version of it, under Policy"))
    wanted = names_in(document.parse(source))
    _rosters(tx, here, who, wanted, zone)
    _teams(tx, here, who, wanted)
    version = versions.store(tx, here.journal, source, who.actor)
    versions.activate(
        tx,
        here.mint,
        here.journal,
        version,
        by=who.actor,
        reason=reason,
        effective_at=tx.now,
        names=here.names(tx),
    )
    return version


def _rosters(tx: Tx, here: Installation, who: Viewer, wanted: Names, zone: str) -> None:
    """What is missing is like the first that there is; without one, whoever begins is on call."""
    there = sorted(schedules.load(tx).by_name)
    like = schedules.definition_of(tx, there[0]) if there else None
    definition = like or {"members": [who.name], "zone": zone, "handoff": HANDOFF}
    for name in sorted(set(wanted.rosters).difference(there)):
        schedules.put(tx, here.mint, here.journal, name, definition, by=who.actor)


def _teams(tx: Tx, here: Installation, who: Viewer, wanted: Names) -> None:
    """Everybody who works on cases is in the teams that are missing; a lead leads them, else whoever begins."""
    people = here.desk.directory.get(tx)
    active: list[User] = [user for user in people.users.values() if user.active]
    lead = next((user.name for user in active if user.role == "lead"), who.name)
    members = [user.name for user in active if user.may("cases.work")]
    roster = min(wanted.rosters, default=None)
    for name in sorted(set(wanted.teams).difference(people.teams)):
        teams.add(tx, here, who, name, lead, roster, members)
