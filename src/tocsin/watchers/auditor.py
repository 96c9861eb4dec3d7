"""The auditor: goes over everything that is open, again and again, and finds what nobody would miss until too late.

A sweep starts every 20 seconds: first the queues, then the open cases in batches by a cursor, each batch in one
snapshot. What is suspicious is looked at again under its lock and repaired; what a machine cannot repair is raised
to the leads. The state of a sweep is in memory: a node that dies loses nothing but its place. Every node has an
auditor, and two that find the same thing do it once, because each repair looks first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tocsin.cases import queries, store
from tocsin.cases.record import health, mending
from tocsin.cases.record.health import HealthFinding
from tocsin.core import ids
from tocsin.core.clock import SECOND
from tocsin.core.logging import log
from tocsin.core.wording import say
from tocsin.ledger import work
from tocsin.notify import alarms, recovering, synthetic
from tocsin.people.permissions import SYSTEM
from tocsin.policy.levels import LEVELS
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx
from tocsin.tools.alarms import Alarm
from tocsin.watchers import duties, queues
from tocsin.watchers.recurring import Recurring
from tocsin.watchers.repairs import Repairs, key_of

EVERY = 20 * SECOND
BATCH = 500  # cases in one snapshot at most
PIECES = 100  # a sweep of fewer cases is spread over so many, which take a running process as long as EVERY
LEAST = 100
MOST = 1000  # lost messages that one sweep queues again
_GONE = say("its pages are gone")
FAMILIES = ("case", "work", "synthetic", "roster")  # kinds of alarms that begin so are the auditor's to end


@dataclass(slots=True)
class Sweep:
    """Where a sweep stands. `known`: the keys of the alarms that stood when it began; `seen`: those whose cause it has
    met."""

    started_at: int
    known: frozenset[str]
    seen: set[str] = field(default_factory=set)
    level: int = 0
    after: int = 0
    size: int = BATCH
    cases: int = 0
    found: int = 0


class Swept(NamedTuple):
    """A finished sweep, for the screens."""

    started_at: int
    ended_at: int
    cases: int
    found: int


@dataclass(slots=True)
class Auditor:
    """`step` does a piece and returns what it did; `next_at`: when the next sweep begins."""

    database: Database
    repairs: Repairs
    recurring: Recurring
    next_at: int = 0
    last: Swept | None = None
    _since: int | None = None
    _sweep: Sweep | None = None

    def step(self, now: int) -> int:
        """The next piece of the sweep: the queues, one batch of cases, or the end. 0 between two sweeps. A piece that
        raises ends its sweep; the next one begins in time."""
        if self._sweep is None and now < self.next_at:
            return 0
        sweep, self._sweep = self._sweep, None
        if sweep is None:
            self.next_at = now + EVERY
            sweep = self._begin(now)
            self._watch_queues(sweep, now)
        elif sweep.level < len(LEVELS):
            self._watch_cases(sweep, now)
        else:
            self._end(sweep, now)
            return 1
        self._sweep = sweep
        return 1

    def _begin(self, now: int) -> Sweep:
        self._since = now if self._since is None else self._since
        with self.database.reading() as tx:
            incomplete = not self.recurring.complete(tx)
            known = frozenset(alarm.key for alarm in alarms.standing(tx, FAMILIES))
            amount = store.count_live(tx)
        if incomplete:
            self.repairs.writer.write(self.recurring.ensure)
        return Sweep(now, known, size=max(LEAST, min(BATCH, amount // PIECES + 1)))

    def _watch_queues(self, sweep: Sweep, now: int) -> None:
        """Work that is late or was set aside, messages that are in no queue, the synthetic page, whom rosters pass
        over or pages do not wake."""
        # What fell due while no process ran is not late by anybody's fault: it gets a moment to be done.
        settled = self._since is not None and now - self._since >= queues.LATE
        with self.database.reading() as tx:
            late = queues.overdue(tx, now) if settled else []
            aside = queues.aside(tx)
            slow = synthetic.judge(tx, now)
            unsent = recovering.unsent(tx, MOST)
            stranded = recovering.stranded(tx, MOST)
            around = self.repairs.desk.around(tx, now)
            absent = duties.passed_over(around) + duties.not_woken(around, self.repairs.reach.get(tx))
        self._raise(sweep, [*late, *slow, *absent, *(item.alarm for item in aside if item.alarm is not None)])
        self.repairs.look_after(aside, now)
        self.repairs.requeue(unsent)
        if stranded:
            log.warning("audit.stranded", queues=len(stranded))
            self.repairs.writer.write(lambda tx: work.rouse(tx, stranded))
        sweep.found += len(unsent) + len(stranded)

    def _watch_cases(self, sweep: Sweep, now: int) -> None:
        """One batch of open cases of one level, by id."""
        with self.database.reading() as tx:
            batch = store.live_after(tx, LEVELS[sweep.level], sweep.after, sweep.size)
            suspects = self._suspects(tx, batch, now) if batch else []
        sweep.cases += len(batch)
        if len(batch) < sweep.size:
            sweep.level, sweep.after = sweep.level + 1, 0
        else:
            sweep.after = batch[-1]
        self._mend(sweep, suspects)

    def _suspects(self, tx: Tx, batch: list[int], now: int) -> list[tuple[int, HealthFinding]]:
        states = store.load_many(tx, batch)
        timers = mending.timers(tx, batch)
        parents = store.parents(tx, states.values())
        directory = self.repairs.desk.directory.get(tx)
        found = [
            (case, finding)
            for case, state in states.items()
            for finding in health.examine(state, timers.get(case), directory, now, parents.get(case))
        ]
        live = {climb: case for case, state in states.items() for climb in health.live(state)}
        lost = recovering.unpaged(tx, self.repairs.reach.get(tx), set(live.values()), live.keys())
        return found + [(case, HealthFinding("pages", _GONE)) for case, _ in lost]

    def _mend(self, sweep: Sweep, suspects: Sequence[tuple[int, HealthFinding]]) -> None:
        news = list(dict.fromkeys(case for case, finding in suspects if not _standing(sweep, case, finding)))
        if not news:
            return
        sweep.found += len(news)
        unsound = []
        with self.database.reading() as tx:
            numbers = queries.numbers(tx, SYSTEM, news)
        for case, outcome in zip(news, self.repairs.mend(news), strict=True):
            if isinstance(outcome, Exception):
                log.error("audit.not_mended", case=ids.to_text(case), error=str(outcome))
                says = say(
                    "case {number} is not sound and could not be repaired: {error}",
                    number=numbers.get(case),
                    error=str(outcome)[:400],
                )
                unsound.append(Alarm(f"unmended:{case}", "case.not_mended", says, case))
            else:
                sweep.seen.update(outcome)
        self._raise(sweep, unsound)
        self.repairs.tell()

    def _raise(self, sweep: Sweep, wanted: Sequence[Alarm]) -> None:
        """Raise those that do not stand already."""
        fresh = [alarm for alarm in wanted if alarm.key not in sweep.known]
        sweep.seen.update(alarm.key for alarm in wanted)
        sweep.found += len(fresh)
        self.repairs.raise_all(fresh)

    def _end(self, sweep: Sweep, now: int) -> None:
        """What stood when the sweep began and was not met again is over; what waits to be told is told."""
        over = sweep.known - sweep.seen
        if over:
            self.repairs.writer.write(lambda tx: self.repairs.alarms.end(tx, over))
        with self.database.reading(now) as tx:
            waiting = alarms.waiting(tx)
        if waiting:
            self.repairs.tell()
        self.last = Swept(sweep.started_at, now, sweep.cases, sweep.found)


def _standing(sweep: Sweep, case: int, finding: HealthFinding) -> bool:
    """Whether an alarm tells of it already, and there is nothing that a machine could do."""
    key = key_of(case, finding)
    if finding.what not in health.FOR_PEOPLE or key not in sweep.known:
        return False
    sweep.seen.add(key)
    return True
