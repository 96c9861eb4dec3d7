"""`/acknowledge/{token}` and `/decline/{token}`: the page that the links of a message lead to. Looking at it changes
nothing, because scanners of mail look at every link; its two buttons answer. Where there is no network, its worker
keeps a tap (`static/js/worker.js`), and says later how long it has."""

import re
from functools import partial
from typing import Annotated, Any, NamedTuple
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from tocsin.clocks import moments, zone
from tocsin.core import texts
from tocsin.core.errors import NotAllowed, NotFound
from tocsin.core.wording import Instant, Reader, marked, worded
from tocsin.languages import known, tongue
from tocsin.notify import answering, pages
from tocsin.notify.answering import Found, LinkStanding
from tocsin.notify.facts import CallFacts, PageFacts
from tocsin.notify.links import LIFE, Answer
from tocsin.notify.reading import reader_of
from tocsin.runtime import Installation
from tocsin.web import assets, rendering
from tocsin.web.access import language_of
from tocsin.web.drawing.fuses import Fuse, FuseState

router = APIRouter()


class Reply(NamedTuple):
    """`says` names the person (`name`), whoever has the case or comes (`by`), and whoever called them in
    (`caller`)."""

    status: int
    title: str
    says: str


_REPLIES = {
    LinkStanding.DONE: Reply(
        200,
        marked("You have acknowledged it"),
        marked("Acknowledged as {name}. Nobody else is paged about this."),
    ),
    LinkStanding.COMES: Reply(
        200, marked("You come"), marked("Acknowledged as {name}. {caller} is told that you come.")
    ),
    LinkStanding.COUNTED: Reply(
        200,
        marked("Your answer counts"),
        marked("Acknowledged as {name}. The paging goes on until enough people have answered."),
    ),
    LinkStanding.DECLINED_NOW: Reply(200, marked("You declined"), marked("Declined as {name}.")),
    LinkStanding.USED: Reply(
        409,
        marked("Acknowledged already"),
        marked("{name} has acknowledged this page; there is nothing left to do."),
    ),
    LinkStanding.DECLINED: Reply(
        409,
        marked("Declined already"),
        marked("{name} has declined this page; there is nothing left to do."),
    ),
    LinkStanding.ANSWERED: Reply(
        409,
        marked("Answered already"),
        marked("The paging had stopped already{by}. Nothing was changed."),
    ),
    LinkStanding.SETTLED: Reply(
        409,
        marked("The case is over"),
        marked("It is no longer open, so nobody needs to acknowledge it."),
    ),
    LinkStanding.EXPIRED: Reply(
        410,
        marked("This link has expired"),
        marked("Links are valid for a day. Use the link in the newest message."),
    ),
    LinkStanding.HIDDEN: Reply(
        403,
        marked("The case is confidential"),
        marked("Only those named for it may see it, and {name} is not one of them."),
    ),
    LinkStanding.FORBIDDEN: Reply(
        403,
        marked("You may not acknowledge"),
        marked("The role of {name} does not allow it. The next step of the path is paged."),
    ),
}
_TAPPED_AGAIN = Reply(
    200, marked("You have acknowledged it"), marked("{name} has acknowledged this page; there is nothing left to do.")
)
_DECLINED_SO_FAR = Reply(
    409, marked("Declined already"), marked("{name} has declined this page, and nobody has acknowledged it since.")
)
_UNKNOWN = Reply(404, marked("This link is not valid"), marked("Open the whole link, exactly as in the message."))
_WORKER = "default-src 'none'; connect-src 'self'"
_NOTHING: dict[str, Any] = {"told": None, "again": None, "good": False}  # is known of the case, or can be done


@router.get("/acknowledge/worker.js")
def worker() -> Response:
    """The worker of these pages, and of no others: it stands where they stand."""
    headers = {"cache-control": "no-cache", "x-content-type-options": "nosniff", "content-security-policy": _WORKER}
    return Response(assets.body("worker.js"), media_type="text/javascript", headers=headers)


