"""The intake's routes, plain Starlette for speed: `POST /cases`, `/cases/batch`; and what those of `signals` and
`imports` share with them: who asks, the body, the key, the answer.

Authentication, validation and rendering happen in the event loop; the write goes to the group writer, and the answer
leaves after its commit.
"""

import json
import re
import zlib
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from tocsin.api import problems
from tocsin.cases import discretion, queries, representation
from tocsin.cases.clocks import ticking
from tocsin.cases.opening import Opened, Ticket
from tocsin.cases.queries import tickets
from tocsin.core.charsets import in_utf8
from tocsin.core.errors import InvalidInput, TocsinError, TooLarge, Unauthenticated
from tocsin.core.wording import say
from tocsin.intake.accept import Once, Submission
from tocsin.intake.beginning import Recorded
from tocsin.people.permissions import Viewer
from tocsin.policy import lenient
from tocsin.runtime import Installation

MOST_BYTES = 1024 * 1024
MOST_TICKET_BYTES = 4 * MOST_BYTES  # a ticket's text is cut to less, but not refused for it
MOST_BATCH_BYTES = 8 * 1024 * 1024
MOST_BATCH = 1000
_encode = msgspec.json.Encoder().encode  # answers need no sorted keys, and most of one is canonical already
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


async def viewer_of(request: Request, installation: Installation) -> Viewer:
    """On whose behalf a request comes; Unauthenticated without a valid token.

    A caller in this very process, which could open the database itself, says in the scope who it is: nothing that
    comes over a network can write there.
    """
    local = request.scope.get("tocsin.viewer")
    if isinstance(local, Viewer):
        return local
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret:
        raise Unauthenticated(say("the request carries no token"), expected=say("Authorization: Bearer ..."))
    now = installation.clock.now()
    known = installation.entrance.doorkeeper.remembered(secret, now)
    if known is not None:
        return known
    return await run_in_threadpool(installation.entrance.doorkeeper.look_up, secret, now)


async def body_of(request: Request, most: int = MOST_BYTES) -> bytes:
    """The whole body, unpacked and in UTF-8; TooLarge as soon as it is known to be. What a hook gets keeps its
    encoding, for its signature is of these bytes."""
    declared, encoding, kind = _described(request)
    if not (declared.isascii() and declared.isdecimal()) or int(declared) > most:
        raise TooLarge(say("the body is too large"), expected=say("at most {most} bytes", most=most))
    body = bytearray()
    more = True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            raise TooLarge(say("the body is too large"), expected=say("at most {most} bytes", most=most))
    raw = _unpacked(bytes(body), encoding.strip().lower(), most)
    return raw if request.scope["path"].startswith("/hooks/") else in_utf8(raw, kind)


def _described(request: Request) -> tuple[str, str, str]:
    """What the headers say of a body: its length, how it is packed, and what it is. Looked for in one pass."""
    length, encoding, kind = b"0", b"identity", b""
    for name, value in reversed(request.scope["headers"]):  # the first of several counts
        if name == b"content-length":
            length = value
        elif name == b"content-encoding":
            encoding = value
        elif name == b"content-type":
            kind = value
    return length.decode("latin-1"), encoding.decode("latin-1"), kind.decode("latin-1")


def _unpacked(body: bytes, encoding: str, most: int) -> bytes:
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise InvalidInput(
            say("a body packed as {encoding} cannot be read", encoding=repr(encoding[:20])),
            place="Content-Encoding",
            expected=say("gzip, or none"),
        )
    unpacking = zlib.decompressobj(wbits=31)
    try:
        found = unpacking.decompress(body, most + 1)
    except zlib.error:
        raise InvalidInput(
            say("the body is not packed as it says"), place="Content-Encoding", expected=say("gzip, or a body as it is")
        ) from None
    if len(found) > most:
        raise TooLarge(say("the unpacked body is too large"), expected=say("at most {most} bytes", most=most))
    if not unpacking.eof or unpacking.unused_data:
        raise InvalidInput(
            say("the packed body is not whole"), place="body", expected=say("one stream of gzip to its end")
        )
    return found


def once_of(request: Request, viewer: Viewer, raw: bytes) -> Once | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise InvalidInput(
            say("the key is not valid"), place="Idempotency-Key", expected=say("1 to 255 visible ASCII characters")
        )
    return Once.of(viewer.token or 0, _route(request), key, raw)


def _route(request: Request) -> str:
    """The path in its one normal form: as the route is declared, with what was filled in, however that was written."""
    declared = getattr(request.scope.get("route"), "path_format", None)
    return request.url.path if declared is None else str(declared).format(**request.path_params)


async def open_case(request: Request) -> Response:
    """201 with the new case; 200 with the same case for an external id or key that has one."""
    installation: Installation = request.scope["state"]["installation"]
    try:
        viewer = await viewer_of(request, installation)
        viewer.require("cases.open")
        with refusals_told(installation, viewer, "POST /cases"):
            raw = await body_of(request, MOST_TICKET_BYTES)
            body, remarks = lenient.read(raw)
        submission = Submission(Ticket(body, viewer, remarks=remarks), once_of(request, viewer, raw))
        opened: Opened | Recorded = await installation.writer.write_item_soon(installation.accept, submission)
        return await answer(installation, opened, viewer)
    except TocsinError as error:
        return problems.response(error)


def refusals_told(installation: Installation, viewer: Viewer, route: str) -> "_RefusalsTold":
    """Whatever a sender delivers inside and is refused raises an alarm; a person sees the refusal and needs none."""
    return _RefusalsTold(installation, viewer, route)


