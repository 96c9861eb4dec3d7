"""The acts on places where pages reach somebody: one is added by the fields that its channel declares, tried with a
test page, removed. Whoever administers people does so for everybody, and each person for themselves."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from tocsin.administration import places
from tocsin.core import ids
from tocsin.core.errors import NotFound
from tocsin.core.wording import say
from tocsin.notify import destinations, trying
from tocsin.notify.channels import registry
from tocsin.notify.destinations import Destination, Owner
from tocsin.storage.transaction import Tx
from tocsin.web import rendering
from tocsin.web.access import Fields, Form
from tocsin.web.pages.settings import frame, profile, reaching, roles, teams, users
from tocsin.web.pages.settings.frame import Kept, SettingsRoute, Visit, Visiting

router = APIRouter(route_class=SettingsRoute)
_AT = "/settings/places"
_FLAGS = {"yes": True, "no": False}  # nothing chosen: nobody has said so


class Kind(NamedTuple):
    """A kind of owner: how one is found, where its page is, and what shows that. `own`: there everybody finds their
    own."""

    owner: Callable[[Tx, str], Owner]
    path: str
    page: Callable[[Visit, str, Kept | None], Response]
    own: bool = False


# Pages elsewhere that show places add theirs.
KINDS = {
    "user": Kind(places.existing, "/settings/users/", users.page),
    "team": Kind(places.of_team, "/settings/teams/", teams.page),
    "role": Kind(places.of_role, "/settings/roles/", roles.page),
    "me": Kind(places.existing, "/settings/profile", lambda visit, name, kept: profile.page(visit, kept), own=True),
}


class Whose(NamedTuple):
    """The owner of places, by kind and name; of an own page the visitor."""

    kind: str
    name: str

    @property
    def back(self) -> str:
        return KINDS[self.kind].path + ("" if KINDS[self.kind].own else quote(self.name, safe=""))

    def owner(self, tx: Tx) -> Owner:
        return KINDS[self.kind].owner(tx, self.name)

    def place(self, tx: Tx, destination: str) -> Destination:
        """NotFound where the owner has no such destination."""
        wanted = ids.from_text(destination, "destination")
        found = next((one for one in destinations.of(tx, self.owner(tx)) if one.id == wanted), None)
        if found is None:
            raise NotFound(say("there is no such destination, or it was removed"), place="destination")
        return found


@router.post("/settings/places/{kind}/{name}")
def add(kind: str, name: str, visit: Visiting, form: Fields) -> Response:
    whose = _whose(visit, kind, name)

    def do() -> str | Response:
        place = places.checked(visit.here, _given(form))
        visit.here.writer.write(lambda tx: places.add(tx, visit.here, visit.viewer, whose.owner(tx), place))
        if place.once is None:
            return f"{whose.back}?done=reached"
        heading = visit.says("This secret is shown only once")
        says = visit.says("Its receiver checks with it that a page comes from here (Standard Webhooks).")
        return frame.once(visit, None, heading, says, [(visit.says("Secret"), place.once)], whose.back)

    def again(kept: Kept) -> Response:
        return KINDS[whose.kind].page(visit, whose.name, kept)

    return frame.carried(visit, form, f"place-{form.get('channel', '')}", do, again)


@router.post("/settings/places/{kind}/{name}/{destination}/test")
def test(kind: str, name: str, destination: str, visit: Visiting, form: Fields) -> Response:
    """A test page to one place; its outcome stands beside it."""
    whose = _whose(visit, kind, name)

    def do() -> str:
        def write(tx: Tx) -> int:
            return trying.send(tx, visit.here.mint, whose.place(tx, destination), visit.signed.display)

        return f"{whose.back}?trial={ids.to_text(visit.here.writer.write(write))}&done=tested"

    return frame.carried(visit, form, "test", do, lambda kept: KINDS[whose.kind].page(visit, whose.name, kept))


@router.get("/settings/places/{kind}/{name}/{destination}/remove")
def ask_to_remove(kind: str, name: str, destination: str, visit: Visiting) -> Response:
    whose = _whose(visit, kind, name)
    with visit.here.database.reading() as tx:
        found = whose.place(tx, destination)
    return frame.confirm(
        visit,
        None,
        visit.says("Is {address} to be removed?", address=found.address),
        visit.says("No page goes there any more, and what waits for it is cancelled. Its secret is not kept."),
        action=f"{_AT}/{kind}/{quote(name, safe='')}/{destination}/remove",
        label=visit.says("Remove"),
        back=whose.back,
    )


@router.post("/settings/places/{kind}/{name}/{destination}/remove")
def remove(kind: str, name: str, destination: str, visit: Visiting, form: Fields) -> Response:
    whose = _whose(visit, kind, name)

    def do() -> str:
        def write(tx: Tx) -> None:
            found = whose.place(tx, destination)
            places.end(tx, visit.here, visit.viewer, whose.owner(tx), found.id)

        visit.here.writer.write(write)
        return f"{whose.back}?done=removed"

    return frame.carried(visit, form, "remove", do, lambda kept: KINDS[whose.kind].page(visit, whose.name, kept))


@router.get("/parts/settings/trial/{kind}/{name}/{trial}")
def trial_part(kind: str, name: str, trial: str, visit: Visiting) -> Response:
    """What became of a test page by now."""
    whose = _whose(visit, kind, name)
    with visit.here.database.reading() as tx:
        found = reaching.tried(tx, trial, {one.id for one in destinations.of(tx, whose.owner(tx))})
    if found is None:
        raise NotFound(say("there is no such test page"), place="trial")
    now = visit.here.clock.now()
    text = rendering.part(
        "parts/trial.html", language=visit.language, session=visit.signed, trial=found, now=now, at=(kind, name)
    )
    return HTMLResponse(text, headers={"cache-control": "no-store"})


def _whose(visit: Visit, kind: str, name: str) -> Whose:
    """NotFound for a kind that has no places; Forbidden for those of others, where the visitor does not administer
    people."""
    if kind not in KINDS:
        raise NotFound(say("there is no such page"), place="kind")
    if KINDS[kind].own:
        return Whose(kind, visit.viewer.name)
    visit.viewer.require("people.write")
    return Whose(kind, name)


def _given(form: Form) -> dict[str, Any]:
    """The fields of a place as its channel declares them."""
    channel = registry.CHANNELS.get(form.get("channel", ""))
    if channel is None or not channel.people:
        raise NotFound(say("there is no such channel"), place="channel")
    flags = {field.name for field in channel.fields if field.flag}
    given: dict[str, Any] = {}
    for field in channel.fields:
        typed = form.optional(field.name)
        given[field.name] = _FLAGS.get(typed or "") if field.name in flags else typed
    return given
