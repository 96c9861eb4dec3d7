"""The composition root: builds the floors into one installation, and gives every loop its thread.

`Installation` holds everything and runs nothing; `step_all` drives every loop until nothing is due, as stories do;
`start` gives each loop a thread of its own.
"""

import base64
import gc
import os
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tocsin import events, tables
from tocsin.cases import store, timers
from tocsin.cases.context import Desk
from tocsin.cases.happenings.deciding import Reclassified
from tocsin.cases.happenings.paths import PathAnswered, PathDeclined, PathStepped, PathStopped
from tocsin.cases.happenings.people import Alerted
from tocsin.cases.opening import Opened
from tocsin.cases.queries import finding
from tocsin.clocks import language
from tocsin.connectors import deliveries as kept_deliveries
from tocsin.connectors import store as connectors
from tocsin.connectors.calling import PLACES as CALLS
from tocsin.connectors.calling import Calling, Effect
from tocsin.connectors.outbox import EffectsOutbox
from tocsin.connectors.reception import Reception
from tocsin.core import networks
from tocsin.core.clock import Clock, SystemClock
from tocsin.core.errors import Misconfigured, TocsinError
from tocsin.core.ids import IdMint
from tocsin.core.logging import log
from tocsin.core.networks import Network
from tocsin.core.settings import Settings
from tocsin.core.vault import Vault
from tocsin.core.wording import say
from tocsin.intake import accept
from tocsin.intake.arrivals import Arrival, Taken, take_many
from tocsin.intake.beginning import Recorded
from tocsin.ledger import keys
from tocsin.ledger.chain import derive
from tocsin.ledger.checkpoints import Checkpointer
from tocsin.ledger.journal import Journal
from tocsin.ledger.subscribers import Subscribers
from tocsin.notify import answering, deliveries, destinations, links, sending, subscriptions
from tocsin.notify.alarms import Alarms
from tocsin.notify.channels import registry
from tocsin.notify.channels.outgoing import Client
from tocsin.notify.channels.port import Sender
from tocsin.notify.deliveries import Deliveries, Delivery
from tocsin.notify.events import PageFailed
from tocsin.notify.lanes import Lanes
from tocsin.notify.links import Links
from tocsin.notify.notices import Notices
from tocsin.notify.pipeline import Page, Pipeline, Target
from tocsin.notify.refusals import Refusals
from tocsin.notify.sending import PLACES, Carrier, Dispatcher, Inline
from tocsin.notify.subscriptions import Outbox
from tocsin.notify.unreached import Unreached
from tocsin.notify.updates import Updates
from tocsin.people import directory
from tocsin.people.attempts import Attempts
from tocsin.people.directory import Directory
from tocsin.people.tokens import Doorkeeper
from tocsin.policy import versions
from tocsin.policy.names import Names
from tocsin.roster import schedules
from tocsin.storage import migrate
from tocsin.storage.database import Database
from tocsin.storage.lock import FileLock
from tocsin.storage.nodes import Node
from tocsin.storage.seam import durability
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter
from tocsin.watchers.loops import POLL, Loop, Loops
from tocsin.watchers.watch import Options, Watch, assemble

assert tables.PACKAGES  # every table is known before the first query
KINDS = events.KINDS  # every kind of event that the journal may hold
PUBLIC = frozenset(kind.name for kind in KINDS.values() if not kind.private)  # those that other systems may hear of
_LONGEST_STATEMENT = 30  # seconds


