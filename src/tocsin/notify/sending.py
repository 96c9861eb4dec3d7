"""Sending: claim, hand to the channels side by side, record. `step` is driven by a thread or by a test.

A slow receiver holds one place and nobody else's message: as many are claimed as places are free, and every outcome is
recorded as soon as it is there. Pages and webhooks have a dispatcher each, so that neither takes the other's places.
"""

import queue
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, Protocol, TypeVar

from tocsin.core.clock import Clock
from tocsin.core.logging import log
from tocsin.notify.channels.webhook import Outcome
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

    def send(self, parcel: P, now: int) -> Outcome: ...

    def record(self, tx: Tx, sent: Sequence[Sent[P]]) -> None: ...


class Inline(Executor):
    """Runs at once, in the caller's thread: for stories, where nothing may happen by itself."""

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        future: Future[object] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Waker(Protocol):
    def set(self) -> None: ...


@dataclass(slots=True)
class Dispatcher(Generic[P]):
    """Moves messages from their queue to their receivers. `wake` is set whenever an outcome arrives."""

    courier: Courier[P]
    writer: GroupWriter
    clock: Clock
    executor: Executor
    places: int = PLACES
    wake: Waker | None = None
    _outcomes: "queue.SimpleQueue[Sent[P]]" = field(default_factory=queue.SimpleQueue)
    _busy: Counter[int] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def step(self) -> int:
        """One round; how many messages were begun or finished."""
        finished = self._record()
        with self._lock:
            busy = dict(self._busy)
        free = self.places - sum(busy.values())
        parcels = self.writer.write(lambda tx: self.courier.claim(tx, free, busy)) if free > 0 else []
        for parcel in parcels:
            with self._lock:
                self._busy[parcel.lane] += 1
            self.executor.submit(self._send, parcel)
        return finished + len(parcels) + self._record()

    def _send(self, parcel: P) -> None:
        try:
            outcome = self.courier.send(parcel, self.clock.now())
        except Exception as error:  # a fault in a channel must not take the others with it
            log.exception("send.fault")
            outcome = Outcome(False, f"{type(error).__name__}: {error}")
        with self._lock:
            self._busy[parcel.lane] -= 1
        self._outcomes.put(Sent(parcel, outcome))
        if self.wake is not None:
            self.wake.set()

    def _record(self) -> int:
        sent: list[Sent[P]] = []
        while not self._outcomes.empty():
            sent.append(self._outcomes.get())
        if sent:
            cases = [case for case in (one.parcel.case for one in sent) if case is not None]
            self.writer.write(lambda tx: self.courier.record(tx, sent), cases=cases)
        return len(sent)
