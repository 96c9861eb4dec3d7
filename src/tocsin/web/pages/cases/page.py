"""`/cases`: every case, to find and to move many."""

from typing import Annotated, Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from tocsin.cases import ownership, sheet, store
from tocsin.cases.queries import asked, cursors, listing, tickets
from tocsin.cases.queries.asked import CaseQuery
from tocsin.cases.queries.board import Row
from tocsin.cases.queries.listing import Bounded
from tocsin.cases.queries.urgency import standing
from tocsin.core import sheets
from tocsin.core.errors import TocsinError
from tocsin.core.wording import marked
from tocsin.languages import tongue
from tocsin.people.directory import Directory
from tocsin.people.sessions import Session
from tocsin.policy.levels import LEVELS
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.web import narrowing, rendering, rows, shell, tabs
from tocsin.web.access import Here, Language, Signed
from tocsin.web.errors import PageRoute, sentence
from tocsin.web.places import Place
from tocsin.web.tabs import Tab
from tocsin.web.verbs import acts

router = APIRouter(route_class=PageRoute)
PLACE = Place("cases", marked("Cases"), "/cases", "layers", 2, key="c", phone=True)
BULK = ("assign", "note", "raise", "hold", "resolve", "close")  # verbs that the bar of chosen cases shows
_EVERY = marked("All")
_OWN = ("behind", "done")  # of the page, not of its list


class Wanted(NamedTuple):
    """What the page is asked for. `behind`: where the list goes on."""

    filter: CaseQuery
    behind: str
    done: str

    def address(self, **changed: str | None) -> str:
        """The same list, as the part of an address behind its question mark."""
        return tabs.address(
            msgspec.structs.replace(self.filter, **{n: v for n, v in changed.items() if n in asked.FIELDS})
        )


USUAL = CaseQuery(state="open", sort="unanswered")
_TABS: tuple[tuple[str, CaseQuery], ...] = (
    (marked("All open"), USUAL),
    (marked("Mine"), CaseQuery(state="open", owner=asked.MYSELF, sort="due")),
    (marked("Escalated"), CaseQuery(needs="escalated", sort="unanswered")),
    (marked("Owned by nobody"), CaseQuery(needs="unowned", sort="unanswered")),
    (marked("Target missed"), CaseQuery(needs="breached", sort="unanswered")),
    (marked("I follow"), CaseQuery(followed_by=asked.MYSELF)),
    (_EVERY, CaseQuery()),
)


def wanted_of(request: Request) -> Wanted:
    """What an address asks for; without anything, the open cases with the most urgent first."""
    given = {name: value for name, value in parse_qsl(request.url.query) if value.strip()}
    own = {name: given.pop(name, "") for name in _OWN}
    return Wanted(asked.read(tabs.typed(given)) if given else USUAL, own["behind"], own["done"])


Asking = Annotated[Wanted, Depends(wanted_of)]


@router.get("/cases")
def show(here: Here, signed: Signed, language: Language, wanted: Asking) -> Response:
    title = tongue(language).text(marked("Cases"))
    values = _values(here, signed, wanted, language)
    return shell.show(here, signed, "cases.html", language=language, title=title, place="cases", **values)


@router.get("/parts/cases")
def part(here: Here, signed: Signed, language: Language, wanted: Asking) -> Response:
    """What of the page changes."""
    text = rendering.part(
        "parts/cases-again.html", language=language, session=signed, **_values(here, signed, wanted, language)
    )
    return HTMLResponse(text, headers={"cache-control": "no-store"})


@router.get("/cases.csv")
def table(here: Here, signed: Signed, wanted: Asking) -> Response:
    """The same list, whole, for a spreadsheet."""
    signed.viewer.require("cases.read")
    with here.database.reading() as tx:
        chosen = asked.narrowed(tx, here.desk, signed.viewer, wanted.filter, here.clock.now())
    written = sheets.written(sheet.COLUMNS, sheet.rows(here.database, here.desk, signed.viewer, chosen))
    headers = {"content-disposition": 'attachment; filename="cases.csv"', "cache-control": "no-store"}
    return StreamingResponse(written, media_type="text/csv; charset=utf-8", headers=headers)