@dataclass(slots=True)
class Installation:
    """One process's view of one installation."""

    database: Database
    clock: Clock
    mint: IdMint
    writer: GroupWriter
    desk: Desk
    journal: Journal
    doorkeeper: Doorkeeper
    vault: Vault
    dispatcher: Dispatcher[Page]
    webhooks: Dispatcher[Delivery]
    effects: Dispatcher[Effect]
    channels: Sequence[Sender]
    checkpointer: Checkpointer
    watch: Watch
    links: Links
    attempts: Attempts  # to sign in
    carrier: Carrier
    client: Client  # of effects
    reception: Reception
    base_url: str
    reachable_by: frozenset[str]  # the channels to people
    allow_private: bool = False  # whether webhooks may go to private addresses
    requests_per_second: float = 0  # of one token or session; 0: as many as it likes
    trusted_proxies: Sequence[Network] = ()  # who may say for whom they speak
    lock: FileLock | None = None
    refusals: Refusals | None = None  # what senders deliver in vain

    def accept(self, tx: Tx, submissions: list[accept.Submission]) -> list[Opened | Recorded | Exception]:
        """The bulk handler of `POST /cases`."""
        return accept.accept_many(tx, self.desk, submissions)

    def take(self, tx: Tx, bulk: list[Arrival]) -> list[Taken | Exception]:
        """The bulk handler of the import."""
        return take_many(tx, self.desk, bulk)

    def people(self) -> Directory:
        """Everyone, as of the last look of this process: for showing what it has just decided. Whoever reads what
        another node may have written asks `desk.directory` in its own transaction."""
        found = self.desk.directory.held()
        if found is None:
            with self.database.reading() as tx:
                found = self.desk.directory.get(tx)
        return found

    def names(self, tx: Tx) -> Names:
        """The names that a policy may use: those of active users, of teams, of rosters."""
        people = self.desk.directory.get(tx)
        return Names(
            teams=frozenset(people.teams),
            rosters=frozenset(self.desk.rosters.get(tx).by_name),
            users=frozenset(name for name, user in people.by_name.items() if user.active),
        )

    def fire_timers(self) -> int:
        return self.writer.write(lambda tx: timers.fire_due(tx, self.desk), urgent=True)

    def step_all(self, *, watching: bool = False) -> int:
        """Everything that is due by now, until nothing more is; how much was done. `watching`: the watchers too."""
        total = 0
        while done := self._step_once(watching):
            total += done
        return total

    def _step_once(self, watching: bool) -> int:
        loops = self.watch.loops
        return loops.step(watches=False) or (loops.step(watches=True) if watching else 0)

    def warm(self) -> None:
        """Read and compile what the first decision needs, so that it is no slower than the next."""
        with self.database.reading() as tx:
            around = self.desk.around(tx)
        if (active := around.policies.in_force(self.clock.now())) is not None:
            around.policies.compiled(active.version)
        gc.collect()
        gc.freeze()  # modules and policies stay for good, so a full collection need not walk them

    def start_writer(self) -> None:
        """Give the writer its thread, and nothing else: for a process that only carries out commands."""
        self.writer.threaded = True
        self.watch.loops.start("writer", "supervisor")

    def start(self) -> None:
        """Give each loop its thread."""
        self.warm()
        self.start_writer()
        self.writer.write(self.watch.recurring.ensure)
        self.watch.loops.start()

    def stop(self) -> None:
        """Let the loops finish what they hold, then end them; writes still queued are committed."""
        self.watch.loops.stop()
        self.writer.threaded = False
        while self.writer.step():
            pass
        self.close()

    def close(self) -> None:
        """Give back what this process holds: its places, its node number, the file."""
        self.carrier.close([*(channel.close for channel in self.channels), self.client.close])
        try:
            self.watch.keeper.release()
        except TocsinError as error:  # the lease ends by itself
            log.warning("node.not_released", error=str(error))
        self.writer.close()
        self.database.close()
        if self.lock is not None:
            self.lock.release()


