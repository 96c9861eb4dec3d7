"""The group writer: many writes, one commit, and no answer before it.

Every write is a job: a re-runnable function of a transaction. One thread takes whatever jobs wait, runs each in a
savepoint of one transaction, commits, and only then answers. A job that raises is undone alone; a commit that fails
fails its whole group. Jobs of one kind may share a handler that takes them together: a bulk of work done in few
statements; should it raise, its items are run again one by one, so that only the guilty one fails.

On PostgreSQL a group first locks the cases it will touch, in the order of their ids, and runs again after a
serialization failure or a deadlock. What breaks a constraint there may only have come second: both nodes looked for a
key and found none. So it is run once more, alone, and then sees the row of the one that came first. That is safe, since
all that it did is undone before, and jobs are re-runnable anyway; one that breaks a constraint by itself does so again,
and fails.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from sqlalchemy.engine import Connection

from tocsin.core.clock import Clock, stopwatch
from tocsin.core.errors import Unavailable
from tocsin.core.logging import log
from tocsin.core.wording import say
from tocsin.storage import failing
from tocsin.storage.database import Database
from tocsin.storage.failing import Failure
from tocsin.storage.seam import is_collision, is_lost, may_have_come_second, read_clock
from tocsin.storage.transaction import Tx

T = TypeVar("T")
Item = TypeVar("Item")
Handler = Callable[[Tx, list[Item]], Sequence[T | Exception]]
Loop = asyncio.AbstractEventLoop

GROUP = 128  # jobs that share one commit at most
WAITING = 20_000  # jobs that may wait before further ones are refused
_RUNS = 6  # of a group that keeps colliding with other nodes


@dataclass(slots=True, eq=False)
class _Job:
    run: Callable[[Tx], Any] | None  # None: the item goes to the handler
    future: Any
    loop: Loop | None
    cases: Sequence[int] = ()
    handler: Handler[Any, Any] | None = None
    item: Any = None
    value: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class CommitTally:
    """What was committed since the process began, and how many groups were not."""

    groups: int = 0
    jobs: int = 0
    failed: int = 0
    commit_seconds: float = 0.0


def _no_cases(tx: Tx, cases: Sequence[int]) -> None:
    raise RuntimeError("a job names cases, and the writer was given no way to lock them")


@dataclass(slots=True)
class GroupWriter:
    """The one way to change a database. `step` runs a group; a thread of the runtime, or the caller, calls it."""

    database: Database
    clock: Clock
    on_rollback: list[Callable[[], None]] = field(default_factory=list)
    guards: list[Callable[[Tx], None]] = field(default_factory=list)  # what must hold in each group; else they raise
    lock: Callable[[Tx, Sequence[int]], None] = _no_cases  # holds cases until the transaction ends
    threaded: bool = False
    tally: CommitTally = field(default_factory=CommitTally)
    failure: Failure | None = None  # from a group that failed until somebody has seen that writes succeed again
    _queue: "queue.SimpleQueue[_Job | None]" = field(default_factory=queue.SimpleQueue)
    _urgent: "queue.SimpleQueue[_Job]" = field(default_factory=queue.SimpleQueue)  # each is announced by a None above
    _stepping: threading.Lock = field(default_factory=threading.Lock)
    _connection: Connection | None = None

    def submit(self, run: Callable[[Tx], T], *, cases: Sequence[int] = (), urgent: bool = False) -> "Future[T]":
        """Queue a job. The future answers after the commit. `urgent`: before all that are not and have not begun."""
        job = _Job(run, Future(), None, cases)
        if not urgent:
            return cast("Future[T]", self._put(job))
        self._urgent.put(job)
        self._queue.put(None)
        return cast("Future[T]", job.future)

    def submit_item(self, handler: Handler[Item, T], item: Item) -> "Future[T]":
        """Queue an item of a bulk handler. The future answers after the commit."""
        future: Future[T] = self._put(_Job(None, Future(), None, (), handler, item))
        return future

    def write(self, run: Callable[[Tx], T], *, cases: Sequence[int] = (), urgent: bool = False) -> T:
        """Run a job and wait for its commit; `cases` names those that it changes."""
        future = self.submit(run, cases=cases, urgent=urgent)
        while not self.threaded and not future.done():
            self.step()
        return future.result()

    def write_all(
        self, jobs: Sequence[tuple[Callable[[Tx], T], Sequence[int]]], *, urgent: bool = False
    ) -> "list[T | Exception]":
        """As `write`, for jobs and the cases that each changes, many to a commit: what each answered, or raised."""
        futures = [self.submit(run, cases=cases, urgent=urgent) for run, cases in jobs]
        while not self.threaded and not all(future.done() for future in futures):
            self.step()
        return [_outcome(future) for future in futures]

    def write_item(self, handler: Handler[Item, T], item: Item) -> T:
        """As `write`, for an item of a bulk handler."""
        future = self.submit_item(handler, item)
        while not self.threaded and not future.done():
            self.step()
        return future.result()

    def write_soon(self, run: Callable[[Tx], T], *, cases: Sequence[int] = ()) -> "asyncio.Future[T]":
        """As `write`, for a coroutine of the running loop to await."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = self._put(_Job(run, loop.create_future(), loop, cases))
        return future

    def write_item_soon(self, handler: Handler[Item, T], item: Item) -> "asyncio.Future[T]":
        """As `write_item`, for a coroutine of the running loop to await."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = self._put(_Job(None, loop.create_future(), loop, (), handler, item))
        return future

    def step(self, wait: float = 0.0) -> int:
        """Run one group; how many jobs it held. `wait`: seconds to wait for the first one."""
        with self._stepping:
            jobs = self._take(wait)
            if jobs:
                try:
                    self._run(jobs)
                except BaseException as error:  # whoever waits is told, whatever ends this step
                    _fail(jobs, failing.refusal(error))
                    raise
                finally:
                    self._answer(jobs)
            return len(jobs)

    def close(self) -> None:
        with self._stepping:
            self._drop_connection()

    def _put(self, job: _Job) -> Any:
        if self._queue.qsize() >= WAITING:
            raise Unavailable(
                say("{waiting} writes are waiting already", waiting=WAITING),
                expected=say("another try in a few seconds"),
            )
        self._queue.put(job)
        return job.future

    def _take(self, wait: float) -> list[_Job]:
        """A group: whatever is urgent, then what has waited longest. `wait`: seconds until there is anything."""
        waiting: list[_Job | None] = []
        urgent: list[_Job] = []
        with suppress(queue.Empty):
            waiting.append(self._queue.get(timeout=wait) if wait else self._queue.get_nowait())
            while len(waiting) < GROUP:
                waiting.append(self._queue.get_nowait())
        with suppress(queue.Empty):  # after the others, so that no urgent one stays behind whose None was taken
            while True:
                urgent.append(self._urgent.get_nowait())
        return urgent + [job for job in waiting if job is not None]

    def _run(self, jobs: list[_Job]) -> None:
        for run in range(1, _RUNS + 1):
            try:
                return self._attempt(jobs)
            except BaseException as error:
                self._drop_connection()
                self._restore()
                if run < _RUNS and is_collision(error):
                    log.info("group.again", run=run, jobs=len(jobs), error=str(error).splitlines()[0])
                    continue
                self.tally.failed += 1
                self.failure = failing.again(self.failure, error, self.clock.now())
                _fail(jobs, failing.refusal(error))
                log.error("group.failed", jobs=len(jobs), error=str(error))
                if not isinstance(error, Exception):
                    raise
                return None

    def _attempt(self, jobs: list[_Job]) -> None:
        if self._connection is None:
            self._connection = self.database.writer.connect()
        connection = self._connection
        self.database.require_place()
        with connection.begin():
            now = read_clock(connection, self.database.dialect, self.clock)
            with Tx(connection, self.database.dialect, now) as tx:
                self._run_all(tx, jobs)
            begun = stopwatch()
        self.database.require_place()  # what went into a file without a place is lost with this process
        self.tally.groups += 1
        self.tally.jobs += len(jobs)
        self.tally.commit_seconds += stopwatch() - begun

    def _run_all(self, tx: Tx, jobs: list[_Job]) -> None:
        for guard in self.guards:
            guard(tx)
        if held := [case for job in jobs for case in job.cases]:
            self.lock(tx, held)
        for bulk in _bulks(jobs):
            if len(bulk) > 1:
                self._run_bulk(tx, bulk)
            else:
                self._run_single(tx, bulk[0])

    def _run_bulk(self, tx: Tx, jobs: list[_Job]) -> None:
        if self._try(tx, jobs) is not None:
            for job in jobs:
                self._run_single(tx, job)

    def _run_single(self, tx: Tx, job: _Job) -> None:
        error = self._try(tx, [job])
        if error is not None and may_have_come_second(tx, error):
            log.info("job.again", error=str(error).splitlines()[0])
            error = self._try(tx, [job])
        if error is not None:
            job.value, job.error = None, error

    def _try(self, tx: Tx, jobs: list[_Job]) -> Exception | None:
        """Run neighbours that share a handler, or one job without; the error that undid all that they did."""
        try:
            with tx.savepoint():
                answers = _answers(tx, jobs)
        except Exception as error:
            if is_lost(error):
                raise
            self._restore()
            return error
        for job, answer in zip(jobs, answers, strict=True):
            job.value, job.error = (None, answer) if isinstance(answer, Exception) else (answer, None)
        return None

    def _restore(self) -> None:
        for restore in self.on_rollback:
            restore()

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):  # it may be gone already
                connection.invalidate()
                connection.close()

    @staticmethod
    def _answer(jobs: list[_Job]) -> None:
        by_loop: dict[Loop, list[_Job]] = {}
        for job in jobs:
            if job.loop is not None:
                by_loop.setdefault(job.loop, []).append(job)
            else:
                _answer_one(job)
        for loop, waiting in by_loop.items():
            try:
                loop.call_soon_threadsafe(_answer_in_loop, waiting)
            except RuntimeError:  # the loop has ended; its callers went with it
                log.warning("group.unanswered", jobs=len(waiting))


class WrittenElsewhere(Exception):
    """A process that only reads was asked to write."""


class NoWriter(GroupWriter):
    """Of a process that only reads: whoever asks it to write is told that another one has to."""

    def submit(self, run: Callable[[Tx], T], *, cases: Sequence[int] = (), urgent: bool = False) -> "Future[T]":
        raise WrittenElsewhere

    def _put(self, job: _Job) -> Any:
        raise WrittenElsewhere


def _answers(tx: Tx, jobs: list[_Job]) -> Sequence[Any]:
    first = jobs[0]
    if first.handler is not None:
        return first.handler(tx, [job.item for job in jobs])
    assert first.run is not None
    return [first.run(tx)]


def _answer_in_loop(jobs: list[_Job]) -> None:
    for job in jobs:
        _answer_one(job)


def _answer_one(job: _Job) -> None:
    if job.future.done():  # the caller went away
        return
    if job.error is None:
        job.future.set_result(job.value)
    elif isinstance(job.error, StopIteration):  # no future takes one
        job.future.set_exception(RuntimeError(f"a job ended an iteration: {job.error!r}"))
    else:
        job.future.set_exception(job.error)


def _bulks(jobs: list[_Job]) -> list[list[_Job]]:
    """Neighbours that share a handler stand together; the order of jobs is kept."""
    bulks: list[list[_Job]] = []
    for job in jobs:
        if bulks and job.handler is not None and bulks[-1][0].handler == job.handler:
            bulks[-1].append(job)
        else:
            bulks.append([job])
    return bulks


def _outcome(future: "Future[Any]") -> Any:
    try:
        return future.result()
    except Exception as error:
        return error


def _fail(jobs: list[_Job], error: BaseException) -> None:
    for job in jobs:
        job.value, job.error = None, error
