"""Recurring jobs: one durable row of work for each, so that of many nodes exactly one runs it each time.

A job that fails is tried again twice, then set aside; the auditor raises that, and tries it again later.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from tocsin.core.clock import MINUTE
from tocsin.core.logging import log
from tocsin.ledger import backlog, work
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

KIND = "recurring"
LEASE = 10 * MINUTE
TRIES = 3


@dataclass(frozen=True, slots=True)
class Job:
    """`number` names the job's row for good; `every` in microseconds; `run` does it, in transactions of its own."""

    number: int
    name: str
    every: int
    run: Callable[[], object]


@dataclass(slots=True)
class Recurring:
    writer: GroupWriter
    jobs: Sequence[Job]
    holder: str
    chance: Random = field(default_factory=Random)

    def complete(self, tx: Tx) -> bool:
        """Whether every job has its row."""
        return backlog.subjects(tx, KIND) >= {job.number for job in self.jobs}

    def ensure(self, tx: Tx) -> None:
        """Every job has its row; a new one is due at once."""
        for job in self.jobs:
            work.ensure(tx, KIND, job.number, tx.now)

    def step(self) -> int:
        """Run the job that is due, if there is one."""
        items = self.writer.write(lambda tx: work.claim(tx, KIND, self.holder, 1, lease=LEASE))
        for item in items:
            job = next((job for job in self.jobs if job.number == item.subject), None)
            if job is None:  # an older release's, or one that was turned off
                self.writer.write(lambda tx, item=item: work.finish(tx, [item]))  # type: ignore[misc]
                continue
            self._run(job, item)
        return len(items)

    def _run(self, job: Job, item: work.Item) -> None:
        try:
            job.run()
        except Exception as error:
            log.exception("job.failed", job=job.name)
            said = f"{job.name}: {type(error).__name__}: {error}"
            self.writer.write(lambda tx: self._failed(tx, item, said))
            return
        self.writer.write(
            lambda tx: work.arm(tx, KIND, job.number, tx.now + job.every) if work.holds(tx, item) else None
        )

    def _failed(self, tx: Tx, item: work.Item, error: str) -> None:
        if item.attempt < TRIES:
            work.retry(tx, item, error, after=work.backoff(item.attempt, self.chance))
        elif work.holds(tx, item):
            work.set_aside(tx, item.kind, item.subject, error)
