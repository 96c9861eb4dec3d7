"""The composition root: builds the floors into one installation, and says who hears of which event, what is sent by
what, and which loops there are."""

import base64
import os
import signal
import socket
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from tocsin import events, tables
from tocsin.cases import store, storms, suggestions
from tocsin.cases.alike import comparing, offers
from tocsin.cases.alike.comparing import Comparing
from tocsin.cases.context import Desk
from tocsin.cases.happenings.calls import CallAnswered, CallDeclined, CallEnded, CallPaged
from tocsin.cases.happenings.deciding import Reclassified
from tocsin.cases.happenings.family import Linked, LinkKept, ParentDismissed, Unlinked
from tocsin.cases.happenings.judging import RiskAnswered, Triaged
from tocsin.cases.happenings.paths import Escalated, PathAnswered, PathDeclined, PathStepped, PathStopped
from tocsin.cases.happenings.people import Alerted
from tocsin.cases.happenings.undoing import Undone
from tocsin.cases.queries import indexing, labels
from tocsin.cases.risk import listing
from tocsin.cases.writing import TIMER
from tocsin.clocks import language
from tocsin.connectors import deliveries as kept_deliveries
from tocsin.connectors import finding as connectors
from tocsin.connectors import pulling
from tocsin.connectors.calling import PLACES as CALLS
from tocsin.connectors.calling import Calling, Effect
from tocsin.connectors.finding import StoredConnector
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
from tocsin.evidence import collecting
from tocsin.evidence import store as evidence_store
from tocsin.evidence.collecting import PLACES as COLLECTORS
from tocsin.evidence.collecting import Collecting, Fetching
from tocsin.guards import store as guards
from tocsin.installation import GUARDS, Entrance, Installation, Outgoing
from tocsin.intake import heartbeats
from tocsin.ledger import keys
from tocsin.ledger.chain import derive
from tocsin.ledger.checkpoints import Checkpointer
from tocsin.ledger.journal import Journal
from tocsin.ledger.subscribers import Subscribers
from tocsin.notify import answering, deliveries, destinations, jobs, links, outcomes, subscriptions
from tocsin.notify.alarms import Alarms
from tocsin.notify.channels import registry
from tocsin.notify.channels.port import Sender
from tocsin.notify.deliveries import Deliveries, Delivery
from tocsin.notify.destinations import Destinations, Rooms
from tocsin.notify.events import PageFailed
from tocsin.notify.links import Links
from tocsin.notify.notices import Notices
from tocsin.notify.pipeline import Page, Pipeline, Target
from tocsin.notify.subscriptions import Outbox, Subscriptions
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
from tocsin.storage.revisions import Cached
from tocsin.storage.seam import durability
from tocsin.storage.writer import GroupWriter, NoWriter
from tocsin.tools import sending
from tocsin.tools.lanes import Lanes
from tocsin.tools.outgoing import Client
from tocsin.tools.refusals import Refusals
from tocsin.tools.sending import PLACES, Carrier, Dispatcher, Inline
from tocsin.watchers.loops import POLL, SELDOM, Loop, Loops
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
    options = options or Options()
    settings = settings or Settings.model_construct(allow_private_destinations=allow_private)
    base_url = base_url.rstrip("/")
    ground = _ground(url, secret, clock or SystemClock(), reading=reading)
    kept = _Kept(destinations.cached(), destinations.cached_rooms(), subscriptions.cached(), connectors.cached())
    desk = _desk(ground, kept)
    links_of = Links(derive(secret, links.PURPOSE), base_url)
    senders = registry.opened(settings) | (channels or {})
    pipeline = Pipeline(
        ground.mint,
        ground.journal,
        kept.reach,
        senders,
        links_of,
        ground.holder,
        ground.vault,
        _synthetic_target(options, secret),
        desk,
        Updates(ground.mint),
        kept.rooms,
    )
    _introduce(ground, kept, desk, pipeline)
    alarms = Alarms(desk, pipeline)
    refused = Refusals(alarms, ground.writer, ground.clock)
    reception = Reception(
        ground.database, ground.writer, ground.clock, ground.vault, desk, refused, options.delivery_days > 0
    )
    carrier = carrier or sending.SendingLoop()
    client = Client(allow_private=settings.allow_private_destinations)
    outgoing = _outgoing(
        ground,
        kept,
        pipeline,
        alarms,
        reception,
        client,
        carrier,
        base_url,
        allow_private,
        desk,
        settings.evidence_credentials,
    )
    entrance = Entrance(
        Doorkeeper(ground.database),
        Attempts(ground.database, ground.writer, ground.mint),
        links_of,
        reception,
        refused,
        base_url,
        requests_per_second,
        heartbeat_key=derive(secret, heartbeats.PURPOSE),
    )
    loops = Loops(ground.clock)
    lost = on_lost or _terminate
    watch = assemble(options, ground.database, ground.writer, ground.node, alarms, kept.reach, loops, lost)
    checkpointer = Checkpointer(ground.writer, ground.journal, derive(secret, "checkpoint"))
    built = Installation(
        ground.clock,
        ground.database,
        ground.writer,
        desk,
        ground.vault,
        outgoing=outgoing,
        entrance=entrance,
        checkpointer=checkpointer,
        watch=watch,
        comparing=Comparing(ground.database, ground.writer, desk, ground.clock, ground.holder),
    )
    loops.add(*_loops(built))
    return built


