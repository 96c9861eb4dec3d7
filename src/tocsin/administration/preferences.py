"""What people prefer for themselves: language, zone, how pages look, and which view they see first."""

from collections.abc import Mapping
from typing import Any

from tocsin.administration.editing import Edit, Editable
from tocsin.cases import views
from tocsin.core import ids
from tocsin.core.errors import NotFound
from tocsin.core.wording import say
from tocsin.people import directory, own_password
from tocsin.people.directory import User
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx


def change(edit: Edit, changes: Mapping[str, Any]) -> None:
    """Change what whoever asks prefers: `language, zone, theme, density, default_view, shortcuts`; None: as it is for
    whoever has said nothing. `default_view`: a view that they have, or that is shared with them."""
    here, who = edit.here, edit.who
    own_password.require_person(who)

    def write(tx: Tx) -> None:
        if changes.get("default_view") is not None:
            views.named(tx, who, here.desk.directory.get(tx), changes["default_view"])
        directory.change_user(tx, here.mint, here.journal, who.name, changes, by=who.actor)

    edit.carry_out(PREFERENCES, "", changes, write)


def shown(user: User) -> dict[str, Any]:
    """What somebody prefers."""
    return {
        "language": user.language,
        "zone": user.zone,
        "theme": user.prefers.theme,
        "density": user.prefers.density,
        "default_view": user.prefers.default_view,
        "shortcuts": user.prefers.shortcuts,
    }


def _found(here: Installation, tx: Tx, who: Viewer, name: str) -> dict[str, Any]:
    user = directory.load(tx).users.get(who.user or 0)
    if user is None:
        raise NotFound(say("this token belongs to nobody"), expected=say("a session, or a token of the user"))
    return {"id": ids.to_text(user.id), **shown(user)}


PREFERENCES = Editable("user", _found)
