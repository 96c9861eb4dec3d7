"""`/`: what needs somebody now. `/cases`: every case, to look for one."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from tocsin.cases import actions, board, listing
from tocsin.cases.lifecycle import Verb
from tocsin.core import ids
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.web import rendering, verbs
from tocsin.web.access import Here, Signed
from tocsin.web.errors import PageRoute

router = APIRouter(route_class=PageRoute)
SHOWN = 100


@router.get("/")
def now(here: Here, signed: Signed, done: str = "", case: str = "") -> Response:
    values = _values(here, signed)
    return rendering.page("now.html", title="Now", says=verbs.said(done, case), failed=False, **values)


@router.get("/parts/now")
def part(request: Request, here: Here, signed: Signed) -> Response:
    """What of the page changes."""
    text = rendering.part("parts/now.html", **_values(here, signed))
    return HTMLResponse(text, headers={"cache-control": "no-store"})


@router.get("/cases")
def cases(
    here: Here,
    signed: Signed,
    state: Annotated[Literal["", "open", "resolved", "closed", "merged"], Query()] = "",
    level: Annotated[Literal["", "standard", "senior", "executive"], Query()] = "",
    only: Annotated[Literal["", "unanswered", "breached", "unowned", "requests", "triage"], Query()] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    before: str = "",
) -> Response:
    """The newest first. `q`: part of a subject, or a number."""
    equal = {name: value for name, value in (("state", state), ("level", level)) if value}
    start = listing.place(before) if before else None
    with here.database.reading() as tx:
        people = here.desk.directory.get(tx)
        wanted = listing.Filter(equal, words=q.strip() or None, behind=start, waiting=only or None)
        found, following = listing.listed(tx, signed.viewer, wanted)
    return rendering.page(
        "cases.html",
        title="Cases",
        session=signed,
        people=people,
        found=found,
        following=following.text() if following else None,
        state=state,
        level=level,
        q=q,
        only=only,
        now=here.clock.now(),
    )


def _values(here: Installation, signed: Session) -> dict[str, Any]:
    at = here.clock.now()
    with here.database.reading() as tx:
        policy = here.desk.policies.get(tx).in_force(at)
        names = here.desk.policies.get(tx).at(at).document.severities if policy is not None else ()
        severities = {name: place for place, name in enumerate(names)}
        seen = board.look(tx, signed.viewer, severities, at, SHOWN)
        people = here.desk.directory.get(tx)
        empty = tx.row("SELECT 1 FROM cases LIMIT 1") is None
    takes = {
        row.state.case.id
        for row in seen.escalated
        if actions.why_not(signed.viewer, Verb.ACKNOWLEDGE, row.state) is None
    }
    return {
        "session": signed,
        "board": seen,
        "people": people,
        "takes": takes,
        "may_work": signed.viewer.may("cases.work"),
        "empty": empty,
        "now": at,
        "id_text": ids.to_text,
    }
