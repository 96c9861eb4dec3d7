"""The HTTP application: the intake's routes in front, FastAPI behind them."""

import re
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tocsin.api import (
    accounts,
    affected,
    cases,
    changes,
    connectors,
    destinations,
    evidence,
    guards,
    health,
    heartbeats,
    hooks,
    hot,
    imports,
    me,
    metrics,
    now,
    policies,
    problems,
    refusals,
    risks,
    rosters,
    search,
    signals,
    storms,
    teams,
    tokens,
    triage,
    triggers,
    users,
    verbs,
    views,
    watchers,
    webhooks,
)
from tocsin.api.description import document
from tocsin.api.proxies import Proxies
from tocsin.api.rates import Rates
from tocsin.api.readers import Readers
from tocsin.cases.verbs.verb import AnyVerb
from tocsin.core import instants, texts
from tocsin.core.errors import InvalidInput, TocsinError, TooLarge, TooMany
from tocsin.core.logging import log
from tocsin.core.wording import say
from tocsin.notify.channels.registry import CHANNELS
from tocsin.runtime import Installation
from tocsin.verbs import VERBS
from tocsin.web import access, errors, uploads
from tocsin.web import app as web
from tocsin.web.access import SignedOut
from tocsin.web.live import Hub
from tocsin.web.once import Sendings

Hot = Callable[[Request], Awaitable[Response]]

PREFIX = "/api/v1"
TIME = b"tocsin-time"
_FAULT = 500
HOT: dict[tuple[str, str], Hot] = {
    ("POST", "/api/v1/cases"): hot.open_case,
    ("POST", "/api/v1/cases/batch"): hot.open_batch,
    ("POST", "/api/v1/signals"): signals.receive,
    ("POST", "/api/v1/imports"): imports.receive,
}


class Edge:
    """The application that a server runs. Requests of the intake go straight to their function: FastAPI's own machinery
    would cost as much as everything else that a ticket needs."""

    def __init__(self, api: FastAPI, installation: Installation, readers: Readers | None = None) -> None:
        self.api: ASGIApp = api
        self._application = api
        self._readers = readers
        requests, hub = metrics.Requests(), Hub(installation)
        self._installation, self._hub = installation, hub
        self._given = {
            "installation": installation,
            "hub": hub,
            "sendings": Sendings(),
            "figures": metrics.MetricFigures(installation, requests, readers),
        }
        self._requests = requests
        self._rates = Rates(installation.entrance.requests_per_second)
        self._proxies = Proxies(installation.entrance.trusted_proxies)

    def _now(self) -> bytes:
        """The time of the installation, by which its answers count."""
        return instants.once(self._installation.clock.now()).encode()

    def end_with(self, ending: Callable[[], bool]) -> None:
        """Streams, which end by nothing else, end with their server: once `ending` says that it is about to stop."""
        self._hub.ending = ending

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._requests.count(scope["method"], route_of(scope), message["status"])
                if scope["path"].startswith(PREFIX):
                    message["headers"] = [*message.get("headers", ()), (TIME, self._now())]
                if (
                    message["status"] == _FAULT
                ):  # the server ends the connection behind it, so nobody is to use it again
                    message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        scope["state"] = {**scope.get("state", {}), **self._given}
        self._proxies.look(scope)
        await self._handle(scope, receive, counted)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = HOT.get((scope.get("method", ""), scope.get("path", "")))
        if route is None:
            await self._others(scope, receive, send)
            return
        scope["app"] = self._application
        try:
            response = await route(Request(scope, receive))
        except TocsinError as error:
            response = problems.response(error)
        except ClientDisconnect:
            return
        except Exception:
            log.exception("request.failed", path=scope["path"])
            response = problems.unexpected()
        await response(scope, receive, send)

    async def _others(self, scope: Scope, receive: Receive, send: Send) -> None:
        """FastAPI's routes, behind limits that it does not have itself."""
        if scope["type"] != "http":
            await self.api(scope, receive, send)
            return
        try:
            self._rates.require(scope)
            if b"%00" in scope["query_string"] or "\0" in scope["path"]:
                raise InvalidInput(say("the address contains a NUL character"))
            _require_plain_names(scope)
            scope["path"] = texts.nfc(scope["path"])
            body = await self._body(Request(scope, receive)) if scope["method"] in _WITH_BODY else b""
        except SignedOut:
            await errors.signed_out(Request(scope))(scope, receive, send)
            return
        except TooMany as error:
            await refusals.turned_away(Request(scope), error)(scope, receive, send)
            return
        except TocsinError as error:
            if isinstance(error, TooLarge | InvalidInput) and _DELIVERED.fullmatch(scope["path"]):
                await run_in_threadpool(hooks.turned_away, self._installation, scope["path"], error)
            answer = await refusals.answered(Request(scope), error)
            await answer(scope, receive, send)
            return
        except ClientDisconnect:
            return
        if self._readers is None or not await self._readers.answer(scope, send):
            await self.api(scope, _replayed(body, receive), send)

    async def _body(self, request: Request) -> bytes:
        """A body of the size that its route takes. The files that some pages take are read of nobody but those who are
        signed in; SignedOut for others."""
        most = _most(request.scope)
        takes_files = request.scope["path"] in uploads.TAKEN_AT
        if takes_files and await run_in_threadpool(access.look, request, self._installation) is None:
            try:
                return await hot.body_of(request)
            except TooLarge:
                raise SignedOut("/") from None
        return await hot.body_of(request, most)