@router.get("/acknowledge/kept")
def kept(request: Request, language: str = "", given: Answer = "acknowledge") -> Response:
    """What the worker shows while it keeps a tap; it puts in of which case, and when."""
    spoken = language if language in known() else language_of(request)
    title = tongue(spoken).text(marked("Kept, and not sent yet"))
    return rendering.bare("kept.html", language=spoken, title=title, given=given)


@router.get("/acknowledge/{token}")
def look(token: str, request: Request) -> Response:
    return _look(token, request, "acknowledge")


@router.get("/decline/{token}")
def look_to_decline(token: str, request: Request) -> Response:
    return _look(token, request, "decline")


class Tap(NamedTuple):
    """An answer. `kept_for`: how long (microseconds) it was kept without network, as its device says; None where it was
    not. Told as a span, because nobody knows how a device's clock stands."""

    given: Answer
    kept_for: int | None = None


async def _tap(request: Request) -> Tap:
    said = dict(parse_qsl((await request.body()).decode(errors="replace")))
    ago = re.fullmatch(r"\d{1,11}", said.get("ago", ""), re.ASCII)
    given: Answer = "decline" if said.get("given") == "decline" else "acknowledge"
    return Tap(given, min(1000 * int(ago[0]), LIFE) if ago else None)


Tapped = Annotated[Tap, Depends(_tap)]
_ACKNOWLEDGED = Tap("acknowledge")


@router.post("/acknowledge/{token}")
def acknowledge(token: str, request: Request, tap: Tapped = _ACKNOWLEDGED) -> Response:
    """Either answer: where it goes, the worker can keep it."""
    return _answer(token, request, tap)


@router.post("/decline/{token}")
def decline(token: str, request: Request) -> Response:
    return _answer(token, request, Tap("decline"))


def _look(token: str, request: Request, first: Answer) -> Response:
    here: Installation = request.state.installation
    try:
        return _page(here, _found(here, token), token, first)
    except NotFound:
        return _unknown(language_of(request))


def _answer(token: str, request: Request, tap: Tap) -> Response:
    here: Installation = request.state.installation
    try:
        found = _found(here, token)
        act = partial(
            answering.answer,
            desk=here.desk,
            links=here.entrance.links,
            claim=here.entrance.links.read(token),
            given=tap.given,
        )
        return _page(here, here.writer.write(act, cases=(found.case,)), token, tap=tap)
    except NotFound:
        return _unknown(language_of(request))
    except NotAllowed as refused:
        to = rendering.reader(language_of(request))
        values = {"title": to.says("Nothing to answer"), "says": [worded(refused.says, to)], **_NOTHING}
        return rendering.bare("answer.html", 409, language=language_of(request), **values)


def _found(here: Installation, token: str) -> Found:
    claim = here.entrance.links.read(token)
    with here.database.reading(here.clock.now()) as tx:
        return answering.look(tx, here.desk, here.entrance.links, claim)


def _page(
    here: Installation,
    found: Found,
    token: str,
    first: Answer = "acknowledge",
    *,
    tap: Tap | None = None,
) -> Response:
    """What a link leads to, or what became of the answer that was given by it."""
    hidden = found.standing is LinkStanding.HIDDEN
    told = None if hidden else pages.page(found.facts)
    facts, language = found.facts, found.facts.language
    links: dict[str, Any] = {
        "number": facts.number,
        "called": pages.headline(facts.number, facts.ticket, facts.customer, facts.subject),
        "ticket_url": facts.ticket_url,
        "bridge": facts.bridge,
    }
    if found.standing is LinkStanding.READY:
        asked = _asked(here, found.facts)
        values = {"told": told, "title": told and told.headline, "token": token, "first": first, **asked, **links}
        return rendering.bare("acknowledge.html", language=language, **values)
    reply = _reply(found, tap)
    says, again = _says(found, reply), token if found.again else None
    if tap is not None and tap.kept_for is not None:
        says.append(_times(found, here.clock.now(), tap.kept_for))
    title = tongue(language).text(reply.title)
    values = {"title": title, "good": reply.status == 200, "says": says, "told": told, "again": again, **links}
    return rendering.bare("answer.html", reply.status, language=language, **values)


