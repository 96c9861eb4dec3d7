"""Tokens of the API: issued for a user, or for a tool."""

from collections.abc import Sequence
from typing import Any

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.people import directory, tokens
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx


def issue(
    tx: Tx,
    here: Installation,
    who: Viewer,
    name: str,
    role: str | None = None,
    user: str | None = None,
    scopes: Sequence[str] | None = None,
) -> dict[str, Any]:
    """A new token: its name, role, user, scopes, and its text (`token`), which nobody can read again. `role`: by
    default that of the user. InvalidInput for a user who is not there, or not active."""
    acting = directory.load(tx).by_name.get(user) if user else None
    if user and (acting is None or not acting.active):
        raise InvalidInput(
            say("there is no active user {user}", user=repr(user)), place="user", expected=say("the name of a user")
        )
    chosen = role or (acting.role if acting else None)
    if chosen is None:
        raise InvalidInput(say("a token without a user needs a role"), place="role", expected=say("a role"))
    narrowed = tokens.scopes_of(who, chosen, scopes)
    as_whom = acting.id if acting else None
    made = tokens.issue(tx, here.mint, here.journal, name, chosen, who.actor, user=as_whom, scopes=narrowed)
    return {"name": name, "role": chosen, "user": user, "scopes": tokens.shown(narrowed), "token": made}
