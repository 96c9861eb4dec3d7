"""Refusals as pages: for people what problem documents are for programs."""

import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from tocsin.clocks.moments import localised
from tocsin.core import unfit
from tocsin.core.errors import TocsinError
from tocsin.core.wording import marked, say, worded
from tocsin.languages import tongue
from tocsin.people.permissions import NotGranted
from tocsin.web import once, rendering, resuming, shell, whom, words
from tocsin.web.access import Form, SignedOut, installation_of, language_of, look, read_form, sign_in_path

STATUS = {
    "invalid-input": 422,
    "invalid-document": 422,
    "too-large": 413,
    "not-found": 404,
    "unauthenticated": 401,
    "forbidden": 403,
    "not-allowed": 409,
    "conflict": 409,
    "outdated": 412,
    "too-many": 429,
    "unavailable": 503,
}


Handle = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route whose refusals are pages. A part of a page answers 401 where nobody is signed in, a page leads there."""

    def get_route_handler(self) -> Handle:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await once.answered(request, handle)
            except SignedOut as error:
                if request.headers.get("hx-request") or request.url.path.startswith("/events"):
                    return Response(status_code=401, headers={"cache-control": "no-store"})
                return await _sign_in(request, error.back)
            except RequestValidationError as error:
                first = error.errors()[0]
                return await refused(request, unfit.refusal(first, str(first["loc"][-1])))
            except TocsinError as error:
                return await refused(request, error)

        return answering(guarded)


def answering(handle: Handle) -> Handle:
    """The same, where a page that answers a form says so: to the history of a browser it is none (`sending.js`)."""

    async def answered(request: Request) -> Response:
        answer = await handle(request)
        if request.method == "POST" and answer.media_type == "text/html":
            answer.headers["server-timing"] = "form"
        return answer

    return answered


async def _sign_in(request: Request, back: str) -> Response:
    """The way to sign in, and from there back: to the page that was asked for, or on which the form stood."""
    if request.method != "POST" or request.url.path == "/sign-out":
        return RedirectResponse(sign_in_path(back), 303)
    try:
        form = await read_form(request, installation_of(request))
    except TocsinError as error:
        return refusal(error, language_of(request))
    return signed_out(request, form)


def signed_out(request: Request, form: Form | None = None) -> Response:
    """The page to sign in at, with what was typed into a form whose session had ended; `form` None: it was not read."""
    form = form or Form()
    unfinished = resuming.asked(request, form) if form else None
    kept = say("You were signed out; what you wrote is kept.")
    says = kept if unfinished else say("You were signed out; nothing was done.")
    back = resuming.back_to(request, form)
    return resuming.sign_in_page(back, says=says, status=401, unfinished=unfinished, language=language_of(request))


async def refused(request: Request, error: TocsinError) -> Response:
    """A refusal within the frame of pages, for whoever is signed in: from there they find on."""
    return await run_in_threadpool(_within_frame, request, error)


def _within_frame(request: Request, error: TocsinError) -> Response:
    here, language = installation_of(request), language_of(request)
    if error.kind == "unavailable" or request.headers.get("hx-request"):
        return refusal(error, language)
    try:
        signed = look(request, here)
        if signed is None:
            return refusal(error, language)
        status = STATUS.get(error.kind, 500)
        values: dict[str, Any] = {"language": language, "says": None, "ask": None, "now": here.clock.now()}
        if isinstance(error, NotGranted):
            ask, heading = whom.to_ask(here, signed, error.permission, language), whom.heading(error, language)
            return shell.show(here, signed, "refusal.html", status, title=heading, why="", **values | {"ask": ask})
        title, says = _title(error, language), sentence(error, language)
        return shell.show(here, signed, "refusal.html", status, title=title, why=says, **values)
    except TocsinError:  # the database is away: then without the frame
        return refusal(error, language)


def refusal(error: TocsinError, language: str) -> Response:
    """The same alone, where nobody is signed in, or nothing can be asked."""
    title, says = _title(error, language), sentence(error, language)
    values: dict[str, Any] = {"title": title, "why": says, "ask": None}
    answer = rendering.page("refusal.html", STATUS.get(error.kind, 500), language=language, **values)
    if answer.status_code == 503:
        answer.headers["retry-after"] = "2"
    return answer


# Of refusals that programs know by a word of HTTP.
_TITLES = {
    "forbidden": marked("Not allowed"),
    "unauthenticated": marked("You are not signed in"),
    "conflict": marked("It does not fit what is there"),
}


def _title(error: TocsinError, language: str) -> str:
    return tongue(language).text(_TITLES.get(error.kind, error.title))


_COMMAND = re.compile(r" \(`tocsin [^)]*\)")  # what would do it on the command line, which pages leave out


def sentence(error: TocsinError, language: str) -> str:
    """The reason, and what would do; its instants are marked for `timed`."""
    reader = rendering.reader(language)
    why = worded(error.says, reader)
    if error.wanted is not None:
        refused = error.kind in ("forbidden", "not-allowed")
        why = (
            reader.says("{why}; needed: {needed}", why=why, needed=error.wanted)
            if refused
            else reader.says("{why}; expected {wanted}", why=why, wanted=error.wanted)
        )
    why = _COMMAND.sub("", why)
    return localised(f"{why[:1].upper()}{why[1:]}.", words.marked)
