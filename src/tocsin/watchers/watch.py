"""The watchers of one process, put together. Each is a loop of its own, so that a slow one holds up no other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tocsin.cases import ages, arrivals, counted, silence, teaching
from tocsin.cases.risk import estimating, learning
from tocsin.connectors import deliveries as kept_deliveries
from tocsin.connectors import outbox
from tocsin.core import instants
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.settings import Settings
from tocsin.intake import accept, heartbeats, replies, uploads
from tocsin.notify import deliveries, synthetic, trying
from tocsin.notify.alarms import Alarms
from tocsin.notify.destinations import Destinations
from tocsin.people import attempts
from tocsin.storage.database import Database
from tocsin.storage.nodes import Node
from tocsin.storage.revisions import Cached
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter
from tocsin.tools import refusals
from tocsin.watchers import heartbeat
from tocsin.watchers.auditor import Auditor
from tocsin.watchers.heartbeat import Caller, Heartbeat
from tocsin.watchers.lease import Keeper
from tocsin.watchers.loops import SELDOM, Loop, Loops
from tocsin.watchers.recurring import Job, Recurring
from tocsin.watchers.repairs import Repairs
from tocsin.watchers.writing import TRYING, Writing


@dataclass(frozen=True, slots=True)
class Options:
    """What an operator sets. `synthetic_every` in microseconds, 0 turns it off; `call`: how the heartbeat goes out;
    `delivery_days`: how long deliveries of connectors are kept."""

    heartbeat_url: str | None = None
    synthetic_url: str | None = None
    synthetic_every: int = 10 * MINUTE
    call: Caller = heartbeat.call
    delivery_days: int = 14

    @classmethod
    def of(cls, settings: Settings) -> "Options":
        every = settings.synthetic_page_minutes * MINUTE
        return cls(
            settings.heartbeat_url, settings.synthetic_page_url, every, delivery_days=settings.connector_delivery_days
        )


@dataclass(slots=True)
class Watch:
    loops: Loops
    auditor: Auditor
    heartbeat: Heartbeat
    keeper: Keeper
    recurring: Recurring
    writing: Writing
    database: Database

    def next_at(self) -> int:
        """When the watchers next have something to do that no row of work says."""
        waiting = [self.keeper.next_at, self.auditor.next_at, *self.writing.due()]
        return min(waiting if self.heartbeat.url is None else [*waiting, self.heartbeat.next_at])

    def status(self, now: int) -> dict[str, Any]:
        """How the watchers of this process fare, for operators."""
        last = self.auditor.last
        with self.database.reading(now) as tx:
            pages = [run.show() for run in synthetic.runs(tx, 10)]
        return {
            "loops": {
                "seconds_since": self.loops.ages(now),
                "stuck": self.loops.stuck(now),
                "ended": self.loops.ended(),
            },
            "writes": self.writing.status(),
            "sweep": None
            if last is None
            else {
                "started_at": instants.to_text(last.started_at),
                "ended_at": instants.to_text(last.ended_at),
                "cases": last.cases,
                "found": last.found,
            },
            "heartbeat": {
                "enabled": self.heartbeat.url is not None,
                "called_at": None if self.heartbeat.called_at is None else instants.to_text(self.heartbeat.called_at),
                "failure": self.heartbeat.failure,
            },
            "synthetic_pages": pages,
            "node": {"number": self.keeper.node.number, "lost": self.keeper.lost},
        }


def _forget_deliveries(tx: Tx, options: Options) -> int:
    return deliveries.sweep(tx) + kept_deliveries.sweep(tx, options.delivery_days) + outbox.sweep(tx)


def assemble(
    options: Options,
    database: Database,
    writer: GroupWriter,
    node: Node,
    alarms: Alarms,
    reach: Cached[Destinations],
    loops: Loops,
    on_lost: Callable[[], None],
) -> Watch:
    """The watchers of a process that holds `node`; `on_lost` ends it. Their loops join `loops`."""
    desk, pipeline = alarms.desk, alarms.pipeline

    def tidy(sweep: Callable[[Tx], int]) -> Callable[[], int]:
        return lambda: writer.write(sweep)

    jobs = [
        Job(1, "forget idempotency keys", HOUR, tidy(lambda tx: accept.sweep(tx) + replies.sweep(tx))),
        Job(2, "forget deliveries", DAY, tidy(lambda tx: _forget_deliveries(tx, options))),
        Job(3, "forget synthetic pages and test pages", DAY, tidy(lambda tx: synthetic.sweep(tx) + trying.sweep(tx))),
        Job(6, "end alarms of refused deliveries", 10 * MINUTE, tidy(lambda tx: refusals.sweep(tx, alarms))),
        Job(7, "tell how old cases grow", DAY, lambda: ages.tell(database, writer)),
        Job(5, "forget attempts to sign in", HOUR, tidy(attempts.sweep)),
        Job(9, "raise cases on which nobody acts", MINUTE, tidy(lambda tx: silence.raise_silent(tx, desk))),
        Job(12, "look for missing heartbeats", MINUTE, tidy(lambda tx: heartbeats.look(tx, desk))),
        Job(11, "count cases by the hour", HOUR, tidy(arrivals.tell)),
        Job(10, "forget what triggers counted", DAY, tidy(counted.sweep)),
        Job(13, "learn the risk of cases", DAY, lambda: learning.learn(database, writer, desk, loops.clock)),
        Job(15, "learn what cases are", DAY, lambda: teaching.learn(database, writer, desk, loops.clock)),
        Job(14, "estimate the risk of cases", MINUTE, lambda: estimating.estimate(database, writer, loops.clock)),
        Job(8, "forget files that people brought", HOUR, tidy(uploads.sweep)),
    ]
    if options.synthetic_every:
        jobs.append(Job(4, "synthetic page", options.synthetic_every, lambda: writer.write(pipeline.queue_synthetic)))
    recurring = Recurring(writer, jobs, pipeline.holder)
    repairs = Repairs(writer, desk, alarms, reach)
    writing = Writing(repairs, loops.wake)
    auditor = Auditor(database, repairs, recurring)
    beat = Heartbeat(options.heartbeat_url, loops, writing.says, options.call)
    keeper = Keeper(node, desk.mint, writer, on_lost, alone=database.path is not None)
    if node.holder:
        writer.guards.append(keeper.prove)
    now = loops.clock.now
    loops.add(
        # The first three may wait long for others without anything being stuck.
        Loop("writing", lambda: writing.step(now()), TRYING, beats=False, watches=True),
        Loop("recurring", recurring.step, SELDOM, beats=False, watches=True),
        Loop("heartbeat", lambda: beat.step(now()), SELDOM, beats=False, watches=True),
        Loop("node", lambda: keeper.step(now()), SELDOM, watches=True),
        # By its pace 100,000 open cases take 45 seconds.
        Loop("auditor", lambda: auditor.step(now()), paced=True, watches=True),
    )
    return Watch(loops, auditor, beat, keeper, recurring, writing, database)