class _Ground(NamedTuple):
    """What everything else stands on. `holder`: this process, as rows of work name whoever has them."""

    clock: Clock
    database: Database
    writer: GroupWriter
    node: Node
    mint: IdMint
    vault: Vault
    subscribers: Subscribers
    journal: Journal
    holder: str


class _Kept(NamedTuple):
    """What is kept in memory, and read anew where it has changed: destinations of people, and of teams and roles,
    subscriptions, connectors."""

    reach: Cached[Destinations]
    rooms: Cached[Rooms]
    listening: Cached[Subscriptions]
    connectors: Cached[tuple[StoredConnector, ...]]

    def forget(self) -> list[Callable[[], None]]:
        return [self.reach.forget, self.rooms.forget, self.listening.forget, self.connectors.forget]


def _ground(url: str, secret: str, clock: Clock, *, reading: bool) -> _Ground:
    """Misconfigured where the record was sealed under another secret."""
    database = Database(url, longest=_LONGEST_STATEMENT)
    with database.reading() as tx:
        keys.require(tx, secret)
    writer = (NoWriter if reading else GroupWriter)(database, clock, lock=store.lock)
    node = Node.nobody() if reading else Node.claim(writer)
    subscribers = Subscribers()
    journal = Journal(derive(secret, "journal"), subscribers)
    vault, holder = Vault(derive(secret, "secrets")), f"{socket.gethostname()}:{os.getpid()}"
    return _Ground(clock, database, writer, node, IdMint(node.number), vault, subscribers, journal, holder)


def _desk(ground: _Ground, kept: _Kept) -> Desk:
    """What cases are worked on with."""
    desk = Desk(
        ground.mint,
        ground.journal,
        ground.subscribers,
        versions.cached(),
        directory.cached(),
        schedules.cached(),
        guards.cached(),
        suggestions.cached(),
        lambda tx, revisions: frozenset(kept.reach.get(tx, revisions)),
        outcomes.paged,
    )
    ground.writer.on_rollback += [desk.forget, *kept.forget()]
    return desk