class _RefusalsTold:
    """A class, for a generator would cost each ticket more."""

    __slots__ = ("_installation", "_route", "_viewer")

    def __init__(self, installation: Installation, viewer: Viewer, route: str) -> None:
        self._installation, self._viewer, self._route = installation, viewer, route

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, InvalidInput | TooLarge) and self._viewer.token is not None:
            self._installation.entrance.refusals.tell(self._viewer.actor, self._route, error)


async def answer(installation: Installation, opened: Opened | Recorded, viewer: Viewer) -> Response:
    if isinstance(opened, Recorded):
        return _json(opened.show(), 202)
    if opened.new:
        shown = await shown_case(installation, opened, viewer)
        return _json(shown, 201, {"location": f"/api/v1/cases/{shown['id']}"})
    return _json(await _marked(installation, opened, viewer), 200)


async def answer_signal(installation: Installation, opened: Opened | Recorded, viewer: Viewer) -> Response:
    if isinstance(opened, Recorded):
        return _json(opened.show(), 202)
    shown = await shown_case(installation, opened, viewer)
    said = {"effect": opened.effect or "unchanged"} | ({"says": opened.says} if opened.says else {})
    return _json(shown | said if discretion.sees(viewer, opened.state.case) else shown, 201 if opened.new else 200)


async def _marked(installation: Installation, opened: Opened, viewer: Viewer) -> dict[str, Any]:
    """The case, and to whoever may see it, whether the ticket had it already and what that means."""
    shown = await shown_case(installation, opened, viewer)
    said = {"unchanged": not opened.new} | ({"effect": opened.effect, "says": opened.says} if opened.says else {})
    return shown | said if discretion.sees(viewer, opened.state.case) else shown


async def shown_case(installation: Installation, opened: Opened, viewer: Viewer) -> dict[str, Any]:
    """The representation, with its decision, as this viewer may see it; an outline of a case that they may not see."""
    if not discretion.sees(viewer, opened.state.case):
        return discretion.outline(opened.state.case)
    if opened.decision is None:
        return await run_in_threadpool(_stored, installation, opened, viewer)
    people = installation.people()  # whoever opened the case has just looked everyone up
    decision = discretion.decision(opened.decision, viewer) or opened.decision
    return discretion.head(representation.brief(opened.state, people, installation.titles(), decision), viewer)


def _stored(installation: Installation, opened: Opened, viewer: Viewer) -> dict[str, Any]:
    """The same of a case that was there, with everyone as they are now."""
    case = opened.state.case
    with installation.database.reading() as tx:
        stored = queries.decision_bytes(tx, viewer, case.id)
        numbers = queries.numbers(tx, viewer, [case.parent])
        people = installation.desk.directory.get(tx)
        titles = ticking.titles(installation.desk.policies.get(tx))
        said = tickets.of(tx, viewer, [opened.state])
    decision = discretion.decision(stored, viewer)
    return discretion.show_to(viewer, opened.state, people, titles, decision, numbers, said[case.id])


async def open_batch(request: Request) -> Response:
    """Many tickets at once: `{"cases": [...]}`; each has its own answer, in order: a case or a problem."""
    installation: Installation = request.state.installation
    try:
        viewer = await viewer_of(request, installation)
        viewer.require("cases.open")
        with refusals_told(installation, viewer, "POST /cases/batch"):
            raw = await body_of(request, MOST_BATCH_BYTES)
            parts = _parts(raw)
        again = once_of(request, viewer, raw)
        pending: list[Any] = []
        for position, part in enumerate(parts):
            try:
                once = None if again is None else again.part(position, part)
                with refusals_told(installation, viewer, "POST /cases/batch"):
                    body, remarks = lenient.read(part)
                submission = Submission(Ticket(body, viewer, remarks=remarks), once)
                pending.append(installation.writer.write_item_soon(installation.accept, submission))
            except TocsinError as error:
                error.place = f"cases[{position}]" + (f".{error.place}" if error.place else "")
                pending.append(error)
        results = []
        for waiting in pending:
            try:
                if isinstance(waiting, TocsinError):
                    raise waiting
                opened = await waiting
                recorded = isinstance(opened, Recorded)
                results.append(opened.show() if recorded else await _marked(installation, opened, viewer))
            except TocsinError as error:
                results.append(problems.document(error))
        return _json({"results": results}, 200)
    except TocsinError as error:
        return problems.response(error)


class _Batch(msgspec.Struct, forbid_unknown_fields=True):
    cases: list[msgspec.Raw]


def _parts(raw: bytes) -> list[bytes]:
    """The tickets of a batch, each as JSON. What one of them holds that is not text leaves the others as they are."""
    try:
        found = [bytes(part) for part in msgspec.json.decode(raw, type=_Batch).cases]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        cases = lenient.loads(raw).get("cases")
        if not isinstance(cases, list):
            raise InvalidInput(
                say("this is not a batch: {error}", error=error), expected=say('{"cases": [...]}')
            ) from None
        found = [json.dumps(case).encode() for case in cases]
    if not 1 <= len(found) <= MOST_BATCH:
        raise InvalidInput(
            say("{amount} cases in one batch", amount=len(found)),
            place="cases",
            expected=say("1 to {most_batch}", most_batch=MOST_BATCH),
        )
    return found


def _json(value: Any, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(_encode(value), status, headers, "application/json")
