"""The auditor: goes over everything that is open, again and again, and finds what nobody would miss until too late.

A sweep starts every 20 seconds: first the queues, then the open cases in batches by a cursor, each batch in one
snapshot. What is suspicious is looked at again under its lock and repaired; what a machine cannot repair is raised
to the leads. The state of a sweep is in memory: a node that dies loses nothing but its place. Every node has an
auditor, and two that find the same thing do it once, because each repair looks first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tocsin.cases import auditing, mending, store, verbs
from tocsin.cases.aggregate import LEVELS
from tocsin.cases.auditing import Finding
from tocsin.cases.context import Desk
from tocsin.core import ids
from tocsin.core.clock import SECOND
from tocsin.core.errors import NotFound
from tocsin.core.logging import log
from tocsin.ledger import work
from tocsin.ledger.chain import PLATFORM
from tocsin.notify import alarms, recovering, subscriptions
from tocsin.notify.alarms import Alarm, Alarms
from tocsin.notify.destinations import Destinations
from tocsin.storage.database import Database
from tocsin.storage.revisions import Cached
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter
from tocsin.watchers import queues, synthetic
from tocsin.watchers.recurring import Recurring

EVERY = 20 * SECOND
BATCH = 500  # cases in one snapshot
MOST = 1000  # lost messages that one sweep queues again
FAMILIES = ("case", "work", "synthetic")  # kinds of alarms that begin so are the auditor's to end


@dataclass(slots=True)
class Sweep:
    """Where a sweep stands. `seen`: alarms whose cause it has met, `known`: those that stood when it began."""

    started_at: int
    known: frozenset[str]
    seen: set[str] = field(default_factory=set)
    level: int = 0
    after: int = 0
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
    writer: GroupWriter
    desk: Desk
    alarms: Alarms
    reach: Cached[Destinations]
    recurring: Recurring
    next_at: int = 0
    last: Swept | None = None
    _since: int | None = None
    _sweep: Sweep | None = None

    def step(self, now: int) -> int:
        """The next piece of the sweep: the queues, or one batch of cases; how much was looked at."""
        if self._sweep is None:
            if now < self.next_at:
                return 0
            self.next_at = now + EVERY
            self._since = now if self._since is None else self._since
            self._sweep = self._begin(now)
            self._watch_queues(self._sweep, now)
            return 1
        sweep = self._sweep
        if sweep.level < len(LEVELS):
            return self._watch_cases(sweep, now)
        self._end(sweep, now)
        return 1

    def _begin(self, now: int) -> Sweep:
        with self.database.reading() as tx:
            return Sweep(now, frozenset(alarm.key for alarm in alarms.standing(tx, FAMILIES)))

    def _watch_queues(self, sweep: Sweep, now: int) -> None:
        with self.database.reading() as tx:
            # What fell due while no process ran is not late by anybody's fault: it gets a moment to be done.
            late = queues.overdue(tx, now) if self._since is not None and now - self._since >= queues.LATE else []
            aside = queues.aside(tx)
            late += synthetic.judge(tx, now)
            unsent = recovering.unsent(tx, MOST)
            stranded = recovering.stranded(tx, MOST)
        self._raise_all(sweep, [*late, *(item.alarm for item in aside if item.alarm is not None)])
        self.writer.write(self.recurring.ensure)
        for item in aside:
            if item.alarm is None:
                self.writer.write(lambda tx, row=item.row: work.disarm(tx, row.kind, row.subject))  # type: ignore[misc]
            elif item.due_again(now):
                self.writer.write(lambda tx, row=item.row: work.arm(tx, row.kind, row.subject, tx.now))  # type: ignore[misc]
        self._write_all(
            [
                (lambda tx, one=one, case=case: self._requeue(tx, one, case), (case,) if case else ())
                for one, case in unsent
            ]
        )
        if stranded:
            self.writer.write(lambda tx: subscriptions.rouse(tx, stranded))
        sweep.found += len(unsent) + len(stranded)

    def _watch_cases(self, sweep: Sweep, now: int) -> int:
        """One batch of open cases of one level, by id."""
        with self.database.reading() as tx:
            rows = tx.rows(
                "SELECT id FROM cases WHERE state = 'open' AND level = ? AND id > ? ORDER BY id LIMIT ?",
                (LEVELS[sweep.level], sweep.after, BATCH),
            )
            batch = [row[0] for row in rows]
            suspects = self._suspects(tx, batch, now) if batch else []
        sweep.cases += len(batch)
        if len(batch) < BATCH:
            sweep.level, sweep.after = sweep.level + 1, 0
        else:
            sweep.after = batch[-1]
        news = [case for case, finding in suspects if not self._standing(sweep, case, finding)]
        if news:
            sweep.found += len(news)
            self._mend_all(sweep, list(dict.fromkeys(news)))
        return 1

    def _suspects(self, tx: Tx, batch: list[int], now: int) -> list[tuple[int, Finding]]:
        states = store.load_many(tx, batch)
        timers = mending.timers(tx, batch)
        directory = self.desk.directory.get(tx)
        found = [
            (case, finding)
            for case, state in states.items()
            for finding in auditing.examine(state, timers.get(case), directory, now)
        ]
        live = {climb: case for case, state in states.items() for climb in auditing.live(state)}
        lost = recovering.unpaged(tx, self.reach.get(tx), set(live.values()), live.keys())
        return found + [(case, Finding("pages", "")) for case, _ in lost]

    @staticmethod
    def _standing(sweep: Sweep, case: int, finding: Finding) -> bool:
        """Whether an alarm tells of it already, and there is nothing to repair."""
        key = _key(case, finding)
        if finding.what != "owner_away" or key not in sweep.known:
            return False
        sweep.seen.add(key)
        return True

    def _mend_all(self, sweep: Sweep, cases: list[int]) -> None:
        outcomes = self._write_all([(lambda tx, case=case: self._mend(tx, case), (case,)) for case in cases])
        failed = []
        for case, outcome in zip(cases, outcomes, strict=True):
            if isinstance(outcome, Exception):
                log.error("audit.not_mended", case=ids.to_text(case), error=str(outcome))
                says = f"case {ids.to_text(case)} is not sound, and could not be repaired: {outcome}"
                failed.append(Alarm(f"unmended:{case}", "case.not_mended", says[:500], case))
            else:
                sweep.seen.update(outcome)
        self._raise_all(sweep, failed)
        self.writer.write(self.alarms.tell)

    def _mend(self, tx: Tx, case: int) -> list[str]:
        """Repair a case and its pages; the keys of what was raised."""
        mended = mending.mend(tx, self.desk, case)
        self._repage(tx, case)
        raised = [
            Alarm(_key(case, finding), f"case.{finding.what}", f"case {mended.number}: {finding.says}", case)
            for finding in mended.unmended
        ]
        for alarm in raised:
            self.alarms.raise_(tx, alarm)
        return [alarm.key for alarm in raised]

    def _repage(self, tx: Tx, case: int) -> None:
        live = auditing.live(store.load(tx, case))
        lost = recovering.unpaged(tx, self.reach.get(tx), [case], live)
        if lost:
            self.alarms.pipeline.queue_pages(tx, lost)
            names = ", ".join(person["name"] for _, step in lost for person in step["notified"])
            found = Finding("pages", f"the pages of its path's last step are gone; {names} paged again")
            verbs.act(tx, self.desk, case, lambda state, around: [mending.repaired([found])])

    def _requeue(self, tx: Tx, notification: int, case: int | None) -> None:
        recovering.requeue(tx, notification)
        event = mending.repaired([Finding("pages", f"notification {ids.to_text(notification)} was in no queue")])
        if case is None:
            self.desk.journal.append(tx, PLATFORM, [event])
        else:
            verbs.act(tx, self.desk, case, lambda state, around: [event])

    def _raise_all(self, sweep: Sweep, wanted: Sequence[Alarm]) -> None:
        sweep.seen.update(alarm.key for alarm in wanted)
        fresh = [alarm for alarm in wanted if alarm.key not in sweep.known]
        self._write_all(
            [
                (lambda tx, alarm=alarm: self.alarms.raise_(tx, alarm), (alarm.case,) if alarm.case else ())
                for alarm in fresh
            ]
        )
        sweep.found += len(fresh)

    def _end(self, sweep: Sweep, now: int) -> None:
        """What stood when the sweep began and was not met again is over; what waits to be told is told."""
        over = sweep.known - sweep.seen
        with self.database.reading(now) as tx:
            talk = alarms.waiting(tx)
        if over:
            self.writer.write(lambda tx: alarms.end(tx, over))
        if talk:
            self.writer.write(self.alarms.tell)
        self.last = Swept(sweep.started_at, now, sweep.cases, sweep.found)
        self._sweep = None

    def _write_all(self, jobs: Sequence[tuple[Callable[[Tx], Any], tuple[int, ...]]]) -> list[Any]:
        """Run jobs, many to a commit; each one's answer, or the exception it ended with."""
        futures = [self.writer.submit(run, cases=cases) for run, cases in jobs]
        while not self.writer.threaded and not all(future.done() for future in futures):
            self.writer.step()
        outcomes: list[Any] = []
        for future in futures:
            error = future.exception()
            outcomes.append(error if isinstance(error, Exception) and not isinstance(error, NotFound) else None)
            if error is None:
                outcomes[-1] = future.result()
        return outcomes


def _key(case: int, finding: Finding) -> str:
    return f"{finding.what}:{case}"
