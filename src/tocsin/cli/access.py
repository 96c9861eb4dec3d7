"""How commands reach an installation: over HTTP where TOCSIN_URL names a server, else by opening the database.

Either way a command speaks the HTTP API, whose application a local command runs in its own process. So there is one
meaning of every command, and whoever may open the database is an administrator of it.
"""

import asyncio
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote

import typer

from tocsin.cli.safe import plain
from tocsin.core import instants, wording
from tocsin.core.clock import SystemClock
from tocsin.core.errors import (
    Conflict,
    Forbidden,
    InvalidDocument,
    InvalidInput,
    KeyReused,
    Misconfigured,
    NotAllowed,
    NotFound,
    Outdated,
    Problem,
    TocsinError,
    TooLarge,
    Unauthenticated,
    Unavailable,
)

if TYPE_CHECKING:
    import httpx2

    from tocsin.core.settings import Settings
    from tocsin.people.permissions import Viewer
    from tocsin.runtime import Installation

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
As = Annotated[
    str | None,
    typer.Option("--as", metavar="USER", help="Act as this user; only on a database (a token says who acts)."),
]

_KINDS: dict[str, type[TocsinError]] = {
    kind.kind: kind
    for kind in (
        Conflict,
        Forbidden,
        InvalidInput,
        KeyReused,
        Misconfigured,
        NotAllowed,
        Outdated,
        NotFound,
        TooLarge,
        Unauthenticated,
        Unavailable,
    )
}


class Api:
    """The HTTP API under /api/v1. Answers are JSON values; a refusal is raised as the error that it was."""

    def __init__(self, *, remote: bool) -> None:
        self.remote = remote
        self._answered_at: int | None = None

    def get(self, path: str, **query: str | int | None) -> Any:
        return self.ask("GET", path, query=query).json()

    def text(self, path: str) -> str:
        return self.ask("GET", path).text

    def post(self, path: str, body: Any = None) -> Any:
        return self.ask("POST", path, body=body).json()

    def put(self, path: str, body: Any) -> Any:
        return self.ask("PUT", path, body=body).json()

    def patch(self, path: str, body: Any) -> Any:
        return self.ask("PATCH", path, body=body).json()

    def delete(self, path: str) -> None:
        self.ask("DELETE", path)

    def ask(
        self, method: Method, path: str, *, query: dict[str, Any] | None = None, body: Any = None
    ) -> "httpx2.Response":
        given = {name: value for name, value in (query or {}).items() if value is not None}
        answer = self._send(method, f"/api/v1{path}", given, body)
        if answer.status_code >= 400:
            raise _refusal(answer)
        told = answer.headers.get("tocsin-time")
        self._answered_at = None if told is None else instants.from_text(told)
        return answer

    def now(self) -> int:
        """The time of the newest answer, by the clock that counts there; of a server that does not tell it, ours."""
        return SystemClock().now() if self._answered_at is None else self._answered_at

    def _send(self, method: Method, path: str, query: dict[str, Any], body: Any) -> "httpx2.Response":
        raise NotImplementedError


class Remote(Api):
    """A server over the network."""

    def __init__(self, client: "httpx2.Client") -> None:
        super().__init__(remote=True)
        self._client = client

    def _send(self, method: Method, path: str, query: dict[str, Any], body: Any) -> "httpx2.Response":
        import httpx2

        try:
            return self._client.request(method, path, params=query, json=body)
        except httpx2.HTTPError as error:
            raise Unavailable(
                wording.say("no answer: {value}", value=str(error) or type(error).__name__),
                place=str(self._client.base_url),
                expected=wording.say("a running server at TOCSIN_URL (`tocsin serve`)"),
            ) from None


