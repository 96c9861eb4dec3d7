"""How FastAPI's own refusals become problem documents."""

from collections.abc import Collection
from math import ceil
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from tocsin.api import problems
from tocsin.api.readers import ELSEWHERE
from tocsin.core import canonical, unfit
from tocsin.core.errors import InvalidInput, NotFound, TocsinError, TooMany
from tocsin.core.logging import log
from tocsin.core.wording import say
from tocsin.storage.writer import WrittenElsewhere
from tocsin.web import errors
from tocsin.web.access import language_of


def turned_away(request: Request, error: TooMany) -> Response:
    """The answer to one request too many."""
    answer = errors.refusal(error, language_of(request)) if _for_people(request) else problems.response(error)
    answer.headers["retry-after"] = str(ceil(error.wait))
    return answer


async def answered(request: Request, error: TocsinError) -> Response:
    """A refusal that no route said: a page for a browser, a problem document for a program."""
    return await errors.refused(request, error) if _for_people(request) else problems.response(error)


def install(api: FastAPI, hot: Collection[tuple[str, str]]) -> None:
    """`hot`: method and path of the routes that FastAPI does not know."""

    @api.exception_handler(TocsinError)
    async def refused(request: Request, error: TocsinError) -> Response:
        return turned_away(request, error) if isinstance(error, TooMany) else problems.response(error)

    @api.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        first: dict[str, Any] = dict(error.errors()[0])
        place = ".".join(str(part) for part in first["loc"] if part != "body")
        return problems.response(unfit.refusal(first, place or None))

    @api.exception_handler(HTTPException)
    async def missing(request: Request, error: HTTPException) -> Response:
        allowed = _allowed(request.url.path, (error.headers or {}).get("Allow", ""), hot)
        status = 405 if error.status_code == 404 and allowed else error.status_code
        if status == 404:
            nothing = NotFound(say("there is nothing at {address}", address=_logged(request.url.path)))
            return await answered(request, nothing)
        if status == 400:  # FastAPI says so of a body that it could not parse
            return problems.response(
                InvalidInput(say("this is not JSON, or nested too deep"), expected=say("a JSON object"))
            )
        if status == 405 and _for_people(request):
            answer = await errors.refused(request, NotFound(say("a form is sent there, and nothing is there to read")))
            answer.status_code, answer.headers["allow"] = 405, allowed
            return answer
        body = {
            "type": "about:blank",
            "title": "Method Not Allowed" if status == 405 else error.detail,
            "status": status,
            "code": "method-not-allowed" if status == 405 else "about-blank",
            "detail": f"{request.method} {request.url.path}",
        }
        headers = {**(error.headers or {}), **({"Allow": allowed} if status == 405 else {})}
        return Response(canonical.encode(body), status, headers, "application/problem+json")

    @api.exception_handler(WrittenElsewhere)
    async def elsewhere(_: Request, error: WrittenElsewhere) -> Response:
        return Response(status_code=ELSEWHERE)

    @api.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        log.error("request.failed", path=_logged(request.url.path), exc_info=error)
        if _for_people(request):
            fault = TocsinError(say("the error is in the server's log; nothing of the request was stored"))
            return errors.refusal(fault, language_of(request))
        return problems.unexpected()


def _for_people(request: Request) -> bool:
    """Whether a browser asks, and not for something of the API."""
    asked = request.headers.get("accept", "")
    return "text/html" in asked and not request.url.path.startswith("/api/")


def _allowed(path: str, others: str, hot: Collection[tuple[str, str]]) -> str:
    """The methods of a path: those that FastAPI knows, and the intake's."""
    return ", ".join(sorted({*filter(None, others.split(", ")), *(method for method, known in hot if known == path)}))


def _logged(path: str) -> str:
    """The path without the token of a link, which is a secret."""
    for beginning in ("/acknowledge/", "/decline/"):
        if path.startswith(beginning):
            return beginning + "..."
    if path.startswith("/hooks/") and path.count("/") > 2:
        return "/".join(path.split("/", 3)[:3]) + "/..."
    return path
