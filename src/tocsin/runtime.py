"""The composition root: builds the floors into one installation, and says who hears of which event, what is sent by
what, and which loops there are."""

import base64
import os
import signal
import socket
from collections.abc import Callable

from tocsin import events, tables
from tocsin.cases import store
from tocsin.cases.context import Desk
from tocsin.cases.happenings.calls import CallAnswered, CallDeclined, CallEnded, CallPaged
from tocsin.cases.happenings.deciding import Reclassified
from tocsin.cases.happenings.paths import PathAnswered, PathDeclined, PathStepped, PathStopped
from tocsin.cases.happenings.people import Alerted
from tocsin.cases.queries import indexing
from tocsin.clocks import language
from tocsin.connectors import deliveries as kept_deliveries
from tocsin.connectors import finding as connectors
from tocsin.connectors.calling import PLACES as CALLS
from tocsin.connectors.calling import Calling, Effect
from tocsin.connectors.outbox import EffectsOutbox
from tocsin.connectors.pulling import PLACES as PULLS
from tocsin.connectors.pulling import Asking, Pulling
from tocsin.connectors.reception import Reception
from tocsin.core import networks
from tocsin.core.clock import Clock, SystemClock
from tocsin.core.errors import Misconfigured
from tocsin.core.ids import IdMint
from tocsin.core.settings import Settings
from tocsin.core.vault import Vault
from tocsin.core.wording import say
from tocsin.installation import Entrance, Installation, Outgoing
from tocsin.ledger import keys
from tocsin.ledger.chain import derive
from tocsin.ledger.checkpoints import Checkpointer
from tocsin.ledger.journal import Journal
from tocsin.ledger.subscribers import Subscribers
from tocsin.notify import answering, deliveries, destinations, links, outcomes, subscriptions
from tocsin.notify.alarms import Alarms
from tocsin.notify.channels import registry
from tocsin.notify.channels.port import Sender
from tocsin.notify.deliveries import Deliveries, Delivery
from tocsin.notify.events import PageFailed
from tocsin.notify.links import Links
from tocsin.notify.notices import Notices
from tocsin.notify.pipeline import Page, Pipeline, Target
from tocsin.notify.subscriptions import Outbox
from tocsin.notify.unreached import Unreached
from tocsin.notify.updates import Updates
from tocsin.people import directory
from tocsin.people.attempts import Attempts
from tocsin.people.tokens import Doorkeeper
from tocsin.policy import versions
from tocsin.roster import schedules
from tocsin.storage import migrate
from tocsin.storage.database import Database
from tocsin.storage.lock import FileLock
from tocsin.storage.nodes import Node
from tocsin.storage.seam import durability
from tocsin.storage.writer import GroupWriter
from tocsin.tools import sending
from tocsin.tools.lanes import Lanes
from tocsin.tools.outgoing import Client
from tocsin.tools.refusals import Refusals
from tocsin.tools.sending import PLACES, Carrier, Dispatcher, Inline
from tocsin.watchers.loops import POLL, Loop, Loops
from tocsin.watchers.watch import Options, assemble

assert tables.PACKAGES  # every table is known before the first query
KINDS = events.KINDS  # every kind of event that the journal may hold
PUBLIC = frozenset(kind.name for kind in KINDS.values() if not kind.private)  # those that other systems may hear of
_LONGEST_STATEMENT = 30  # seconds


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
        outcomes.paged,
    )
    writer.on_rollback += [desk.forget, reach.forget, rooms.forget, listening.forget, going_back.forget]
    channels = registry.opened(settings) | (channels or {})
    holder = f"{socket.gethostname()}:{os.getpid()}"
    target = _synthetic_target(options, secret)
    linked = Links(derive(secret, links.PURPOSE), base_url)
    pipeline = Pipeline(mint, journal, reach, channels, linked, holder, vault, target, desk, updates, rooms)
    for brings_text in (Reclassified, *indexing.WRITTEN):
        subscribers.within(brings_text, indexing.renewed)
    subscribers.within(PathStepped, pipeline.queue_pages)
    subscribers.within(PathDeclined, answering.mark_declined)
    subscribers.within(PathDeclined, pipeline.queue_declined)
    subscribers.within(CallPaged, pipeline.queue_calls)
    subscribers.within(CallAnswered, answering.mark_called)
    subscribers.within(CallAnswered, updates.called)
    subscribers.within(CallDeclined, answering.mark_call_declined)
    subscribers.within(CallEnded, updates.called)
    subscribers.within(PageFailed, Unreached(desk))
    subscribers.within(PathStopped, answering.mark)
    subscribers.within(PathStopped, updates)
    subscribers.within(PathAnswered, answering.mark_one_of_several)
    subscribers.within(Alerted, Notices(mint, reach))
    alarms = Alarms(desk, pipeline)
    courier = Deliveries(listening, channels["webhook"], vault, alarms, holder)
    carrier = carrier or sending.SendingLoop()
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
    asking = Pulling(client, vault, reception, alarms, holder)
    pulls = Dispatcher[Asking](asking, writer, clock, carrier, Lanes(PULLS, PULLS, PULLS))
    built = Installation(
        clock,
        database,
        writer,
        desk,
        vault,
        outgoing=Outgoing(
            dispatcher,
            webhooks,
            effects,
            pulls,
            list(channels.values()),
            client,
            carrier,
            frozenset(channel.name for channel in registry.to_people() if channel.name in channels),
            allow_private,
        ),
        entrance=Entrance(
            Doorkeeper(database),
            Attempts(database, writer, mint),
            linked,
            reception,
            vain,
            base_url,
            requests_per_second,
        ),
        checkpointer=checkpointer,
        watch=watch,
    )
    loops.add(
        Loop("writer", lambda: writer.step(wait=POLL), pause=0, lasts=True),
        Loop("timers", built.fire_timers),
        Loop("pages", dispatcher.step, wake=dispatcher.wake),
        Loop("webhooks", webhooks.step, wake=webhooks.wake),
        Loop("effects", effects.step, wake=effects.wake),
        Loop("pulls", pulls.step, wake=pulls.wake),
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
    built.entrance.trusted_proxies = networks.parse(settings.trusted_proxies)
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
    "PUBLIC",
    "Entrance",
    "Inline",
    "Installation",
    "Options",
    "Outgoing",
    "build",
    "hold",
    "launch",
    "look",
    "require_settings",
    "require_sound",
]