class Local(Api):
    """The same application in this process."""

    def __init__(self, installation: "Installation", viewer: "Viewer") -> None:
        from tocsin.api.app import create

        super().__init__(remote=False)
        self.installation = installation
        self._application = create(installation)
        self._viewer = viewer

    def _send(self, method: Method, path: str, query: dict[str, Any], body: Any) -> "httpx2.Response":
        return asyncio.run(self._run(method, path, query, body))

    async def _run(self, method: Method, path: str, query: dict[str, Any], body: Any) -> "httpx2.Response":
        import httpx2

        async def trusted(scope: Any, receive: Any, send: Any) -> None:
            scope["tocsin.viewer"] = self._viewer
            await self._application(scope, receive, send)

        transport = httpx2.ASGITransport(trusted, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://local") as client:
            return await client.request(method, path, params=query, json=body)


@contextmanager
def reading(acting: str | None = None) -> Iterator[Api]:
    """For commands that only read: whoever may be writing at the time. `acting`: the user of `--as`, who may see what
    is confidential."""
    settings = _settings()
    if settings.url:
        with _remote(settings, acting) as api:
            yield api
        return
    runtime = _runtime()
    installation = runtime.look(settings)
    try:
        yield Local(installation, _viewer(installation, acting))
    finally:
        installation.close()


@contextmanager
def writing(doing: str, acting: str | None = None) -> Iterator[Api]:
    """For commands that change something. `doing` names the command to others; `acting` is the user of `--as`."""
    settings = _settings()
    if settings.url:
        with _remote(settings, acting) as api:
            yield api
        return
    runtime = _runtime()
    installation = runtime.launch(settings, doing)
    try:
        viewer = _viewer(installation, acting)
        installation.start_writer()
        yield Local(installation, viewer)
    finally:
        installation.stop()


def part(text: str) -> str:
    """Text as one part of a path, whatever it holds. InvalidInput where there is none."""
    if not text:
        raise InvalidInput(
            wording.say("this is empty"), place="name", expected=wording.say("a name, a number or an id")
        )
    return text.replace(".", "%2E") if text in (".", "..") else quote(text, safe="")


def _settings() -> "Settings":
    from tocsin.core import settings

    return settings.load()


def _runtime() -> Any:
    """The composition root, which a command that speaks to a server need not wait for."""
    from tocsin import runtime
    from tocsin.core import logging

    logging.configure("WARNING", json=False)
    return runtime


@contextmanager
def _remote(settings: "Settings", acting: str | None) -> Iterator[Api]:
    import httpx2

    if acting is not None:
        raise InvalidInput(
            wording.say("with TOCSIN_URL, the token decides who acts"),
            place="--as",
            expected=wording.say("no --as, or a database instead of TOCSIN_URL"),
        )
    assert settings.url is not None
    if settings.token is None:
        raise Misconfigured(
            wording.say("no token is set"),
            place="TOCSIN_TOKEN",
            expected=wording.say("a token that lives (`tocsin token create`)"),
        )
    headers = {"authorization": f"Bearer {settings.token.get_secret_value()}", "user-agent": "tocsin"}
    with httpx2.Client(base_url=settings.url.rstrip("/"), headers=headers, timeout=30) as client:
        yield Remote(client)


def _viewer(installation: "Installation", acting: str | None) -> "Viewer":
    from tocsin.people.permissions import Viewer

    if acting is None:
        return Viewer(f"cli:{_login()}", "admin")
    user = installation.people().by_name.get(acting)
    if user is None or not user.active:
        raise InvalidInput(
            wording.say("there is no active user {acting}", acting=repr(acting)),
            place="--as",
            expected=wording.say("the name of a user (`tocsin user list`)"),
        )
    return Viewer(f"user:{user.name}", user.role, user=user.id)  # type: ignore[arg-type]


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"


def _refusal(answer: "httpx2.Response") -> TocsinError:
    """The error behind a problem document; of a proxy's page, what there is."""
    try:
        problem: dict[str, Any] = answer.json()
        kind = str(problem["type"]).rpartition(":")[2]
        detail = str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        return Unavailable(
            wording.say(
                "the answer was {status_code} {reason_phrase}",
                status_code=answer.status_code,
                reason_phrase=answer.reason_phrase,
            ),
            place=str(answer.url),
        )
    if problem.get("problems"):
        return InvalidDocument([_problem(one) for one in problem["problems"]])
    place, expected = problem.get("place"), problem.get("expected")
    if kind == "unauthenticated":
        place = "TOCSIN_TOKEN"
    return _KINDS.get(kind, TocsinError)(
        wording.verbatim(detail), place=place, expected=None if expected is None else wording.verbatim(expected)
    )


def _problem(found: dict[str, Any]) -> Problem:
    expected = found.get("expected")
    wanted = None if expected is None else wording.verbatim(expected)
    return Problem(wording.verbatim(found["message"]), found.get("key") or "", found.get("line"), wanted)


def note(text: str) -> None:
    """Something worth knowing beside the result: on standard error, so that output stays usable."""
    print(plain(text), file=sys.stderr)
