"""Routes of teams: who leads them, who is in them, their rosters."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from tocsin.api import versions
from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body, named
from tocsin.api.once import write_once
from tocsin.api.versions import Editable, Match
from tocsin.core import ids
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.wording import say
from tocsin.people import directory
from tocsin.people.directory import Directory, Team
from tocsin.people.permissions import Viewer
from tocsin.roster import schedules
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

router = APIRouter(tags=["people"])


class NewTeam(Body):
    name: str
    lead: str | None = None
    roster: str | None = None
    members: list[str] = Field(default_factory=list)


class TeamChanges(Body):
    """Fields left out stay as they are."""

    lead: str | None = Field(default=None, description="Null: nobody")
    roster: str | None = Field(default=None, description="Null: none")
    members: list[str] | None = Field(default=None, max_length=1000, description="All members from now on")


@router.get("/teams")
def list_teams(here: Here, who: Who) -> Response:
    """Teams with their leads, members and rosters."""
    who.require("people.read")
    with here.database.reading() as tx:
        people = directory.load(tx)
        return json({"teams": versions.stamped(tx, [_shown_team(team, people) for team in people.teams.values()])})


@router.get("/teams/{name}")
def show_team(name: str, here: Here, who: Who) -> Response:
    """One team with its lead, its members and its roster."""
    who.require("people.read")
    return versions.answer(here, who, TEAM, name)


@router.post("/teams", status_code=201)
def add_team(body: NewTeam, here: Here, who: Who, again: Again) -> Response:
    """A new team with its lead, its members and its on-call roster."""
    who.require("people.write")

    def write(tx: Any) -> dict[str, Any]:
        people = directory.load(tx)
        _require_roster(tx, body.roster)
        team = directory.add_team(
            tx,
            here.mint,
            here.journal,
            body.name,
            by=who.actor,
            lead=_user(people, body.lead, "lead") if body.lead else None,
            roster=body.roster,
            people=tuple(_user(people, name, "members") for name in body.members),
        )
        return {"id": ids.to_text(team), "name": body.name}

    return write_once(here, again, 201, write)


@router.patch("/teams/{name}")
def change_team(name: str, body: TeamChanges, here: Here, who: Who, edit: Match) -> Response:
    """Change a team's lead, members or roster."""
    who.require("people.write")
    changes = named(body, nullable={"lead", "roster"})

    def write(tx: Any) -> None:
        people = directory.load(tx)
        _require_roster(tx, changes.get("roster"))
        found = dict(changes)
        if body.lead is not None:
            found["lead"] = _user(people, body.lead, "lead")
        if body.members is not None:
            found["members"] = [_user(people, member, "members") for member in body.members]
        directory.change_team(tx, here.mint, here.journal, name, found, by=who.actor)

    edit.carry_out(TEAM, name, body, write)
    return versions.answer(here, who, TEAM, name)


def _shown_team(team: Team, people: Directory) -> dict[str, Any]:
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
            expected=say("a name from `tocsin team list`"),
        )
    return _shown_team(people.teams[name], people)


TEAM = Editable("team", _found)


def _require_roster(tx: Any, roster: str | None) -> None:
    if roster is not None and roster not in schedules.load(tx).by_name:
        raise InvalidInput(
            say("there is no roster {roster}", roster=repr(roster[:100])),
            place="roster",
            expected=say("a name from `tocsin roster list`"),
        )


def _user(people: Directory, name: str, place: str) -> int:
    user = people.by_name.get(name)
    if user is None:
        raise InvalidInput(
            say("there is no user {name}", name=repr(name)), place=place, expected=say("the name of a user")
        )
    return user.id
