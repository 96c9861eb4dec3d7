"""`tocsin serve`, `work` and `migrate`: what keeps an installation running."""

import os
import signal
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.core import wording

if TYPE_CHECKING:
    from tocsin.api.readers import Readers
    from tocsin.core.settings import Settings
    from tocsin.runtime import Installation

_GRACE_SECONDS = 20
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for every one.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8000,
) -> None:
    """Serve the API and run every loop: writing, timers, pages. SIGTERM or Ctrl-C ends it, after open requests are
    answered and writes are committed.

    Example: tocsin serve --host 0.0.0.0 --port 8000"""
    settings = _settings()
    listening = listen(host, port)
    url = address(host, listening)
    from tocsin import runtime
    from tocsin.core import cores

    installation = runtime.launch(settings, "serve", serving_at=url)
    readers = _readers(installation, settings)  # before we keep to one core, so that they need not keep to the same
    if settings.one_core and installation.database.path is not None:  # on PostgreSQL others may serve on this machine
        cores.keep_to_one()
    try:
        run(installation, listening, url, settings.log_level, readers)
    finally:
        listening.close()


def work() -> None:
    """Run the loops without the API, on PostgreSQL: timers and pages, beside any number of servers.

    Example: TOCSIN_DATABASE_URL=postgresql://tocsin@db/tocsin tocsin work
    """
    settings = _settings()
    from tocsin import runtime
    from tocsin.core.errors import Misconfigured
    from tocsin.storage.database import Database

    if Database(settings.database_url).path is not None:
        raise Misconfigured(
            wording.say("on SQLite one process does everything"),
            place="TOCSIN_DATABASE_URL",
            expected=wording.say("`tocsin serve`, or a PostgreSQL database"),
        )
    installation = runtime.launch(settings, "work")
    ended = threading.Event()
    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, lambda *_: ended.set())
    _announce("Tocsin works; Ctrl-C ends it")
    installation.start()
    ended.wait()
    installation.stop()


def migrate(
    *,
    pre: Annotated[
        bool, typer.Option("--pre", help="Only what adds; servers of the release before can go on working.")
    ] = False,
) -> None:
    """Bring the database to the tables of this release. Back it up before.

    With several servers: `--pre` first, then replace one server after the other, then once more without it.

    Example: tocsin migrate
    """
    settings = _settings()
    from tocsin import runtime
    from tocsin.cases.record import spanning
    from tocsin.core.clock import SystemClock
    from tocsin.storage import migrate as migrations
    from tocsin.storage.database import Database

    database = Database(settings.database_url)
    migrations.current(database)  # a file that is not ours gets no lock beside it
    lock = runtime.hold(settings, "migrate")
    try:
        before = migrations.current(database)
        migrations.upgrade(database, pre_only=True)
        if not pre:
            spanning.complete(database, SystemClock())
            migrations.upgrade(database)
        after = migrations.current(database)
    finally:
        database.close()
        if lock is not None:
            lock.release()
    typer.echo(f"the database is at {after} already" if before == after else f"from {before or 'nothing'} to {after}")


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; Unavailable where the port is taken."""
    from tocsin.core.errors import Unavailable

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise Unavailable(
            wording.say(
                "cannot listen on {host} port {port}: {value}", host=host, port=port, value=error.strerror or error
            ),
            expected=wording.say("another --host or --port"),
        ) from None
    listening.set_inheritable(True)
    return listening


def address(host: str, listening: socket.socket) -> str:
    """The URL by which this machine reaches a socket."""
    port = listening.getsockname()[1]
    return f"http://{_ANYWHERE.get(host, f'[{host}]' if ':' in host else host)}:{port}"


def run(
    installation: "Installation",
    listening: socket.socket,
    url: str,
    log_level: str,
    readers: "Readers | None" = None,
) -> None:
    """Serve until a signal comes; then finish what is begun: first the requests, then the loops, the writer last."""
    server = _server(installation, log_level, readers)

    def end(*_: Any) -> None:
        """Before the server listens for signals itself, and when it hands them on at its end."""
        server.should_exit = True

    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, end)
    _announce(f"Tocsin serves {url}; Ctrl-C ends it")
    installation.start()
    try:
        server.run(sockets=[listening])
    finally:
        if readers is not None:
            readers.stop()
        installation.stop()


def _announce(says: str) -> None:
    """On standard error, which may be full: that ends no server."""
    with suppress(OSError):
        typer.echo(says, err=True)


def _readers(installation: "Installation", settings: "Settings") -> "Readers | None":
    """The further processes that draw pages, started; None where there are to be none."""
    from tocsin.api import readers

    if not settings.page_processes:
        return None
    environment = os.environ | {"TOCSIN_BASE_URL": installation.entrance.base_url, "TOCSIN_REQUESTS_PER_SECOND": "0"}
    writes = installation.watch.writing.says
    made = readers.Readers(settings.page_processes, readers.command(), environment, lambda: writes() is None)
    made.start()
    return made


def _server(installation: "Installation", log_level: str, readers: "Readers | None") -> Any:
    from tocsin.api.app import server

    return server(
        installation,
        readers,
        log_config=None,
        log_level=log_level.lower(),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _settings() -> "Settings":
    from tocsin.core import logging
    from tocsin.core import settings as configuration

    settings = configuration.load()
    logging.configure(settings.log_level, json=settings.log_format == "json")
    return settings
