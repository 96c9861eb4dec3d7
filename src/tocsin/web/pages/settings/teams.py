"""`/settings/teams`: who belongs together, and one team: lead, members, schedule, where it is told of its pages."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import editing, places, teams
from tocsin.administration.teams import TEAM
from tocsin.core.wording import marked
from tocsin.notify import destinations
from tocsin.people.directory import Directory
from tocsin.storage.transaction import Tx
from tocsin.web.access import Fields, Form
from tocsin.web.pages.settings import frame, reaching
from tocsin.web.pages.settings.frame import Kept, SettingsRoute, Visit, Visiting
from tocsin.web.pages.settings.sections import TEAMS

router = APIRouter(route_class=SettingsRoute)
LABELS = {"lead": marked("Lead"), "roster": marked("Schedule"), "members": marked("Members")}
DONE = reaching.DONE | {"added": marked("Added."), "saved": marked("Saved.")}


@router.get("/settings/teams")
def show(visit: Visiting, done: str = "") -> Response:
    visit.see(TEAMS)
    return _list(visit, key=done)


@router.post("/settings/teams")
def add(visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        visit.viewer.require("people.write")
        name, said = form.get("name", "").strip(), _said(form)

        def write(tx: Tx) -> int:
            return teams.add(tx, visit.here, visit.viewer, name, **said)

        visit.here.writer.write(write)
        return f"{_path(name)}?done=added"

    return frame.carried(visit, form, "add", do, lambda kept: _list(visit, kept))


@router.get("/settings/teams/{name}")
def show_one(name: str, visit: Visiting, done: str = "", trial: str = "") -> Response:
    visit.see(TEAMS)
    return page(visit, name, key=done, trial=trial)


@router.post("/settings/teams/{name}")
def change(name: str, visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        visit.viewer.require("people.write")
        teams.change(visit.edit(form), name, _said(form))
        return f"{_path(name)}?done=saved"

    return frame.carried(visit, form, "change", do, lambda kept: page(visit, name, kept), LABELS)


def page(visit: Visit, name: str, kept: Kept | None = None, *, key: str = "", trial: str = "") -> Response:
    """The page of one team. NotFound where there is none of that name."""
    here = visit.here
    with here.database.reading(here.clock.now()) as tx:
        found = editing.found(here, tx, visit.viewer, TEAM, name)
        around = here.desk.around(tx)
        duty = around.on_call(found["roster"]) if found["roster"] else None
        rooms = reaching.values(tx, here, destinations.of(tx, places.of_team(tx, name)), trial)
    people = around.directory
    says = visit.counts("{amount} person", "{amount} people", len(found["members"]))
    heading = visit.says("{team}: {people}", team=name, people=says)
    if not found["members"]:
        heading = visit.says("{team} has nobody in it", team=name)
    return frame.show(
        visit,
        TEAMS,
        "team.html",
        heading,
        done=DONE,
        key=key,
        kept=kept,
        team=found,
        duty=duty,
        displays=_displays(people),
        rosters=list(around.rosters.by_name),
        **rooms,
    )


def names(text: str) -> list[str]:
    """People as they are typed, one a line or with commas between."""
    return [name for part in text.replace(",", "\n").split("\n") if (name := part.strip())]


def _list(visit: Visit, kept: Kept | None = None, *, key: str = "") -> Response:
    here = visit.here
    with here.database.reading(here.clock.now()) as tx:
        found, around, rooms = teams.listed(tx), here.desk.around(tx), destinations.load_rooms(tx)
    people = around.directory
    bare = [team for team in found if not team["lead"]]
    says = visit.counts("{amount} team", "{amount} teams", len(found))
    if bare:
        says += "; " + visit.counts("{amount} has no lead", "{amount} have no lead", len(bare))
    duties = {team["name"]: around.on_call(team["roster"]) for team in found if team["roster"]}
    return frame.show(
        visit,
        TEAMS,
        "teams.html",
        says,
        listed=True,
        done=DONE,
        key=key,
        kept=kept,
        found=found,
        duties=duties,
        rooms=rooms,
        displays=_displays(people),
        rosters=list(around.rosters.by_name),
    )


def _said(form: Form) -> dict[str, Any]:
    return {
        "lead": form.optional("lead"),
        "roster": form.optional("roster"),
        "members": names(form.get("members", "")),
    }


def _displays(people: Directory) -> dict[str, str]:
    """How those who are active are called, by name."""
    return {user.name: user.display or user.name for user in people.users.values() if user.active}


def _path(name: str) -> str:
    return f"/settings/teams/{quote(name, safe='')}"
