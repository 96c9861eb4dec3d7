"""Teams: who leads them, who is in them, their rosters."""

from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.administration.editing import Edit, Editable, stamped
from tocsin.core import ids
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.wording import say
from tocsin.people import directory
from tocsin.people.directory import Directory, Team
from tocsin.people.permissions import Viewer
from tocsin.roster import schedules
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx


def listed(tx: Tx) -> list[dict[str, Any]]:
    """Every team, with its version."""
    people = directory.load(tx)
    return stamped(tx, [_shown(team, people) for team in people.teams.values()])


def add(
    tx: Tx,
    here: Installation,
    who: Viewer,
    name: str,
    lead: str | None = None,
    roster: str | None = None,
    members: Sequence[str] = (),
) -> int:
    """A new team's id. Lead and members by name; InvalidInput where there is no such user or roster."""
    people = directory.load(tx)
    _require_roster(tx, roster)
    return directory.add_team(
        tx,
        here.mint,
        here.journal,
        name,
        by=who.actor,
        lead=_user(people, lead, "lead") if lead else None,
        roster=roster,
        people=tuple(_user(people, member, "members") for member in members),
    )


def change(edit: Edit, name: str, changes: Mapping[str, Any]) -> None:
    """Change a team's `lead`, `roster` or `members`, by names; what is not named stays."""
    here, who = edit.here, edit.who

    def write(tx: Tx) -> None:
        people = directory.load(tx)
        _require_roster(tx, changes.get("roster"))
        found = dict(changes)
        if changes.get("lead") is not None:
            found["lead"] = _user(people, changes["lead"], "lead")
        if changes.get("members") is not None:
            found["members"] = [_user(people, member, "members") for member in changes["members"]]
        directory.change_team(tx, here.mint, here.journal, name, found, by=who.actor)

    edit.carry_out(TEAM, name, changes, write)


def _shown(team: Team, people: Directory) -> dict[str, Any]:
    return {
        "id": ids.to_text(team.id),
        "name": team.name,
        "lead": people.name_of(team.lead),
        "roster": team.roster,
        "members": [people.name_of(member) for member in team.members],
    }


def _found(here: Installation, tx: Tx, who: Viewer, name: str) -> dict[str, Any]:
    people = directory.load(tx)
    if name not in people.teams:
        raise NotFound(
            say("there is no team {name}", name=repr(name[:40])),
            place="name",
            expected=say("the name of a team (`tocsin team list`)"),
        )
    return _shown(people.teams[name], people)


TEAM = Editable("team", _found)


def _require_roster(tx: Tx, roster: str | None) -> None:
    if roster is not None and roster not in schedules.load(tx).by_name:
        raise InvalidInput(
            say("there is no roster {roster}", roster=repr(roster[:100])),
            place="roster",
            expected=say("the name of a roster (`tocsin roster list`)"),
        )


def _user(people: Directory, name: str, place: str) -> int:
    user = people.by_name.get(name)
    if user is None:
        raise InvalidInput(
            say("there is no user {name}", name=repr(name)), place=place, expected=say("the name of a user")
        )
    return user.id
