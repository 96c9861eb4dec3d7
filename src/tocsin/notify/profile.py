"""Who somebody is to Tocsin: their teams, what reaches them and whether it wakes them, when they are on call."""

from typing import Literal, NamedTuple

from tocsin.cases.context import Around
from tocsin.notify import waking
from tocsin.notify.channels import registry
from tocsin.notify.destinations import Destination, Destinations
from tocsin.people.directory import Directory, Team, User
from tocsin.people.permissions import PERMISSIONS, Permission, Viewer
from tocsin.roster import absence
from tocsin.roster.plan import outlook


class Reached(NamedTuple):
    """A destination; `wakes`: whether it wakes people, None where nobody has said so."""

    destination: Destination
    wakes: bool | None


class Duty(NamedTuple):
    """Being on call on a roster, first or second, from one instant to another."""

    roster: str
    role: Literal["primary", "backup"]
    start: int
    end: int


class Profile(NamedTuple):
    """`user` is None for a token that belongs to nobody. `duties`: those that run; `coming`: of each roster the next.
    `wakes`: whether a page wakes them, None where nobody has said so, or nothing reaches them."""

    user: User | None
    teams: tuple[Team, ...]
    permissions: tuple[Permission, ...]
    places: tuple[Reached, ...]
    wakes: bool | None
    duties: tuple[Duty, ...]
    coming: tuple[Duty, ...]


def of(viewer: Viewer, around: Around, reach: Destinations) -> Profile:
    """Whoever asks, at the instant of `around`."""
    allowed = tuple(permission for permission in PERMISSIONS if viewer.may(permission))
    user = around.directory.users.get(viewer.user) if viewer.user is not None else None
    if user is None:
        return Profile(None, (), allowed, (), None, (), ())
    places = reach.get(user.id, ())
    reached = tuple(Reached(place, registry.wakes(place.channel, place.options)) for place in places)
    duties = [duty for roster in around.rosters.by_name for duty in _duties(roster, user.name, around)]
    running = tuple(duty for duty in duties if duty.start <= around.now)
    coming: dict[str, Duty] = {}
    for duty in duties:
        if duty.start > around.now:
            coming.setdefault(duty.roster, duty)
    wakes = waking.wakes(places) if places else None
    return Profile(user, _teams(user, around.directory), allowed, reached, wakes, running, tuple(coming.values()))


def _teams(user: User, people: Directory) -> tuple[Team, ...]:
    return tuple(team for team in people.teams.values() if user.id in (*team.members, team.lead))


def _duties(name: str, user: str, around: Around) -> list[Duty]:
    """When they are on call on a roster, as far as it looks ahead; of one that runs the beginning is now."""
    roster = around.rosters.by_name[name]
    away = absence.away(roster, around.directory, around.reachable)
    found: list[Duty] = []
    for shift in outlook(roster, around.now, away):
        if user in (shift.primary, shift.backup):
            role: Literal["primary", "backup"] = "primary" if user == shift.primary else "backup"
            found.append(Duty(name, role, shift.start, shift.end))
    return found
