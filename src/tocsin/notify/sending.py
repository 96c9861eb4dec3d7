"""Sending pages: claim, hand to the channels side by side, record. `step` is driven by a thread or by a test.

A slow receiver holds one place and nobody else's page: as many are claimed as places are free, and every outcome is
recorded as soon as it is there.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Protocol

from tocsin.core.clock import Clock
from tocsin.notify.pipeline import Page, Pipeline, Sent
from tocsin.storage.writer import GroupWriter

PLACES = 32


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
class Dispatcher:
    """Moves pages from the queue to their receivers. `wake` is set whenever an outcome arrives."""

    pipeline: Pipeline
    writer: GroupWriter
    clock: Clock
    executor: Executor
    wake: Waker | None = None
    _outcomes: "queue.SimpleQueue[Sent]" = field(default_factory=queue.SimpleQueue)
    _busy: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def step(self) -> int:
        """One round; how many pages were begun or finished."""
        finished = self._record()
        free = PLACES - self._busy
        pages = self.writer.write(lambda tx: self.pipeline.claim(tx, free)) if free > 0 else []
        for page in pages:
            with self._lock:
                self._busy += 1
            self.executor.submit(self._send, page)
        return finished + len(pages) + self._record()

    def _send(self, page: Page) -> None:
        try:
            sent = self.pipeline.send(page, self.clock.now())
        finally:
            with self._lock:
                self._busy -= 1
        self._outcomes.put(sent)
        if self.wake is not None:
            self.wake.set()

    def _record(self) -> int:
        sent: list[Sent] = []
        while not self._outcomes.empty():
            sent.append(self._outcomes.get())
        if sent:
            record: Callable[..., None] = self.pipeline.record
            self.writer.write(lambda tx: record(tx, sent), cases=[one.page.case for one in sent])
        return len(sent)
