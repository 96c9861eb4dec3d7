"""`/acknowledge/{token}`: the page that a link in a message leads to. Looking at it changes nothing, because scanners
of mail look at every link; its one button acknowledges."""

from functools import partial
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tocsin.core.errors import NotAllowed, NotFound
from tocsin.notify import acknowledging
from tocsin.notify.acknowledging import Found, Standing
from tocsin.notify.links import Claim
from tocsin.runtime import Installation
from tocsin.web import rendering

router = APIRouter()


class Answer(NamedTuple):
    status: int
    title: str
    says: str


_ANSWERS = {
    Standing.READY: Answer(200, "Take this case?", "Acknowledging stops the paging, and says that {name} has it."),
    Standing.DONE: Answer(200, "You have it", "Acknowledged as {name}. Nobody else is paged about this."),
    Standing.COUNTED: Answer(
        200, "Your answer counts", "Acknowledged as {name}. The paging goes on until enough people have answered."
    ),
    Standing.USED: Answer(
        409, "Acknowledged already", "{name} has acknowledged this page; there is nothing left to do."
    ),
    Standing.ANSWERED: Answer(409, "Somebody was faster", "The paging had stopped already{by}. Nothing was changed."),
    Standing.SETTLED: Answer(409, "The case is settled", "It is not open any more, so nobody needs to take it."),
    Standing.EXPIRED: Answer(410, "This link has ended", "Links work for a day. A newer message has a newer one."),
    Standing.HIDDEN: Answer(
        403, "The case is confidential", "Only those named for it may see it, and {name} is not one of them."
    ),
    Standing.FORBIDDEN: Answer(
        403, "You may not take cases", "The role of {name} does not include it. The next in line is paged."
    ),
}
_UNKNOWN = Answer(404, "This is no link of ours", "Open the whole link, as it stands in the message.")


@router.get("/acknowledge/{token}")
def look(token: str, request: Request) -> Response:
    here: Installation = request.app.state.installation
    try:
        return _page(_look(here, here.links.read(token)))
    except NotFound:
        return _unknown()


@router.post("/acknowledge/{token}")
def acknowledge(token: str, request: Request) -> Response:
    here: Installation = request.app.state.installation
    try:
        claim = here.links.read(token)
        found = _look(here, claim)
        act = partial(acknowledging.acknowledge, desk=here.desk, claim=claim)
        return _page(here.writer.write(act, cases=(found.case,)))
    except NotFound:
        return _unknown()
    except NotAllowed as refused:
        return rendering.bare("answer.html", 409, title="Nothing to acknowledge", says=refused.detail, case=None)


def _look(here: Installation, claim: Claim) -> Found:
    with here.database.reading() as tx:
        return acknowledging.look(tx, claim, here.clock.now())


def _page(found: Found) -> Response:
    answer = _ANSWERS[found.standing]
    by = f"; {found.by} has the case" if found.by else ""
    return rendering.bare(
        "acknowledge.html" if found.standing is Standing.READY else "answer.html",
        answer.status,
        title=answer.title,
        says=answer.says.format(name=found.name, by=by),
        case=None if found.standing is Standing.HIDDEN else found.about.show(found.case, ""),
    )


def _unknown() -> Response:
    return rendering.bare("answer.html", _UNKNOWN.status, title=_UNKNOWN.title, says=_UNKNOWN.says, case=None)
