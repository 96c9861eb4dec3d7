"""`/cases`: every case, to look for one."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from tocsin.cases import store
from tocsin.cases.queries import cursors, listing, tickets
from tocsin.cases.queries.needs import NEEDS, Need
from tocsin.core.wording import marked
from tocsin.languages import tongue
from tocsin.people.directory import User
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.web import rendering, shell
from tocsin.web.access import Here, Language, Signed
from tocsin.web.errors import PageRoute
from tocsin.web.places import Place

router = APIRouter(route_class=PageRoute)
PLACE = Place("cases", marked("Cases"), "/cases", "layers", 2, key="c", phone=True)


class FilterForm(BaseModel):
    """The form above the list. `q`: words of a ticket, its number, or the case's; `before`: where the list goes on."""

    state: Literal["", "open", "resolved", "closed", "merged"] = ""
    level: Literal["", "standard", "senior", "executive"] = ""
    only: Literal["", Need, "live", "followed", "imported"] = ""
    sort: listing.Sort = "newest"
    q: Annotated[str, Field(max_length=200)] = ""
    before: str = ""

    def address(self, **changed: str) -> str:
        """The same list, as the part of an address behind its question mark."""
        return urlencode({name: value for name, value in (self.model_dump() | changed).items() if value})


Asked = Annotated[FilterForm, Query()]


@router.get("/cases")
def show(here: Here, signed: Signed, language: Language, wanted: Asked) -> Response:
    title = tongue(language).text(marked("Cases"))
    return shell.show(
        here, signed, "cases.html", language=language, title=title, place="cases", **_values(here, signed, wanted)
    )


@router.get("/parts/cases")
def part(here: Here, signed: Signed, language: Language, wanted: Asked) -> Response:
    """What of the page changes."""
    text = rendering.part("parts/cases.html", language=language, session=signed, **_values(here, signed, wanted))
    return HTMLResponse(text, headers={"cache-control": "no-store"})


def _values(here: Installation, signed: Session, wanted: FilterForm) -> dict[str, Any]:
    with here.database.reading() as tx:
        people = here.desk.directory.get(tx)
        reader = people.users.get(signed.viewer.user or 0)
        found, following = listing.listed(tx, signed.viewer, _filter(here, wanted, reader))
        said = tickets.of(tx, signed.viewer, found)
        empty = not found and not store.exist(tx)
    behind = cursors.write(here.vault, wanted.sort, following) if following else None
    return {
        "people": people,
        "found": found,
        "said": said,
        "following": wanted.address(before=behind) if behind else None,
        "wanted": wanted,
        "address": wanted.address(),
        "empty": empty,
        "base_url": here.entrance.base_url.rstrip("/"),
        "now": here.clock.now(),
    }


def _filter(here: Installation, wanted: FilterForm, reader: User | None) -> listing.Filter:
    equal: dict[str, Any] = {name: value for name, value in (("state", wanted.state), ("level", wanted.level)) if value}
    if wanted.only == "imported":
        equal["imported"] = True
    return listing.Filter(
        equal,
        words=wanted.q.strip() or None,
        sort=wanted.sort,
        behind=cursors.read(here.vault, wanted.sort, wanted.before) if wanted.before else None,
        needs=wanted.only if wanted.only in NEEDS else None,
        live=wanted.only == "live",
        follower=reader if wanted.only == "followed" else None,
    )
