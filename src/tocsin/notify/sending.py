"""Sending: claim, hand to the channels side by side, record. `step` is driven by a thread or by a test; the sending
itself is coroutines of one event loop, because threads for it would contend for the interpreter with everybody else.

A slow receiver holds one place and nobody else's message: as many are claimed as places are free, and every outcome is
recorded as soon as it is there, by a job of its own: one that cannot be recorded is set aside alone. Pages and
webhooks have a dispatcher each, so that neither takes the other's places.
"""

import asyncio
import queue
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from tocsin.core import ids
from tocsin.core.clock import Clock
from tocsin.core.errors import Unavailable
from tocsin.core.logging import log
from tocsin.notify.channels.port import Outcome
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

PLACES = 32


class Parcel(Protocol):
    """A message that is to be sent now. `case`: whose history its outcome may enter; `lane`: messages of one lane share
    a limit."""

    @property
    def case(self) -> int | None: ...

    @property
    def lane(self) -> int: ...


P = TypeVar("P", bound=Parcel)


class Sent(NamedTuple, Generic[P]):
    parcel: P
    outcome: Outcome


class Courier(Protocol[P]):
    """A queue of messages: `claim` and `record` run inside a transaction, `send` outside of any. `busy`: how many are
    on their way in each lane."""

    def claim(self, tx: Tx, limit: int, busy: Mapping[int, int]) -> list[P]: ...

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
class Loop:
    """Runs them side by side, in an event loop with a thread of its own, from the first on."""

    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)
    _starting: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, sendings: Sequence[Sending]) -> None:
        with self._starting:
            if self._loop is None:
                self._loop = _new_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="tocsin-send", daemon=True)
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
    places: int = PLACES
    wake: threading.Event = field(default_factory=threading.Event)
    _outcomes: "queue.SimpleQueue[Sent[P]]" = field(default_factory=queue.SimpleQueue)
    _busy: Counter[int] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)  # of `_busy`

    def step(self) -> int:
        """One round; how many messages were begun or finished."""
        finished = self._record()
        with self._lock:
            busy = dict(self._busy)
        free = self.places - sum(busy.values())
        parcels = self.writer.write(lambda tx: self.courier.claim(tx, free, busy)) if free > 0 else []
        if parcels:
            with self._lock:
                self._busy.update(parcel.lane for parcel in parcels)
            self.carrier.begin([self._send(parcel) for parcel in parcels])
        return finished + len(parcels) + self._record()

    async def _send(self, parcel: P) -> None:
        try:
            outcome = await self.courier.send(parcel, self.clock.now())
        except Exception as error:  # a fault in a channel must not take the others with it
            log.exception("send.fault")
            outcome = Outcome(False, f"{type(error).__name__}: {error}")
        with self._lock:
            self._busy[parcel.lane] -= 1
        self._outcomes.put(Sent(parcel, outcome))
        self.wake.set()

    def _record(self) -> int:
        sent: list[Sent[P]] = []
        while not self._outcomes.empty():
            sent.append(self._outcomes.get())
        answers = self.writer.write_all([(partial(self._record_one, one), _locks(one.parcel)) for one in sent])
        self._set_aside(
            [(one.parcel, error) for one, error in zip(sent, answers, strict=True) if isinstance(error, Exception)]
        )
        return len(sent)

    def _record_one(self, sent: Sent[P], tx: Tx) -> None:
        self.courier.record(tx, sent)

    def _set_aside(self, failed: Sequence[tuple[P, Exception]]) -> None:
        """Take what cannot be recorded out of the queue. What the database did not take at all is due again anyway,
        when its lease ends."""
        jobs = []
        for parcel, error in failed:
            log.error("send.not_recorded", error=str(error), case=parcel.case and ids.to_text(parcel.case))
            if not isinstance(error, Unavailable):
                jobs.append((partial(self._set_one_aside, parcel, str(error)), _locks(parcel)))
        raised: list[Exception] = [error for _, error in failed if isinstance(error, Unavailable)]
        raised += [error for error in self.writer.write_all(jobs) if isinstance(error, Exception)]
        if raised:
            raise raised[0]

    def _set_one_aside(self, parcel: P, error: str, tx: Tx) -> None:
        self.courier.set_aside(tx, parcel, f"its outcome cannot be recorded: {error}")


def _locks(parcel: Parcel) -> Sequence[int]:
    return () if parcel.case is None else (parcel.case,)
