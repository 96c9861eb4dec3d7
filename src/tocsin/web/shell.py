"""What stands around every page of somebody who is signed in: where they can go, how much waits there, whether Tocsin
is well, and until when they are on call."""

from typing import Any, NamedTuple

from starlette.responses import Response

from tocsin.cases.queries import lasting
from tocsin.cases.queries import waiting as asked
from tocsin.languages import tongue
from tocsin.notify import alarms
from tocsin.people.directory import Preferences
from tocsin.people.permissions import Viewer
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.web import places, rendering, waiting, wellness, words
from tocsin.web.places import Place


class Duty(NamedTuple):
    """That somebody answers pages of a roster, until when; `backup`: after whoever is first."""

    roster: str
    until: int
    backup: bool


class Shell(NamedTuple):
    """`counts`: how much waits, by the place's name. `ill`: what is wrong with Tocsin itself, None where nothing is.
    `alarms`: how many stand, 0 for whoever is not told of them."""

    places: tuple[Place, ...]
    counts: dict[str, int]
    ill: str | None
    alarms: int
    duty: Duty | None
    prefers: Preferences


def show(
    here: Installation,
    signed: Session,
    template: str,
    status: int = 200,
    *,
    language: str,
    place: str = "",
    needing: int | None = None,
    **values: Any,
) -> Response:
    """A page within its frame. `place`: the name of the place that it is, or belongs to. `needing`: how many cases need
    somebody now, where the page knows."""
    now = here.clock.now()
    with here.database.reading(now) as tx:
        frame = around(tx, here, signed, language, needing)
    shown: dict[str, Any] = {"now": now, "session": signed, "shell": frame, "place": place, **values}
    return rendering.page(template, status, language=language, **shown)


def around(tx: Tx, here: Installation, signed: Session, language: str, needing: int | None = None) -> Shell:
    """The frame of this reader's pages."""
    viewer = signed.viewer
    return Shell(
        places.of(viewer),
        counts(tx, here, viewer, needing),
        words.of_ours(here.watch.writing.says(), tongue(language)),
        len(alarms.standing(tx)) if wellness.told_all(viewer) else 0,
        _duty(tx, here, viewer.user),
        _prefers(tx, here, viewer.user),
    )


def counts(tx: Tx, here: Installation, viewer: Viewer, needing: int | None = None) -> dict[str, int]:
    """How much waits for this reader, by the place's name."""
    if not viewer.may("cases.read"):
        return {}
    known = lasting.count(tx, viewer, "now", here.large) if needing is None else needing
    asking = len(asked.questions(tx, viewer, answerable=False))
    return {"now": known, "mine": waiting.of(tx, viewer).amount, "triage": asking}


def _prefers(tx: Tx, here: Installation, user: int | None) -> Preferences:
    found = here.desk.directory.get(tx).users.get(user or 0)
    return found.prefers if found is not None else Preferences()


def _duty(tx: Tx, here: Installation, user: int | None) -> Duty | None:
    around = here.desk.around(tx)
    own = around.directory.users.get(user or 0)
    if own is None:
        return None
    found = []
    for roster in around.rosters.by_name:
        duty = around.on_call(roster)
        if duty is not None and own.name in (duty.primary, duty.backup):
            found.append(Duty(roster, duty.until, duty.primary != own.name))
    return min(found, key=lambda duty: (duty.backup, duty.until), default=None)
