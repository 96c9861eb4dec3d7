"""`/search`: cases, people and customers; and the palette, which finds as one types, and does what a case allows."""

from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from tocsin.cases import queries, staging
from tocsin.cases.queries import searching
from tocsin.cases.queries.searching import Found
from tocsin.core.errors import TocsinError
from tocsin.core.wording import marked
from tocsin.languages import Tongue, tongue
from tocsin.people import accounts
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.web import places, rendering, shell
from tocsin.web.access import Here, Language, Signed
from tocsin.web.errors import PageRoute, sentence
from tocsin.web.pages.case import doing

router = APIRouter(route_class=PageRoute)
MOST = 20
_FEW = 6
_NOTHING = Found([], [], [], False)


class PaletteAct(NamedTuple):
    """An act on the case that is shown. `why`: why it is not possible now; None where it is."""

    name: str
    label: str
    why: str | None


@router.get("/search")
def show(here: Here, signed: Signed, language: Language, q: str = "") -> Response:
    found, wrong, customers = _found(here, signed, q, MOST, language)
    title = tongue(language).text(marked("“{words}”")).format(words=q) if q else tongue(language).text(marked("Find"))
    values: dict[str, Any] = {"q": q, "found": found, "wrong": wrong, "customers": customers, "now": here.clock.now()}
    return shell.show(here, signed, "search.html", language=language, title=title, place="search", **values)


@router.get("/parts/palette")
def palette(here: Here, signed: Signed, language: Language, q: str = "", case: str = "") -> Response:
    """What the palette offers: acts on this case, cases, people and customers, places to go to."""
    found, _, customers = _found(here, signed, q, _FEW, language) if q.strip() else (_NOTHING, None, {})
    values: dict[str, Any] = {
        "deeds": _deeds(here, signed, case, q, language) if case else [],
        "found": found,
        "customers": customers,
        "places": _places(signed, q, tongue(language)),
        "case": case,
        "icons": doing.ICONS,
    }
    text = rendering.part("parts/palette.html", language=language, session=signed, **values)
    return HTMLResponse(text, headers={"cache-control": "no-store"})


def _found(
    here: Installation, signed: Session, query: str, limit: int, language: str
) -> tuple[Found, str | None, dict[int, Any]]:
    """What is found, or why nothing can be; and the customers of its cases."""
    if not query.strip():
        return _NOTHING, None, {}
    with here.database.reading() as tx:
        try:
            found = searching.look(tx, signed.viewer, here.desk.directory.get(tx), query, limit)
        except TocsinError as error:
            return _NOTHING, sentence(error, language), {}
        whose = [hit.case.account for hit in found.cases if hit.case.account is not None]
        return found, None, dict(accounts.by_id(tx, whose))


def _deeds(here: Installation, signed: Session, case: str, query: str, language: str) -> list[PaletteAct]:
    """The acts on a case that are called so, those in reach first."""
    says = tongue(language).text
    with here.database.reading(here.clock.now()) as tx:
        try:
            state = queries.load(tx, signed.viewer, queries.found(tx, signed.viewer, case))
        except TocsinError:
            return []
        reach = _reach(tx, here, signed, state, language)
    asked = query.strip().casefold()
    found = [
        PaletteAct(act.verb.name, says(act.label), why) for act, why in reach if asked in says(act.label).casefold()
    ]
    return sorted(found, key=lambda deed: deed.why is not None)[: _FEW if asked else 4]


def _reach(tx: Tx, here: Installation, signed: Session, state: Any, language: str) -> list[tuple[Any, str | None]]:
    scene = staging.scenes(tx, here.desk, [state])[state.case.id]
    acts = doing.reasons(signed.viewer, state, scene, language)
    return [(act, why) for act, why in acts if act.verb.name != "undo"]


def _places(signed: Session, query: str, speaks: Tongue) -> list[places.Place]:
    asked = query.strip().casefold()
    return [place for place in places.of(signed.viewer) if asked in speaks.text(place.title).casefold()][:_FEW]
