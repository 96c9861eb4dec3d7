"""`/settings/users`: who works here, and one of them: name, role, zone, language, password, where pages reach them."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin import languages
from tocsin.administration import editing, users
from tocsin.administration.users import USER, NewUser
from tocsin.core.errors import NotAllowed
from tocsin.core.wording import marked
from tocsin.notify import destinations
from tocsin.people import directory, sessions
from tocsin.people.permissions import ROLES
from tocsin.web.access import Fields, Form
from tocsin.web.pages.settings import frame, reaching
from tocsin.web.pages.settings.frame import Kept, SettingsRoute, Visit, Visiting
from tocsin.web.pages.settings.sections import USERS

router = APIRouter(route_class=SettingsRoute)
LABELS = {
    "display": marked("Display name"),
    "email": marked("E-mail"),
    "role": marked("Role"),
    "zone": marked("Time zone"),
    "language": marked("Language"),
    "active": marked("Active"),
}
DONE = reaching.DONE | {
    "added": marked("Added."),
    "saved": marked("Saved."),
    "password": marked("The password is set, and every session of theirs has ended."),
    "unlocked": marked("They may try to sign in again."),
    "left": marked("Not active any more: signed out, and every token of theirs has ended."),
    "back": marked("Active again. Their tokens stay ended."),
}


@router.get("/settings/users")
def show(visit: Visiting, done: str = "") -> Response:
    visit.see(USERS)
    return _list(visit, key=done)


@router.post("/settings/users")
def add(visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        visit.viewer.require("people.write")
        new = NewUser(
            form.get("name", "").strip(),
            form.get("role", ""),
            form.optional("email"),
            form.optional("display"),
            None,
            form.get("password") or None,
            form.optional("zone"),
            form.optional("language"),
        )
        _, write = users.adding(visit.here, visit.viewer, new)
        visit.here.writer.write(write)
        return f"{_path(new.name)}?done=added"

    return frame.carried(visit, form, "add", do, lambda kept: _list(visit, kept))


@router.get("/settings/users/{name}")
def show_one(name: str, visit: Visiting, done: str = "", trial: str = "") -> Response:
    visit.see(USERS)
    return page(visit, name, key=done, trial=trial)


@router.post("/settings/users/{name}")
def change(name: str, visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        visit.viewer.require("people.write")
        users.change(visit.edit(form), name, changes(form) | {"role": form.get("role", "")})
        return f"{_path(name)}?done=saved"

    return frame.carried(visit, form, "change", do, lambda kept: page(visit, name, kept), LABELS)


@router.post("/settings/users/{name}/password")
def set_password(name: str, visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        visit.viewer.require("people.write")
        users.set_password(visit.here, visit.viewer, name, form.get("password", ""))
        return f"{_path(name)}?done=password"

    return frame.carried(visit, form, "password", do, lambda kept: page(visit, name, kept))


@router.post("/settings/users/{name}/unlock")
def unlock(name: str, visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        visit.viewer.require("people.write")
        users.unlock(visit.here, name)
        return f"{_path(name)}?done=unlocked"

    return frame.carried(visit, form, "unlock", do, lambda kept: page(visit, name, kept))


@router.get("/settings/users/{name}/leave")
def ask_to_leave(name: str, visit: Visiting) -> Response:
    """What follows of somebody's leaving, before it is done."""
    visit.see(USERS)
    visit.viewer.require("people.write")
    with visit.here.database.reading() as tx:
        found = editing.found(visit.here, tx, visit.viewer, USER, name)
        people = visit.here.desk.directory.get(tx)
    try:
        directory.require_another_admin(people, people.by_name[name], "active")
    except NotAllowed as error:
        return page(visit, name, frame.refused("active", {}, error, visit.language))
    return frame.confirm(
        visit,
        USERS,
        visit.says("Is {name} to leave?", name=found["display"]),
        visit.says(
            "They are signed out, and every token of theirs ends for good. What they had acknowledged counts as"
            " unanswered at once, and is paged again."
        ),
        action=f"{_path(name)}/leave",
        label=visit.says("Make inactive"),
        back=_path(name),
        version=str(found["version"]),
    )


@router.post("/settings/users/{name}/leave")
def leave(name: str, visit: Visiting, form: Fields) -> Response:
    return _active(visit, name, form, active=False)


@router.post("/settings/users/{name}/return")
def come_back(name: str, visit: Visiting, form: Fields) -> Response:
    return _active(visit, name, form, active=True)


def page(visit: Visit, name: str, kept: Kept | None = None, *, key: str = "", trial: str = "") -> Response:
    """The page of one user. NotFound where there is none of that name."""
    here = visit.here
    with here.database.reading(here.clock.now()) as tx:
        found = editing.found(here, tx, visit.viewer, USER, name)
        around, reach = here.desk.around(tx), destinations.load(tx)
        people = around.directory
        user = people.by_name[name]
        values: dict[str, Any] = {
            "user": found,
            "teams": [team.name for team in people.teams.values() if user.id in team.members or team.lead == user.id],
            "rosters": [each.name for each in around.rosters.by_name.values() if name in each.rotation.members],
            "signed_in": name in sessions.signed_in(tx),
            **reaching.values(tx, here, reach.get(user.id, ()), trial),
        }
    says = visit.says("Pages reach {name}", name=found["display"])
    if not found["active"]:
        says = visit.says("{name} is not active", name=found["display"])
    elif not found["reachable"]:
        says = visit.says("No page reaches {name}", name=found["display"])
    return frame.show(
        visit, USERS, "user.html", says, done=DONE, key=key, kept=kept, roles=ROLES, **values, **_offered()
    )


def changes(form: Form) -> dict[str, Any]:
    """What everybody may change of themselves."""
    return {
        "display": form.get("display", "").strip(),
        "email": form.optional("email"),
        "zone": form.optional("zone"),
        "language": form.optional("language"),
    }


def _list(visit: Visit, kept: Kept | None = None, *, key: str = "") -> Response:
    with visit.here.database.reading() as tx:
        found = users.listed(tx)
        inside = sessions.signed_in(tx)
        people = visit.here.desk.directory.get(tx)
    teams: dict[str, list[str]] = {}
    for team in people.teams.values():
        for member in team.members:
            teams.setdefault(people.users[member].name, []).append(team.name)
    active = [user for user in found if user["active"]]
    unreached = [user for user in active if not user["reachable"]]
    says = visit.counts("{amount} person works here", "{amount} people work here", len(active))
    if unreached:
        more = visit.counts("no page reaches {amount} of them", "no page reaches {amount} of them", len(unreached))
        says = f"{says}; {more}"
    rows = sorted(found, key=lambda user: (not user["active"], user["reachable"], user["display"].lower()))
    values = {"found": rows, "inside": inside, "teams": teams, "roles": ROLES, **_offered()}
    return frame.show(visit, USERS, "users.html", says, listed=True, done=DONE, key=key, kept=kept, **values)


def _active(visit: Visit, name: str, form: Form, *, active: bool) -> Response:
    def do() -> str:
        visit.viewer.require("people.write")
        users.change(visit.edit(form), name, {"active": active})
        return f"{_path(name)}?done={'back' if active else 'left'}"

    return frame.carried(visit, form, "active", do, lambda kept: page(visit, name, kept), LABELS)


def _offered() -> dict[str, Any]:
    return {"languages": languages.known(), "zones": reaching.ZONES}


def _path(name: str) -> str:
    return f"/settings/users/{quote(name, safe='')}"