def route_of(scope: Scope) -> str:
    """The route as it is declared: a path as it was sent may hold anything, secrets included."""
    if (scope["method"], scope["path"]) in HOT:
        return str(scope["path"])
    found = getattr(scope.get("route"), "path_format", None)
    if found is None:
        return "none"
    prefix = PREFIX if scope["path"].startswith(PREFIX) and not found.startswith(PREFIX) else ""
    return f"{prefix}{found}"


_DELIVERED = re.compile("/hooks/[^/]+/[^/]+")
_ANY_NAME = ("/api/v1/accounts/", "/api/v1/tokens/")


def _require_plain_names(scope: Scope) -> None:
    """A / that is part of a name would lead to what stands below another one: only routes that take names as they are
    tell the two apart."""
    if b"%2f" in scope.get("raw_path", b"").lower() and not scope["path"].startswith(_ANY_NAME):
        raise InvalidInput(
            say("a name in the address contains a /"), place="address", expected=say("names without a /")
        )


def _most(scope: Scope) -> int:
    """How large a body may be: tickets come with long texts, which are cut; some pages take files."""
    if scope["path"] in uploads.TAKEN_AT:
        return uploads.MOST_BYTES
    ticket = scope["path"].startswith("/hooks/") or scope["path"] == f"{PREFIX}/decisions"
    return hot.MOST_TICKET_BYTES if ticket else hot.MOST_BYTES


_WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A channel that gives a body that was read already."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def create(installation: Installation, readers: Readers | None = None) -> Edge:
    """The application of an installation; whoever runs it starts and stops the installation's loops, and the readers
    that draw pages beside it."""
    return Edge(application(), installation, readers)


def application() -> FastAPI:
    """All routes, which are the same for every installation of a process: the state of a request says whose it is."""
    return _application(tuple(VERBS.values()), tuple(CHANNELS))


@lru_cache(maxsize=4)
def _application(of: tuple[AnyVerb, ...], channels: tuple[str, ...]) -> FastAPI:
    """`channels`: those that the description of destinations names."""
    api = FastAPI(
        title="Tocsin",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=None,
        generate_unique_id_function=document.operation_id,
    )
    more = (tokens, watchers, changes, webhooks, hooks, connectors, me, views, search)
    automatic = (policies, guards, evidence, heartbeats, risks, storms, triage, triggers)
    for module in (cases, affected, now, imports, accounts, users, destinations, teams, rosters, *automatic, *more):
        api.include_router(module.router, prefix="/api/v1")
    api.include_router(verbs.router(of), prefix="/api/v1")
    api.include_router(hooks.deliveries)
    api.include_router(health.router)
    api.include_router(metrics.router)
    api.include_router(web.router)

    described: list[dict[str, Any]] = []

    def openapi() -> dict[str, Any]:
        """Put together when it is first asked for."""
        if not described:
            described.append(document.describe(api))
        return described[0]

    api.openapi = openapi  # type: ignore[method-assign]

    refusals.install(api, HOT)
    return api


def server(installation: Installation, readers: Readers | None = None, **options: Any) -> Any:
    """A server of the application of an installation, which is not running yet. `options`: those of uvicorn."""
    import uvicorn

    edge = create(installation, readers)
    # Who may say for whom they speak is known to `proxies` alone.
    made = uvicorn.Server(uvicorn.Config(edge, lifespan="off", proxy_headers=False, **options))
    edge.end_with(lambda: made.should_exit)
    return made
