"""`/settings/tokens`: what programs sign in with: issued and shown once, narrowed, revoked."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import tokens as administration
from tocsin.core.wording import marked
from tocsin.people import tokens
from tocsin.people.permissions import PERMISSIONS, ROLES, allows, roles
from tocsin.storage.transaction import Tx
from tocsin.web.access import Fields
from tocsin.web.pages.settings import frame
from tocsin.web.pages.settings.frame import Kept, SettingsRoute, Visit, Visiting
from tocsin.web.pages.settings.sections import TOKENS

router = APIRouter(route_class=SettingsRoute)
DONE = {"revoked": marked("Revoked. Every process knows within two seconds.")}
_SCOPE = "scope-"


@router.get("/settings/tokens")
def show(visit: Visiting, done: str = "") -> Response:
    visit.see(TOKENS)
    return _list(visit, key=done)


@router.post("/settings/tokens")
def issue(visit: Visiting, form: Fields) -> Response:
    def do() -> Response:
        visit.viewer.require(TOKENS.changes)
        scopes = [name.removeprefix(_SCOPE) for name in form if name.startswith(_SCOPE)] or None
        name, role, user = form.get("name", "").strip(), form.optional("role"), form.optional("user")

        def write(tx: Tx) -> dict[str, Any]:
            return administration.issue(tx, visit.here, visit.viewer, name, role, user, scopes)

        made = visit.here.writer.write(write)
        heading = visit.says("This token is shown only once")
        says = visit.says("Send it as {header}.", header="Authorization: Bearer …")
        return frame.once(visit, TOKENS, heading, says, [(made["name"], made["token"])], TOKENS.path)

    return frame.carried(visit, form, "issue", do, lambda kept: _list(visit, kept))


@router.get("/settings/tokens/revoke")
def ask_to_revoke(visit: Visiting, name: str = "") -> Response:
    visit.see(TOKENS)
    with visit.here.database.reading() as tx:
        tokens.require_living(tx, name)
    return frame.confirm(
        visit,
        TOKENS,
        visit.says("Is the token {name} to be revoked?", name=name[:100]),
        visit.says("Whatever comes in with it is refused from then on. It cannot be given back."),
        action="/settings/tokens/revoke",
        label=visit.says("Revoke"),
        back=TOKENS.path,
        name=name,
    )


@router.post("/settings/tokens/revoke")
def revoke(visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        visit.viewer.require(TOKENS.changes)
        name = form.get("name", "")
        visit.here.writer.write(lambda tx: tokens.revoke(tx, visit.here.journal, name, by=visit.viewer.actor))
        return f"{TOKENS.path}?done=revoked"

    return frame.carried(visit, form, "revoke", do, lambda kept: _list(visit, kept))


def _list(visit: Visit, kept: Kept | None = None, *, key: str = "") -> Response:
    with visit.here.database.reading() as tx:
        found = tokens.listed(tx)
        people = visit.here.desk.directory.get(tx)
    living = [token for token in found if token["revoked_at"] is None]
    says = visit.counts("{amount} token is valid", "{amount} tokens are valid", len(living))
    rows = sorted(found, key=lambda token: (token["revoked_at"] is not None, -int(str(token["created_at"]))))
    return frame.show(
        visit,
        TOKENS,
        "tokens.html",
        says,
        listed=True,
        done=DONE,
        key=key,
        kept=kept,
        found=rows,
        roles=ROLES,
        scopes=[(name, allows(name), roles(name)) for name in PERMISSIONS],
        granted={name: allows(name) for name in PERMISSIONS},
        people=[user for user in people.users.values() if user.active],
    )
