"""`/settings/profile`: everybody's own: how they are called, in which zone and language they read, where pages reach
them, their password, and an end to every session."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tocsin import languages
from tocsin.administration import editing, preferences, users
from tocsin.administration.users import USER
from tocsin.cases import views
from tocsin.core import ids
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import marked, say
from tocsin.notify import destinations
from tocsin.people import own_password, sessions
from tocsin.web.access import Fields
from tocsin.web.pages.settings import frame, reaching
from tocsin.web.pages.settings.frame import Kept, SettingsRoute, Visit, Visiting
from tocsin.web.pages.settings.users import LABELS, changes

router = APIRouter(route_class=SettingsRoute)
DONE = reaching.DONE | {
    "saved": marked("Saved."),
    "password": marked("Your password is another one. Every other session of yours has ended."),
}
PREFERRED = {
    "theme": marked("Light or dark"),
    "density": marked("How close lines stand"),
    "default_view": marked("What Cases shows first"),
    "shortcuts": marked("Single keys do something"),
}


@router.get("/settings/profile")
def show(visit: Visiting, done: str = "", trial: str = "") -> Response:
    return page(visit, key=done, trial=trial)


@router.post("/settings/profile")
def change(visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        users.change(visit.edit(form), visit.viewer.name, changes(form))
        return "/settings/profile?done=saved"

    return frame.carried(visit, form, "change", do, lambda kept: page(visit, kept), LABELS)


@router.post("/settings/profile/preferences")
def prefer(visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        said = {name: form.optional(name) for name in ("theme", "density", "default_view")}
        preferences.change(visit.edit(form), said | {"shortcuts": form.get("shortcuts") == "yes"})
        return "/settings/profile?done=saved"

    return frame.carried(visit, form, "prefer", do, lambda kept: page(visit, kept), PREFERRED)


@router.post("/settings/profile/password")
def change_password(visit: Visiting, form: Fields, request: Request) -> Response:
    """The session in which it is asked for goes on; every other ends."""

    def do() -> str:
        if form.get("new", "") != form.get("again", ""):
            raise InvalidInput(say("the two are not the same"), place="again", expected=say("the new password again"))
        own_password.change(
            visit.here.entrance.attempts,
            visit.here.mint,
            visit.here.journal,
            visit.viewer,
            form.get("old", ""),
            form.get("new", ""),
            address=request.client.host if request.client else "",
            now=visit.here.clock.now(),
            kept=request.cookies.get(sessions.COOKIE),
        )
        return "/settings/profile?done=password"

    return frame.carried(visit, form, "password", do, lambda kept: page(visit, kept))


@router.post("/settings/profile/sign-out-everywhere")
def sign_out_everywhere(visit: Visiting, form: Fields) -> Response:
    """This browser too: whoever asks for it may be at somebody else's."""

    def do() -> str:
        visit.here.writer.write(lambda tx: sessions.end_all(tx, visit.viewer.user or 0))
        return "/sign-in"

    answer = frame.carried(visit, form, "out", do, lambda kept: page(visit, kept))
    if answer.status_code == 303:
        answer.delete_cookie(sessions.COOKIE)
    return answer


def page(visit: Visit, kept: Kept | None = None, *, key: str = "", trial: str = "") -> Response:
    """The visitor's own page."""
    here, name = visit.here, visit.viewer.name
    with here.database.reading(here.clock.now()) as tx:
        found = editing.found(here, tx, visit.viewer, USER, name)
        places: dict[str, Any] = reaching.values(tx, here, destinations.of(tx, visit.viewer.user or 0), trial)
        people = here.desk.directory.get(tx)
        shared = [(ids.to_text(view.id), view.name) for view in views.listed(tx, visit.viewer, people, "cases")]
        rosters = [each.name for each in here.desk.rosters.get(tx).by_name.values() if name in each.rotation.members]
    waking = [one for one in places["places"] if one["wakes"]]
    if not places["places"]:
        says = visit.says("No page reaches you")
    elif not waking:
        says = visit.says("Pages reach you, and none of them is known to wake you")
    else:
        says = visit.says("Pages reach you, and wake you at night")
    return frame.show(
        visit,
        None,
        "profile.html",
        says,
        done=DONE,
        key=key,
        kept=kept,
        own=True,
        user=found,
        rosters=rosters,
        prefers=preferences.shown(people.users[visit.viewer.user or 0]),
        views=shared,
        languages=languages.known(),
        zones=reaching.ZONES,
        **places,
    )
