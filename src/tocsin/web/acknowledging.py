"""`/acknowledge/{token}` and `/decline/{token}`: the page that the links of a message lead to. Looking at it changes
nothing, because scanners of mail look at every link; its two buttons answer."""

from functools import partial
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tocsin.clocks import moments, zone
from tocsin.core import texts
from tocsin.core.errors import NotAllowed, NotFound
from tocsin.notify import answering, pages
from tocsin.notify.answering import Found, LinkStanding
from tocsin.notify.links import Answer
from tocsin.runtime import Installation
from tocsin.web import rendering

router = APIRouter()


class Reply(NamedTuple):
    """`says` names the person (`name`), whoever has the case or comes (`by`), and whoever called them in
    (`caller`)."""

    status: int
    title: str
    says: str


_REPLIES = {
    LinkStanding.DONE: Reply(
        200, "You have acknowledged it", "Acknowledged as {name}. Nobody else is paged about this."
    ),
    LinkStanding.COMES: Reply(200, "You come", "Acknowledged as {name}. {caller} is told that you come."),
    LinkStanding.COUNTED: Reply(
        200, "Your answer counts", "Acknowledged as {name}. The paging goes on until enough people have answered."
    ),
    LinkStanding.DECLINED_NOW: Reply(200, "You declined", "Declined as {name}."),
    LinkStanding.USED: Reply(
        409, "Acknowledged already", "{name} has acknowledged this page; there is nothing left to do."
    ),
    LinkStanding.DECLINED: Reply(
        409, "Declined already", "{name} has declined this page; there is nothing left to do."
    ),
    LinkStanding.ANSWERED: Reply(409, "Answered already", "The paging had stopped already{by}. Nothing was changed."),
    LinkStanding.SETTLED: Reply(409, "The case is over", "It is no longer open, so nobody needs to acknowledge it."),
    LinkStanding.EXPIRED: Reply(
        410, "This link has expired", "Links are valid for a day. Use the link in the newest message."
    ),
    LinkStanding.HIDDEN: Reply(
        403, "The case is confidential", "Only those named for it may see it, and {name} is not one of them."
    ),
    LinkStanding.FORBIDDEN: Reply(
        403, "You may not acknowledge", "The role of {name} does not allow it. The next step of the path is paged."
    ),
}
_DECLINED_SO_FAR = Reply(
    409, "Declined already", "{name} has declined this page, and nobody has acknowledged it since."
)
_UNKNOWN = Reply(404, "This link is not valid", "Open the whole link, exactly as in the message.")
_NOTHING: dict[str, Any] = {"told": None, "again": None}  # is known of the case, or can be done


@router.get("/acknowledge/{token}")
def look(token: str, request: Request) -> Response:
    return _look(token, request, "acknowledge")


@router.get("/decline/{token}")
def look_to_decline(token: str, request: Request) -> Response:
    return _look(token, request, "decline")


@router.post("/acknowledge/{token}")
def acknowledge(token: str, request: Request) -> Response:
    return _answer(token, request, "acknowledge")


@router.post("/decline/{token}")
def decline(token: str, request: Request) -> Response:
    return _answer(token, request, "decline")


def _look(token: str, request: Request, first: Answer) -> Response:
    here: Installation = request.state.installation
    try:
        return _page(_found(here, token), token, first)
    except NotFound:
        return _unknown()


def _answer(token: str, request: Request, given: Answer) -> Response:
    here: Installation = request.state.installation
    try:
        found = _found(here, token)
        act = partial(
            answering.answer,
            desk=here.desk,
            links=here.entrance.links,
            claim=here.entrance.links.read(token),
            given=given,
        )
        return _page(here.writer.write(act, cases=(found.case,)), token)
    except NotFound:
        return _unknown()
    except NotAllowed as refused:
        return rendering.bare("answer.html", 409, title="Nothing to answer", says=[refused.detail], **_NOTHING)


def _found(here: Installation, token: str) -> Found:
    claim = here.entrance.links.read(token)
    with here.database.reading(here.clock.now()) as tx:
        return answering.look(tx, here.desk, here.entrance.links, claim)


def _page(found: Found, token: str, first: Answer = "acknowledge") -> Response:
    hidden = found.standing is LinkStanding.HIDDEN
    told = None if hidden else pages.page(found.facts)
    links: dict[str, Any] = {
        "number": found.facts.number,
        "ticket_url": found.facts.ticket_url,
        "bridge": found.facts.bridge,
    }
    if found.standing is LinkStanding.READY:
        return rendering.bare(
            "acknowledge.html", told=told, title=told and told.headline, token=token, first=first, **links
        )
    reply = _DECLINED_SO_FAR if found.standing is LinkStanding.DECLINED and found.again else _REPLIES[found.standing]
    says, again = _says(found, reply), token if found.again else None
    return rendering.bare("answer.html", reply.status, title=reply.title, says=says, told=told, again=again, **links)


def _says(found: Found, reply: Reply) -> list[str]:
    """What became of it; how long an acknowledgement holds, and who has the page after a decline."""
    called = found.facts.call
    by = f"; {texts.isolated(found.by)} {'has the case' if called is None else 'comes'}" if found.by else ""
    caller = texts.isolated(called.caller) if called is not None and called.caller else "Whoever called you in"
    says = [reply.says.format(name=texts.isolated(found.facts.display), by=by, caller=caller)]
    if found.standing is LinkStanding.DECLINED_NOW:
        says.append(_paged_instead(found))
    if found.until is not None:
        until = moments.said(found.until, zone.load(found.facts.zone))
        says.append(
            f"It is valid until {until}; then the paging starts again. Any work on the case renews it: a note, an"
            " assignment, a hold. You are reminded ten minutes before it ends."
        )
    elif found.standing is LinkStanding.DONE:
        says.append("It is valid until the case is over.")
    return says


def _paged_instead(found: Found) -> str:
    if found.paged:
        return f"{pages.names(found.paged)} {'are' if len(found.paged) > 1 else 'is'} paged now."
    return f"Nobody else can be paged at once. {pages.page(found.facts).following}"


def _unknown() -> Response:
    return rendering.bare("answer.html", _UNKNOWN.status, title=_UNKNOWN.title, says=[_UNKNOWN.says], **_NOTHING)
