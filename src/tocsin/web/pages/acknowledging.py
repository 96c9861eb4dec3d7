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
from tocsin.core.errors import NotAllowed, NotFound
from tocsin.core.wording import marked, worded
from tocsin.languages import known, tongue
from tocsin.notify import answering, pages
from tocsin.notify.answering import Found, LinkStanding
from tocsin.notify.facts import PageFacts
from tocsin.notify.links import LIFE, Answer
from tocsin.runtime import Installation
from tocsin.web import assets, rendering
from tocsin.web.access import language_of
from tocsin.web.drawing.fuses import Fuse, FuseState
from tocsin.web.pages import answered

router = APIRouter()


_WORKER = "default-src 'none'; connect-src 'self'"
_NOTHING: dict[str, Any] = {
    "told": None,
    "again": None,
    "good": False,
    "owed": (),
    "until": None,
    "at": "",
}  # is known of the case, or can be done


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
        asked = _asked(here, found.facts) | {"decline": answered.declining(found)}
        values = {"told": told, "title": told and told.headline, "token": token, "first": first, **asked, **links}
        return rendering.bare("acknowledge.html", language=language, **values)
    now = here.clock.now()
    reply = answered.reply(found, acknowledging=tap == _ACKNOWLEDGED)
    says = answered.says(found, reply)
    if tap is not None and tap.kept_for is not None:
        says.append(answered.times(found, now, tap.kept_for))
    values = {
        "title": tongue(language).text(reply.title),
        "good": reply.status == 200,
        "says": says,
        "owed": answered.rows(found, now),
        "until": found.until,
        "at": f"{zone.local(now, zone.load(facts.zone)):%H:%M}",
        "told": told,
        "again": token if found.again else None,
        **links,
    }
    return rendering.bare("answer.html", reply.status, language=language, **values)


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


def _unknown(language: str) -> Response:
    unknown = answered.UNKNOWN
    title, says = map(tongue(language).text, (unknown.title, unknown.says))
    return rendering.bare("answer.html", unknown.status, language=language, title=title, says=[says], **_NOTHING)