def _reply(found: Found, tap: Tap | None) -> Reply:
    if found.standing is LinkStanding.USED and tap == _ACKNOWLEDGED:
        return _TAPPED_AGAIN
    return _DECLINED_SO_FAR if found.standing is LinkStanding.DECLINED and found.again else _REPLIES[found.standing]


def _asked(here: Installation, facts: PageFacts) -> dict[str, Any]:
    """What is seen first of a page: how grave it is, and how much time is left for an answer."""
    now = here.clock.now()
    with here.database.reading(now) as tx:
        names = list(here.desk.policies.get(tx).at(now).document.severities)
    state: FuseState = "calm" if facts.due_at is None or facts.due_at > now else "late"
    left = 0.0 if facts.due_at is None else 100 * (facts.due_at - now) / max(1, facts.due_at - facts.opened_at)
    shown = 100.0 if state == "late" else max(1.5, min(100.0, left))
    return {
        "subject": facts.subject,
        "level": facts.level,
        "severity": facts.severity,
        "grade": min(3, names.index(facts.severity)) if facts.severity in names else 3,
        "opened": moments.wall(facts.opened_at, zone.load(facts.zone), tongue(facts.language)),
        "fuse": None if facts.due_at is None else Fuse(state, round(shown, 1), (), facts.opened_at, facts.due_at),
        "now": now,
    }


def _by(name: str, call: CallFacts | None, to: Reader) -> str:
    """Who has answered before."""
    return to.says("; {name} has the case", name=name) if call is None else to.says("; {name} comes", name=name)


def _says(found: Found, reply: Reply) -> list[str]:
    """What became of it; how long an acknowledgement holds, and who has the page after a decline."""
    to = reader_of(found.facts.zone, found.facts.language)
    called = found.facts.call
    by = _by(texts.isolated(found.by), called, to) if found.by else ""
    caller = texts.isolated(called.caller) if called is not None and called.caller else to.says("Whoever called you in")
    says = [to.translated(reply.says).format(name=texts.isolated(found.facts.display), by=by, caller=caller)]
    if found.standing is LinkStanding.DECLINED_NOW:
        says.append(_paged_instead(found, to))
    if found.until is not None:
        says.append(
            to.says(
                "It is valid until {time}; then the paging starts again. Any work on the case renews it: a note, an"
                " assignment, a hold. You are reminded ten minutes before it ends.",
                time=Instant(found.until),
            )
        )
    elif found.standing is LinkStanding.DONE:
        says.append(to.says("It is valid until the case is over."))
    return says


def _times(found: Found, arrived_at: int, kept_for: int) -> str:
    """When an answer was given that was kept, and when it came."""
    to = reader_of(found.facts.zone, found.facts.language)
    times = {"tapped": Instant(arrived_at - kept_for), "arrived": Instant(arrived_at)}
    if _REPLIES[found.standing].status == 200:
        return to.says("You tapped at {tapped}, without a connection; it counts from {arrived}, when it came.", **times)
    return to.says("You tapped at {tapped}, without a connection; it came at {arrived}.", **times)


def _paged_instead(found: Found, to: Reader) -> str:
    if found.paged:
        people = pages.names(found.paged, to)
        return to.counts("{names} is paged now.", "{names} are paged now.", len(found.paged), names=people)
    after = pages.page(found.facts).following
    return to.says("Nobody else can be paged at once. {after}", after=after)


def _unknown(language: str) -> Response:
    title, says = map(tongue(language).text, (_UNKNOWN.title, _UNKNOWN.says))
    return rendering.bare("answer.html", _UNKNOWN.status, language=language, title=title, says=[says], **_NOTHING)
