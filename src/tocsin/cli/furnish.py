"""What a new installation needs before its first case: the people, teams and rosters that its policy names, and the
policy in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tocsin.people import directory
from tocsin.policy import document, versions
from tocsin.policy.model import Document
from tocsin.policy.names import Names, names_in
from tocsin.roster import schedules
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

BY = "init"


class Person(NamedTuple):
    """A user to be made. `password_hash`: argon2id."""

    name: str
    role: str
    display: str | None = None
    email: str | None = None
    password_hash: str | None = None


@dataclass(frozen=True)
class Staff:
    """Who does what. Teams and rosters that a policy names and this does not fall to `chief`."""

    chief: Person
    people: Sequence[Person] = ()
    leads: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rosters: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Made(NamedTuple):
    """What was made. `named`: users who exist because the policy names them."""

    version: int
    users: dict[str, int]
    named: tuple[str, ...]
    teams: tuple[str, ...]
    rosters: tuple[str, ...]


def furnish(tx: Tx, installation: Installation, source: str, staff: Staff) -> Made:
    """Make all of it and put the policy in force, in the caller's transaction. InvalidDocument names lines."""
    parsed = document.parse(source)
    wanted = names_in(parsed)
    users, named = _users(tx, installation, staff, wanted)
    rosters = _rosters(tx, installation, staff, wanted, _zone(parsed))
    teams = _teams(tx, installation, staff, wanted, users)
    version = versions.store(tx, installation.journal, source, BY)
    versions.activate(
        tx,
        installation.mint,
        installation.journal,
        version,
        by=BY,
        reason="the first policy",
        effective_at=tx.now,
        names=installation.names(tx),
    )
    return Made(version, users, named, teams, rosters)


def _users(tx: Tx, installation: Installation, staff: Staff, wanted: Names) -> tuple[dict[str, int], tuple[str, ...]]:
    people = {person.name: person for person in (staff.chief, *staff.people)}
    named = tuple(sorted(wanted.users - people.keys()))
    people |= {name: Person(name, "senior") for name in named}
    made = {
        person.name: directory.add_user(
            tx,
            installation.mint,
            installation.journal,
            person.name,
            by=BY,
            role=person.role,
            email=person.email,
            display=person.display,
            password_hash=person.password_hash,
        )
        for person in people.values()
    }
    return made, named


def _rosters(tx: Tx, installation: Installation, staff: Staff, wanted: Names, zone: str) -> tuple[str, ...]:
    for name in sorted(wanted.rosters):
        members = list(staff.rosters.get(name, [staff.chief.name]))
        spec = {"members": members, "zone": zone, "handoff": "mon 09:00"}
        schedules.put(tx, installation.mint, installation.journal, name, spec, by=BY)
    return tuple(sorted(wanted.rosters))


def _teams(tx: Tx, installation: Installation, staff: Staff, wanted: Names, users: dict[str, int]) -> tuple[str, ...]:
    """Where a team takes cases by who is on call, that is its own roster, or the first that the policy names."""
    for name in sorted(wanted.teams):
        roster = name if name in wanted.rosters else min(wanted.rosters, default=None)
        directory.add_team(
            tx,
            installation.mint,
            installation.journal,
            name,
            by=BY,
            lead=users[staff.leads.get(name, staff.chief.name)],
            roster=roster,
            people=tuple(users[member] for member in staff.members.get(name, [staff.chief.name])),
        )
    return tuple(sorted(wanted.teams))


def _zone(parsed: Document) -> str:
    """The zone of the policy's first calendar with hours of its own, for handoffs."""
    found = (calendar.rules.zone for calendar in parsed.calendars.values() if not calendar.always)
    return next(found, "UTC")
