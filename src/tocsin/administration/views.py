"""Views as things that are edited: each as it is shown, with a version."""

from typing import Any

from tocsin.administration.editing import Editable
from tocsin.cases import views
from tocsin.cases.queries import asked
from tocsin.cases.views import View
from tocsin.core import ids
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx


def as_shown(view: View, here: Installation, tx: Tx, who: Viewer) -> dict[str, Any]:
    """One view, for whoever may see it."""
    return {
        "id": ids.to_text(view.id),
        "name": view.name,
        "page": view.page,
        "filter": asked.shown(view.filter),
        "owner": here.desk.directory.get(tx).name_of(view.owner),
        "shared": view.shared,
        "place": view.place,
        "yours": view.owner == who.user,
        "changeable": view.changed_by(who),
    }


def _found(here: Installation, tx: Tx, who: Viewer, view: str) -> dict[str, Any]:
    return as_shown(views.named(tx, who, here.desk.directory.get(tx), view), here, tx, who)


VIEW = Editable("view", _found, read="cases.read")