def build(
    url: str,
    secret: str,
    *,
    clock: Clock | None = None,
    base_url: str = "http://127.0.0.1:8000",
    allow_private: bool = False,
    settings: Settings | None = None,
    channels: dict[str, Sender] | None = None,
    carrier: Carrier | None = None,
    options: Options | None = None,
    on_lost: Callable[[], None] | None = None,
    reading: bool = False,
    requests_per_second: float = 0,
) -> Installation:
    """Put an installation together. `settings`: what channels are opened by; None: the usual, with
    `allow_private`. `channels`: senders in the place of theirs, by name. `carrier` None: a loop of its own; stories
    hand in `Inline()`. `on_lost`: ends a process that lost its node number; None: as a signal to terminate would.
    `reading`: it will write nothing, not even that it is there. Misconfigured where the record was sealed under another
    secret."""
    clock, options = clock or SystemClock(), options or Options()
    settings = settings or Settings.model_construct(allow_private_destinations=allow_private)
    base_url = base_url.rstrip("/")
    database = Database(url, longest=_LONGEST_STATEMENT)
    with database.reading() as tx:
        keys.require(tx, secret)
    writer = GroupWriter(database, clock, lock=store.lock)
    node = Node.nobody() if reading else Node.claim(writer)
    mint = IdMint(node.number)
    vault = Vault(derive(secret, "secrets"))
    subscribers = Subscribers()
    journal = Journal(derive(secret, "journal"), subscribers)
    reach, listening = destinations.cached(), subscriptions.cached()
    updates, rooms = Updates(mint), destinations.cached_rooms()
    subscribers.after(Outbox(mint, listening, PUBLIC))
    subscribers.after(kept_deliveries.forget)
    going_back = connectors.cached()
    subscribers.after(EffectsOutbox(mint, going_back, vault))
    desk = Desk(
        mint,
        journal,
        subscribers,
        versions.cached(),
        directory.cached(),
        schedules.cached(),
        lambda tx, revisions: frozenset(reach.get(tx, revisions)),
        settings.language,
    )
    writer.on_rollback += [desk.forget, reach.forget, rooms.forget, listening.forget, going_back.forget]
    channels = registry.opened(settings) | (channels or {})
    holder = f"{socket.gethostname()}:{os.getpid()}"
    target = _synthetic_target(options, secret)
    linked = Links(derive(secret, links.PURPOSE), base_url)
    pipeline = Pipeline(mint, journal, reach, channels, linked, holder, vault, target, desk, updates, rooms)
    subscribers.within(Reclassified, finding.reclassified)
    subscribers.within(PathStepped, pipeline.queue_pages)
    subscribers.within(PathDeclined, answering.mark_declined)
    subscribers.within(PathDeclined, pipeline.queue_declined)
    subscribers.within(PageFailed, Unreached(desk))
    subscribers.within(PathStopped, answering.mark)
    subscribers.within(PathStopped, updates)
    subscribers.within(PathAnswered, answering.mark_one_of_several)
    subscribers.within(Alerted, Notices(mint, reach))
    alarms = Alarms(desk, pipeline)
    courier = Deliveries(listening, channels["webhook"], vault, alarms, holder)
    carrier = carrier or sending.Loop()
    dispatcher = Dispatcher[Page](pipeline, writer, clock, carrier, Lanes(PLACES, PLACES // 2), urgent=True)
    webhooks = Dispatcher[Delivery](
        courier, writer, clock, carrier, Lanes(deliveries.PLACES, deliveries.PLACES, deliveries.WIDE)
    )
    client = Client(allow_private=settings.allow_private_destinations)
    calling = Calling(going_back, client, vault, journal, alarms, base_url, holder)
    effects = Dispatcher[Effect](calling, writer, clock, carrier, Lanes(CALLS, CALLS, CALLS))
    loops = Loops(clock)
    watch = assemble(options, database, writer, node, alarms, reach, loops, on_lost or _terminate)
    checkpointer = Checkpointer(writer, journal, derive(secret, "checkpoint"))
    vain = Refusals(alarms, writer, clock)
    reception = Reception(database, writer, clock, vault, desk, vain, options.delivery_days > 0)
    built = Installation(
        database,
        clock,
        mint,
        writer,
        desk,
        journal,
        Doorkeeper(database),
        vault,
        dispatcher,
        webhooks,
        effects,
        list(channels.values()),
        checkpointer,
        watch,
        linked,
        Attempts(database, writer, mint),
        carrier,
        client,
        reception,
        base_url,
        frozenset(channel.name for channel in registry.to_people() if channel.name in channels),
        allow_private,
        requests_per_second,
        refusals=vain,
    )
    loops.add(
        Loop("writer", lambda: writer.step(wait=POLL), pause=0, lasts=True),
        Loop("timers", built.fire_timers),
        Loop("pages", dispatcher.step, wake=dispatcher.wake),
        Loop("webhooks", webhooks.step, wake=webhooks.wake),
        Loop("effects", effects.step, wake=effects.wake),
        Loop("checkpoints", checkpointer.step),
    )
    return built


def _synthetic_target(options: Options, secret: str) -> Target:
    signing = "whsec_" + base64.b64encode(derive(secret, "synthetic page")).decode()
    return (
        Target("webhook", options.synthetic_url, signing) if options.synthetic_url else Target("loopback", "", signing)
    )


def _terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def launch(settings: Settings, doing: str, *, serving_at: str | None = None) -> Installation:
    """The installation of these settings, to write to: its file held against other processes, current and durable.

    `doing` names the command, `serving_at` the URL at which it will answer.
    """
    migrate.require_current(Database(settings.database_url))
    lock = hold(settings, doing, serving_at=serving_at)
    try:
        built = _built(settings, base_url=None if "base_url" in settings.model_fields_set else serving_at)
    except BaseException:
        if lock is not None:
            lock.release()
        raise
    built.lock = lock
    built.trusted_proxies = networks.parse(settings.trusted_proxies)
    return built


def look(settings: Settings) -> Installation:
    """The installation of these settings, to read from, whoever else may be writing."""
    return _built(settings, reading=True)


def hold(settings: Settings, doing: str, *, serving_at: str | None = None) -> FileLock | None:
    """The lock of a file of SQLite; None where the database keeps its writers apart itself."""
    path = Database(settings.database_url).path
    return None if path is None else FileLock.take(path, doing, url=serving_at)


def _built(settings: Settings, *, base_url: str | None = None, reading: bool = False) -> Installation:
    require_settings(settings)
    database = Database(settings.database_url)
    try:
        if reading:
            migrate.require_current(database)
        else:
            require_sound(database)
    finally:
        database.close()
    return build(
        settings.database_url,
        settings.secret(),
        base_url=base_url or settings.base_url,
        allow_private=settings.allow_private_destinations,
        settings=settings,
        options=Options.of(settings),
        reading=reading,
        requests_per_second=settings.requests_per_second,
    )


def require_settings(settings: Settings) -> None:
    """Misconfigured for settings with which no installation is built, before a database is asked."""
    settings.secret()
    registry.opened(settings)
    networks.parse(settings.trusted_proxies)
    language.check(settings.language, "TOCSIN_LANGUAGE")


def require_sound(database: Database) -> None:
    """Misconfigured where the database is not current, or might lose what it acknowledged."""
    migrate.require_current(database)
    with database.writer.connect() as connection:
        weak = durability(connection, database.dialect)
    if weak:
        raise Misconfigured(
            say("the database may lose committed writes: {choices}", choices=", ".join(weak)),
            expected=say("durable settings"),
        )


__all__ = [
    "KINDS",
    "Inline",
    "Installation",
    "Options",
    "build",
    "hold",
    "launch",
    "look",
    "require_settings",
    "require_sound",
]
