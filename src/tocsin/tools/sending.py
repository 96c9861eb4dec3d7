"""Sending: claim, hand to the channels side by side, record. `step` is driven by a thread or by a test; the sending
itself is coroutines of one event loop, because threads for it would contend for the interpreter with everybody else.

A slow receiver holds places of its own lane (`tools.lanes`) and nobody else's message: as many are claimed as places
are free, and every outcome is recorded as soon as it is there, by a job of its own: one that cannot be recorded is set
aside alone. Pages, webhooks and effects in other tools have a dispatcher each, so that none takes the others' places;
what an `urgent` one writes overtakes all other writes.
"""

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from tocsin.core import ids
from tocsin.core.clock import Clock, stopwatch
from tocsin.core.errors import Unavailable
from tocsin.core.logging import log
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter
from tocsin.tools.lanes import Lanes
from tocsin.tools.outgoing import Outcome

PLACES = 256  # coroutines that wait for receivers cost little


class Parcel(Protocol):
    """A message that is to be sent now. `case`: whose history its outcome may enter; `lane`: its receiver, by a number;
    `channel`: what carries it there."""

    @property
    def case(self) -> int | None: ...

    @property
    def lane(self) -> int: ...

    @property
    def channel(self) -> str: ...


P = TypeVar("P", bound=Parcel)


class Sent(NamedTuple, Generic[P]):
    """A message that left, and what became of it."""

    parcel: P
    outcome: Outcome


class Courier(Protocol[P]):
    """A queue of messages: `claim` and `record` run inside a transaction, `send` outside of any. `lanes`: what room
    there is."""

    def claim(self, tx: Tx, lanes: Lanes) -> list[P]: ...

    async def send(self, parcel: P, now: int) -> Outcome: ...

    def record(self, tx: Tx, sent: Sent[P]) -> None: ...

    def set_aside(self, tx: Tx, parcel: P, error: str) -> None: ...


Sending = Coroutine[Any, Any, None]
Last = Callable[[], Awaitable[None]]


class Carrier(Protocol):
    """Whatever runs sendings. `close` waits for those that are begun, then for what is to be done last."""

    def begin(self, sendings: Sequence[Sending]) -> None: ...

    def close(self, last: Sequence[Last] = ()) -> None: ...


@dataclass(slots=True)
class Inline:
    """Runs each to its end at once, in the caller's thread: for stories, where nothing may happen by itself."""

    _runner: asyncio.Runner | None = None

    def begin(self, sendings: Sequence[Sending]) -> None:
        self._runner = self._runner or asyncio.Runner()
        for sending in sendings:
            self._runner.run(sending)

    def close(self, last: Sequence[Last] = ()) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            with runner:
                runner.run(_gather([do() for do in last]))


@dataclass(slots=True)
class SendingLoop:
    """Runs them side by side, in an event loop with a thread of its own, from the first on."""

    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)
    _starting: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, sendings: Sequence[Sending]) -> None:
        with self._starting:
            if self._loop is None:
                self._loop = _new_loop()
                self._thread = threading.Thread(target=_run, args=(self._loop,), name="tocsin-send", daemon=True)
                self._thread.start()
        self._loop.call_soon_threadsafe(self._begin, self._loop, sendings)

    def close(self, last: Sequence[Last] = ()) -> None:
        loop, thread = self._loop, self._thread
        self._loop = self._thread = None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._finish(last), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def _begin(self, loop: asyncio.AbstractEventLoop, sendings: Sequence[Sending]) -> None:
        for sending in sendings:
            task = loop.create_task(sending)
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _finish(self, last: Sequence[Last]) -> None:
        await _gather(list(self._under_way))
        await _gather([do() for do in last])


async def _gather(those: Sequence[Awaitable[None]]) -> None:
    await asyncio.gather(*those, return_exceptions=True)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    """Until it is stopped: what one sending raises, of whatever kind, ends no other."""
    while True:
        try:
            loop.run_forever()
        except BaseException:
            with suppress(BaseException):
                log.exception("send.loop_failed")
        else:
            return


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


@dataclass(slots=True)
class Dispatcher(Generic[P]):
    """Moves messages from their queue to their receivers. `wake` is set whenever an outcome arrives."""

    courier: Courier[P]
    writer: GroupWriter
    clock: Clock
    carrier: Carrier
    lanes: Lanes
    urgent: bool = False
    wake: threading.Event = field(default_factory=threading.Event)
    _outcomes: "queue.SimpleQueue[Sent[P]]" = field(default_factory=queue.SimpleQueue)

    @property
    def arrived(self) -> bool:
        """Whether outcomes wait to be recorded."""
        return not self._outcomes.empty()

    def step(self) -> int:
        """One round; how many messages were begun or finished."""
        finished = self._record()
        parcels: list[P] = []
        if self.lanes.room(self.clock.now()).free:
            parcels = self.writer.write(lambda tx: self.courier.claim(tx, self.lanes), urgent=self.urgent)
        for parcel in parcels:
            self.lanes.begun(parcel.lane, parcel.channel)
        if parcels:
            self.carrier.begin([self._send(parcel) for parcel in parcels])
        return finished + len(parcels) + self._record()

    async def _send(self, parcel: P) -> None:
        begun, outcome = stopwatch(), Outcome(False, "the sending was broken off")
        try:
            outcome = await self.courier.send(parcel, self.clock.now())
        except BaseException as error:  # a fault in a channel, of whatever kind, must not take the others with it
            outcome = Outcome(False, f"{type(error).__name__}: {error}")
            log.exception("send.fault")
        finally:  # a log that cannot be written must not keep the place
            self._outcomes.put(Sent(parcel, outcome))
            self.lanes.ended(
                parcel.lane,
                parcel.channel,
                delivered=outcome.delivered or outcome.final,
                seconds=stopwatch() - begun,
                now=self.clock.now(),
            )
            self.wake.set()

    def _record(self) -> int:
        sent: list[Sent[P]] = []
        while not self._outcomes.empty():
            sent.append(self._outcomes.get())
        jobs = [(partial(self._record_one, one), _locks(one.parcel)) for one in sent]
        answers = self.writer.write_all(jobs, urgent=self.urgent)
        self._not_recorded(
            [(one, error) for one, error in zip(sent, answers, strict=True) if isinstance(error, Exception)]
        )
        return len(sent)

    def _record_one(self, sent: Sent[P], tx: Tx) -> None:
        self.courier.record(tx, sent)

    def _not_recorded(self, failed: Sequence[tuple[Sent[P], Exception]]) -> None:
        """Take what cannot be recorded out of the queue. What the database did not take at all is kept, and recorded
        once it is back: else it would be sent again when its lease ends."""
        jobs, raised = [], list[Exception]()
        for sent, error in failed:
            parcel = sent.parcel
            if isinstance(error, Unavailable):
                self._outcomes.put(sent)
                raised.append(error)
                continue
            log.error("send.not_recorded", error=str(error), case=parcel.case and ids.to_text(parcel.case))
            jobs.append((partial(self._set_one_aside, parcel, str(error)), _locks(parcel)))
        raised += [error for error in self.writer.write_all(jobs) if isinstance(error, Exception)]
        if raised:
            raise raised[0]

    def _set_one_aside(self, parcel: P, error: str, tx: Tx) -> None:
        self.courier.set_aside(tx, parcel, f"its outcome cannot be recorded: {error}")


def _locks(parcel: Parcel) -> Sequence[int]:
    return () if parcel.case is None else (parcel.case,)