def _introduce(ground: _Ground, kept: _Kept, desk: Desk, pipeline: Pipeline) -> None:
    """Who hears of which event: other systems after it, messages and indexes within its transaction."""
    after, within, updates = ground.subscribers.after, ground.subscribers.within, pipeline.updates
    after(Outbox(ground.mint, kept.listening, PUBLIC))
    after(kept_deliveries.forget)
    after(offers.forget)
    after(evidence_store.forget)
    within(Escalated, partial(collecting.queue, desk, ground.mint))
    after(EffectsOutbox(ground.mint, kept.connectors, ground.vault))
    within(Reclassified, indexing.renewed)
    for written in indexing.WRITTEN:
        within(written, indexing.renewed)
    within(Triaged, labels.kept)
    within(RiskAnswered, listing.answered)
    within(Undone, listing.undone)
    within(Linked, offers.linked)
    within(ParentDismissed, offers.dismissed)
    within(Unlinked, offers.unlinked)
    within(LinkKept, offers.kept)
    for happened in comparing.HEARD:
        within(happened, comparing.heard(desk))
    within(PathStepped, pipeline.queue_pages)
    within(PathDeclined, answering.mark_declined)
    within(PathDeclined, pipeline.queue_declined)
    within(CallPaged, pipeline.queue_calls)
    within(CallAnswered, answering.mark_called)
    within(CallAnswered, updates.called)
    within(CallDeclined, answering.mark_call_declined)
    within(CallEnded, updates.called)
    within(PageFailed, Unreached(desk))
    within(PathStopped, answering.mark)
    within(PathStopped, updates)
    within(PathAnswered, answering.mark_one_of_several)
    within(Alerted, Notices(ground.mint, kept.reach))


def _outgoing(
    ground: _Ground,
    kept: _Kept,
    pipeline: Pipeline,
    alarms: Alarms,
    reception: Reception,
    client: Client,
    carrier: Carrier,
    base_url: str,
    allow_private: bool,
    desk: Desk,
    credentials: Mapping[str, str],
) -> Outgoing:
    """What leaves, each kind by a dispatcher and lanes of its own."""
    writer, clock, vault, holder = ground.writer, ground.clock, ground.vault, ground.holder
    senders = pipeline.channels
    courier = Deliveries(kept.listening, senders["webhook"], vault, alarms, holder)
    calling = Calling(kept.connectors, client, vault, ground.journal, alarms, base_url, holder)
    pulling = Pulling(client, vault, reception, alarms, holder)
    collecting_ = Collecting(client, desk, ground.journal, credentials, holder)
    wide = Lanes(deliveries.PLACES, deliveries.PLACES, deliveries.WIDE)
    return Outgoing(
        Dispatcher[Page](pipeline, writer, clock, carrier, Lanes(PLACES, PLACES // 2), urgent=True),
        Dispatcher[Delivery](courier, writer, clock, carrier, wide),
        Dispatcher[Effect](calling, writer, clock, carrier, Lanes(CALLS, CALLS, CALLS)),
        Dispatcher[Asking](pulling, writer, clock, carrier, Lanes(PULLS, PULLS, PULLS)),
        Dispatcher[Fetching](collecting_, writer, clock, carrier, Lanes(COLLECTORS, COLLECTORS, 4)),
        list(senders.values()),
        client,
        carrier,
        frozenset(channel.name for channel in registry.to_people() if channel.name in senders),
        allow_private,
    )


def _loops(built: Installation) -> list[Loop]:
    """The loops beside those of the watchers."""
    out = built.outgoing
    return [
        Loop("writer", lambda: built.writer.step(wait=POLL), pause=0, lasts=True),
        Loop("timers", built.fire_timers, takes=TIMER),
        Loop("pages", out.pages.step, wake=out.pages.wake, takes=jobs.KIND),
        Loop("webhooks", out.webhooks.step, wake=out.webhooks.wake, takes=subscriptions.QUEUE),
        Loop("effects", out.effects.step, wake=out.effects.wake, takes=connectors.QUEUE),
        Loop("pulls", out.pulls.step, wake=out.pulls.wake, takes=pulling.QUEUE),
        Loop("evidence", out.evidence.step, wake=out.evidence.wake, takes=collecting.QUEUE),
        Loop("imports", lambda: built.imports.step(built.writer), SELDOM, wake=built.imports.wake),
        Loop("checkpoints", built.checkpointer.step),
        Loop("alike", built.comparing.step, SELDOM, takes=comparing.KIND),
        Loop("storms", built.end_storms, SELDOM, takes=storms.QUEUE),
        Loop("guards", built.keep_guards, SELDOM, takes=GUARDS),
    ]


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
