"""What every route of FastAPI takes: the installation, and on whose behalf it is called."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response

from tocsin.api import hot
from tocsin.core import canonical
from tocsin.core.errors import Conflict, InvalidInput, NotFound
from tocsin.intake.accept import Once
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx


def installation_of(request: Request) -> Installation:
    found: Installation = request.app.state.installation
    return found


async def viewer_of(request: Request) -> Viewer:
    return await hot.viewer_of(request, installation_of(request))


async def once_of(request: Request, viewer: Annotated[Viewer, Depends(viewer_of)]) -> Once | None:
    return hot.once_of(request, viewer, await request.body())


Here = Annotated[Installation, Depends(installation_of)]
Who = Annotated[Viewer, Depends(viewer_of)]
Again = Annotated[Once | None, Depends(once_of)]


def json(value: Any, status: int = 200) -> Response:
    """Canonical JSON; embeds what is stored as JSON already."""
    return Response(canonical.encode(value), status, media_type="application/json")


def case_id(tx: Tx, viewer: Viewer, reference: str) -> int:
    """The case behind an id, a number, or the number of its ticket; NotFound where there is none for this viewer,
    Conflict where several have that ticket's number."""
    from tocsin.cases.queries import find, with_ticket

    number = reference.isascii() and reference.isdecimal()
    try:
        found = find(tx, viewer, reference)
    except InvalidInput:  # neither a number nor an id
        found = None
    if found is not None:
        return found
    # What is all digits means the number of a case: else it would mean another one as soon as there is such a case.
    tickets = [] if number else with_ticket(tx, viewer, reference)
    if len(tickets) > 1:
        some = " and ".join(f"#{number}" for _, number in tickets)
        raise Conflict(f"more than one case has the ticket {reference[:40]}", place="case", expected=f"one of {some}")
    if not tickets:
        raise NotFound(f"there is no case {reference[:40]}", place="case", expected=_EXPECTED)
    return tickets[0][0]


_EXPECTED = "the number of a case, as in `tocsin case list --search WORDS`, its id, or its ticket's own number"
