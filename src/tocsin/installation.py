"""One installation as one process has it, in parts: what every floor works with, what leaves, how others come in, and
what watches. It holds everything and runs nothing; `step_all` drives every loop until nothing is due, as stories do;
`start` gives each loop a thread of its own.
"""

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field

from tocsin.cases import releasing, storms, timers
from tocsin.cases.alike.comparing import Comparing
from tocsin.cases.clocks import ticking
from tocsin.cases.clocks.ticking import Titles
from tocsin.cases.context import Desk
from tocsin.cases.opening import Opened
from tocsin.cases.queries.counting import ViewCounts
from tocsin.cases.queries.lasting import LargeGroups
from tocsin.connectors.calling import Effect
from tocsin.connectors.pulling import Asking
from tocsin.connectors.reception import Reception
from tocsin.core.clock import Clock
from tocsin.core.errors import TocsinError
from tocsin.core.ids import IdMint
from tocsin.core.logging import log
from tocsin.core.networks import Network
from tocsin.core.vault import Vault
from tocsin.evidence.collecting import Fetching
from tocsin.guards import store as standing
from tocsin.insight.backtests import Backtests
from tocsin.insight.triggered import Triggered
from tocsin.intake import accept
from tocsin.intake.arrivals import Arrival, Taken, take_many
from tocsin.intake.beginning import Recorded
from tocsin.intake.import_runs import ImportRuns
from tocsin.ledger import work
from tocsin.ledger.checkpoints import Checkpointer
from tocsin.ledger.journal import Journal
from tocsin.notify.channels.port import Sender
from tocsin.notify.deliveries import Delivery
from tocsin.notify.links import Links
from tocsin.notify.pipeline import Page
from tocsin.people.attempts import Attempts
from tocsin.people.directory import Directory
from tocsin.people.tokens import Doorkeeper
from tocsin.policy.names import Names
from tocsin.storage.database import Database
from tocsin.storage.lock import FileLock
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter
from tocsin.tools.outgoing import Client
from tocsin.tools.refusals import Refusals
from tocsin.tools.sending import Carrier, Dispatcher
from tocsin.watchers.watch import Watch

GUARDS = "guards"  # as a kind of work, of which no row of the queue tells


@dataclass(slots=True)
class Outgoing:
    """What leaves: pages and notices by their channels, webhooks, and by a client effects in other tools and questions
    to them.

    `carrier` carries out what they send. `reachable_by`: the channels to people that are open. `allow_private`: whether
    destinations may lie at private addresses.
    """

    pages: Dispatcher[Page]
    webhooks: Dispatcher[Delivery]
    effects: Dispatcher[Effect]
    pulls: Dispatcher[Asking]
    evidence: Dispatcher[Fetching]
    channels: Sequence[Sender]
    client: Client
    carrier: Carrier
    reachable_by: frozenset[str]
    allow_private: bool

    @property
    def arrived(self) -> bool:
        """Whether outcomes wait to be recorded."""
        return any(each.arrived for each in (self.pages, self.webhooks, self.effects, self.pulls, self.evidence))

    def close(self) -> None:
        """End what is under way, and close connections."""
        self.carrier.close([*(channel.close for channel in self.channels), self.client.close])


@dataclass(slots=True)
class Entrance:
    """How others come in: by tokens (`doorkeeper`), by signing in (`attempts`), by the links of pages, as the hooks of
    other tools (`reception`); `refusals`: what senders deliver in vain.

    `base_url`: where people find the pages. `requests_per_second`: of one token or session; 0: as many as it likes.
    `trusted_proxies`: who may say for whom they speak. `heartbeat_key`: seals the addresses of heartbeats.
    """

    doorkeeper: Doorkeeper
    attempts: Attempts
    links: Links
    reception: Reception
    refusals: Refusals
    base_url: str
    requests_per_second: float = 0
    trusted_proxies: Sequence[Network] = ()
    heartbeat_key: bytes = b""


@dataclass(slots=True)
class Installation:
    """One process's view of one installation. `lock`: on its file, while it may write to one. `counts`: how many cases
    views have, as of the last seconds; `large`: how many stand alike, where many do. `backtests`: those that people
    started here; `imports`: likewise; `triggered`: what triggers would have done lately."""

    clock: Clock
    database: Database
    writer: GroupWriter
    desk: Desk
    vault: Vault
    outgoing: Outgoing
    entrance: Entrance
    checkpointer: Checkpointer
    watch: Watch
    comparing: Comparing
    lock: FileLock | None = None
    counts: ViewCounts = field(default_factory=ViewCounts)
    large: LargeGroups = field(default_factory=LargeGroups)
    backtests: Backtests = field(default_factory=Backtests)
    imports: ImportRuns = field(default_factory=ImportRuns)
    triggered: Triggered = field(default_factory=Triggered)

    @property
    def mint(self) -> IdMint:
        return self.desk.mint

    @property
    def journal(self) -> Journal:
        return self.desk.journal

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

    def titles(self) -> Titles:
        """What people call clocks, as of the last look of this process, for the same."""
        found = self.desk.policies.held()
        if found is None:
            with self.database.reading() as tx:
                found = self.desk.policies.get(tx)
        return ticking.titles(found)

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

    def end_storms(self) -> int:
        """Write down which storms are over; how many were looked at."""
        with self.database.reading(self.clock.now()) as tx:
            if not work.is_due(tx, storms.QUEUE):
                return 0
        return self.writer.write(lambda tx: storms.end(tx, self.desk))

    def keep_guards(self) -> int:
        """Write down which guards have begun or are over, and let the paths go on that waited for one; how many."""
        with self.database.reading(self.clock.now()) as tx:
            if not self._guards_wait(tx):
                return 0
        return self.writer.write(self._keep_guards)

    def _guards_wait(self, tx: Tx) -> bool:
        """Whether there is something to do about them: nothing where there is none, as nearly always."""
        known = self.desk.guards.get(tx)
        return bool(known.every and (standing.untold(known, tx.now) or releasing.waiting(tx, self.desk)))

    def _keep_guards(self, tx: Tx) -> int:
        """A guard is over once nothing waits for it any more, so that what it held is looked for as long."""
        return releasing.release(tx, self.desk) or standing.tell(tx, self.mint, self.journal)

    def step_all(self, *, watching: bool = False) -> int:
        """Everything that is due by now, until nothing more is; how much was done. `watching`: the watchers too."""
        total = 0
        while done := self._step_once(watching):
            total += done
        return total

    def due(self, after: int, until: int) -> int | None:
        """When the first piece of work between these instants is due."""
        with self.database.reading() as tx:
            return work.first_due(tx, after, until)

    def _step_once(self, watching: bool) -> int:
        loops = self.watch.loops
        if self.outgoing.arrived:
            done = loops.step(watches=False)
        else:  # those that nothing is due for would find nothing, by a transaction of their own
            with self.database.reading(self.clock.now()) as tx:
                kinds = {*work.due_kinds(tx), *([GUARDS] if self._guards_wait(tx) else [])}
            done = loops.step_for(kinds)
        return done or (loops.step(watches=True) if watching else 0)

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
        self.imports.close(self.writer)
        self.watch.loops.stop()
        self.writer.threaded = False
        while self.writer.step():
            pass
        self.close()

    def close(self) -> None:
        """Give back what this process holds: its places, its node number, the file."""
        self.outgoing.close()
        try:
            self.watch.keeper.release()
        except TocsinError as error:  # the lease ends by itself
            log.warning("node.not_released", error=str(error))
        self.writer.close()
        self.database.close()
        if self.lock is not None:
            self.lock.release()