def _values(here: Installation, signed: Session, wanted: Wanted, language: str) -> dict[str, Any]:
    at = here.clock.now()
    with here.database.reading(at) as tx:
        made, following, wrong = _listed(tx, here, signed, wanted, language)
        above = _tabs(tx, here, signed, language)
        shared = tabs.sharing(tx, here, signed)
        people = here.desk.directory.get(tx)
        policies = here.desk.policies.get(tx)
        document = policies.at(at).document if policies.in_force(at) is not None else None
        empty = not made and not store.exist(tx)
        total = None if wrong else here.counts.of(tx, signed.viewer, _filter(tx, here, signed, wanted, at), at)
    offered = {
        "team": sorted(people.teams),
        "owner": _owners(people, wanted.filter.owner),
        "severity": list(document.severities) if document else [],
        "product_area": sorted(document.product_areas) if document else [],
    }
    behind = cursors.write(here.vault, wanted.filter.sort, following) if following else None
    return {
        "lines": made,
        "wrong": wrong,
        "tabs": above,
        "current": next((tab for tab in above if tab.filter == wanted.filter), None),
        "wanted": wanted,
        "may": signed.viewer.may,
        "filter": wanted.filter,
        "chips": [
            (label, value, f"/cases?{tabs.address(without)}")
            for label, value, without in narrowing.narrowed(wanted.filter, people, tongue(language).text)
        ],
        "needs": [(need, tongue(language).text(says)) for need, says in narrowing.NEEDS.items()],
        "orders": [(order, tongue(language).text(says)) for order, says in narrowing.ORDERS.items()],
        "address": wanted.address(),
        "shown": _behind(wanted, wanted.behind),
        "following": behind and _behind(wanted, behind),
        "total": total,
        "offered": offered,
        "levels": LEVELS,
        "sharing": shared,
        "verbs": [acts()[name] for name in BULK if name in acts() and signed.viewer.may(acts()[name].verb.permission)],
        "empty": empty,
        "base_url": here.entrance.base_url.rstrip("/"),
        "now": at,
    }


def _behind(wanted: Wanted, cursor: str) -> str:
    """The part of the list behind a place of it, as the part of an address behind its question mark."""
    return f"{wanted.address()}&{urlencode({'behind': cursor})}" if cursor else wanted.address()


def _owners(people: Directory, chosen: str | None) -> list[tuple[str, str]]:
    """Who may own a case, by name and as people call them, and whoever is chosen."""
    names = [name for name, user in people.by_name.items() if ownership.may_own(user) or name == chosen]
    return sorted(((name, people.known_as(name)) for name in names), key=lambda one: one[1].casefold())


def _listed(
    tx: Tx, here: Installation, signed: Session, wanted: Wanted, language: str
) -> tuple[list[rows.CaseLine], listing.ListPosition | None, str | None]:
    """The lines of a part of the list, where it goes on, and what is wrong with what it is asked for."""
    try:
        chosen = _filter(tx, here, signed, wanted, tx.now)
        found, following = listing.listed(tx, signed.viewer, asked.behind(chosen, here.vault, wanted.behind))
    except TocsinError as error:
        return [], None, sentence(error, language)
    said = tickets.of(tx, signed.viewer, found)
    each = [Row(state, standing(state, tx.now), said[state.case.id]) for state in found]
    severities = {name: place for place, name in enumerate(chosen.severities)}
    made = rows.of_lines(tx, here, signed.viewer, severities, language)
    return [made.line(row) for row in each], following, None


def _filter(tx: Tx, here: Installation, signed: Session, wanted: Wanted, at: int) -> listing.Filter:
    return asked.narrowed(tx, here.desk, signed.viewer, wanted.filter, at)


def _tabs(tx: Tx, here: Installation, signed: Session, language: str) -> list[Tab]:
    says = tongue(language).text
    given = [Tab(says(title), f"/cases?{tabs.address(query)}", query) for title, query in _TABS]
    every = [*given, *tabs.saved(tx, here, signed, "cases")]
    return [tab._replace(amount=_count(tx, here, signed, tab.filter)) for tab in every]


def _count(tx: Tx, here: Installation, signed: Session, filter: CaseQuery) -> Bounded | None:
    try:
        return here.counts.of(tx, signed.viewer, asked.narrowed(tx, here.desk, signed.viewer, filter, tx.now), tx.now)
    except TocsinError:
        return None
