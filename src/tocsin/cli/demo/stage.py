"""The stage of the demonstration: a database to throw away, a real server on a real port, a receiver of pages."""

import base64
import contextlib
import secrets
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tocsin import runtime
from tocsin.cli.demo import company
from tocsin.cli.demo.receiver import Receiver
from tocsin.cli.demo.visitor import Visitor
from tocsin.cli.furnish import furnish
from tocsin.cli.running import address, listen
from tocsin.core import wording
from tocsin.core.clock import HOUR, MINUTE, Clock, ScaledClock, SystemClock
from tocsin.core.errors import Unavailable
from tocsin.guards import store as guards
from tocsin.guards.guard import Scope
from tocsin.guards.kinds import ANNOTATE, WINDOW
from tocsin.notify import destinations
from tocsin.notify.destinations import New
from tocsin.people import accounts, passwords, tokens
from tocsin.policy import document
from tocsin.runtime import Installation
from tocsin.storage import migrate
from tocsin.storage.database import Database
from tocsin.watchers.watch import Options

HELP_DESK = "helpdesk"
BY = "demo"
_PLAY = 6 * HOUR  # of the story, and a quarter of an hour of whoever watches it


class Stage(NamedTuple):
    """What the story plays on. `tokens` by the user's name, and that of the help desk."""

    url: str
    clock: Clock
    zone: ZoneInfo
    receiver: Receiver
    tokens: dict[str, str]
    database: Path
    visitor: Visitor


@contextlib.contextmanager
def stage(port: int, speed: float) -> Iterator[Stage]:
    """Set up, serve, and clear away."""
    policy = company.policy()
    office = document.parse(policy).calendars["office"]
    clock = ScaledClock(_curtain(office), speed)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    with tempfile.TemporaryDirectory(prefix="tocsin-demo-") as folder, contextlib.ExitStack() as closing:
        listening = _listen(port)
        closing.callback(listening.close)
        url = address("127.0.0.1", listening)
        receiver = Receiver(secret)
        closing.callback(receiver.close)
        path = Path(folder) / "tocsin.db"
        installation = _installation(path, clock, url)
        closing.callback(installation.stop)
        issued = _furnish(installation, policy, receiver, secret)
        visitor = Visitor(installation)
        closing.enter_context(_serving(installation, listening))
        yield Stage(url, clock, office.rules.load_zone(), receiver, issued, path, visitor)


def _curtain(office: Any) -> int:
    """When the story begins: now, where people are in the office for a while yet; else half an hour into their day."""
    now = SystemClock().now()
    if office.next_open(now) == now and office.between(now, now + _PLAY) == _PLAY:
        return now
    opening: int = office.next_open(now)
    if opening == now:  # the day is nearly over
        opening = office.next_open(now + 6 * HOUR)
    return opening + 30 * MINUTE


def _listen(port: int) -> socket.socket:
    try:
        return listen("127.0.0.1", port)
    except Unavailable:
        return listen("127.0.0.1", 0)


def _installation(path: Path, clock: Clock, url: str) -> Installation:
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    database.close()
    return runtime.build(
        f"sqlite:///{path}",
        secrets.token_urlsafe(48),
        clock=clock,
        base_url=url,
        allow_private=True,
        options=Options(synthetic_every=0),
    )


def _furnish(installation: Installation, policy: str, receiver: Receiver, secret: str) -> dict[str, str]:
    secret_of_all = passwords.hashed(company.PASSWORD)

    mint, journal = installation.mint, installation.journal

    def write(tx: Any) -> dict[str, str]:
        made = furnish(tx, installation, policy, company.STAFF)
        for name in made.users:
            passwords.set_for(tx, mint, journal, name, secret_of_all, by=BY)
        for name, user in made.users.items():
            url = f"{receiver.url}/{name}"
            destinations.add(tx, mint, journal, installation.vault, user, New("webhook", url, secret), by=BY)
        roles = {person.name: person.role for person in (company.STAFF.chief, *company.STAFF.people)}
        issued = {
            name: tokens.issue(tx, mint, journal, name, roles[name], BY, user=user) for name, user in made.users.items()
        }
        _furnish_accounts(tx, installation, made.users)
        _plan_work(tx, installation)
        issued[HELP_DESK] = tokens.issue(tx, mint, journal, HELP_DESK, "operator", BY)
        return issued

    return installation.writer.write(write)


def _furnish_accounts(tx: Any, installation: Installation, users: dict[str, int]) -> None:
    """The customers, as the company's own records have them, and who answers for the larger ones."""
    mint, journal = installation.mint, installation.journal
    owners = {customer: name for name, mine in company.ACCOUNT_OWNERS.items() for customer in mine}
    for customer in company.CUSTOMERS:
        facts = {name: value for name, value in customer.facts().items() if name != "external_id"}
        account = accounts.learn(tx, mint, journal, None, customer.external_id, facts, by=BY)
        if customer.external_id in owners:
            accounts.give(tx, journal, account.id, users[owners[customer.external_id]], by=BY)


def _plan_work(tx: Any, installation: Installation) -> None:
    """A maintenance window of today: what begins within it is marked, and pages as always."""
    scope = Scope(areas=("integrations",), mode=ANNOTATE)
    guards.set_up(
        tx,
        installation.mint,
        installation.journal,
        WINDOW,
        "The partners' gateway is replaced",
        scope,
        starts_at=tx.now,
        ends_at=tx.now + 3 * HOUR,
        by="user:ruth",
    )


@contextlib.contextmanager
def _serving(installation: Installation, listening: socket.socket) -> Iterator[None]:
    from tocsin.api import app

    server = app.server(installation, log_config=None, log_level="error", access_log=False)
    installation.start()
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]), name="demo-server", daemon=True)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise Unavailable(
                    wording.say("the demonstration's server did not start"), expected=wording.say("another --port")
                )
            thread.join(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join(10)
