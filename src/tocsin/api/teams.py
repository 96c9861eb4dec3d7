"""Routes of teams: who leads them, who is in them, their rosters."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from tocsin.administration import teams
from tocsin.administration.teams import TEAM
from tocsin.api import versions
from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body, named
from tocsin.api.once import write_once
from tocsin.api.versions import Match
from tocsin.core import ids
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
        return json({"teams": teams.listed(tx)})


@router.get("/teams/{name}")
def show_team(name: str, here: Here, who: Who) -> Response:
    """One team with its lead, its members and its roster."""
    who.require("people.read")
    return versions.answer(here, who, TEAM, name)


@router.post("/teams", status_code=201)
def add_team(body: NewTeam, here: Here, who: Who, again: Again) -> Response:
    """A new team with its lead, its members and its on-call roster."""
    who.require("people.write")

    def write(tx: Tx) -> dict[str, Any]:
        team = teams.add(tx, here, who, body.name, body.lead, body.roster, body.members)
        return {"id": ids.to_text(team), "name": body.name}

    return write_once(here, again, 201, write)


@router.patch("/teams/{name}")
def change_team(name: str, body: TeamChanges, here: Here, who: Who, edit: Match) -> Response:
    """Change a team's lead, members or roster."""
    who.require("people.write")
    teams.change(edit, name, named(body, nullable={"lead", "roster"}))
    return versions.answer(here, who, TEAM, name)
