"""Nodes of one installation over one database."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.stories.starter import STARTER
from tests.testing import MONDAY, SECRET, World, world
from tocsin import runtime
from tocsin.cases.opening import Opened
from tocsin.core.clock import VirtualClock
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

Run = Callable[[Installation, Tx], Opened]


class Nodes:
    def __init__(self, url: str) -> None:
        self.world: World = world(url, STARTER)
        self.first = self.world.installation
        self.second = runtime.build(url, SECRET, clock=VirtualClock(MONDAY), carrier=runtime.Inline())

    def meet(self, first: Run, second: Run) -> tuple[Opened, Opened]:
        """Run both at once: the second one reads before the first one commits, and waits for it."""
        done, go = threading.Event(), threading.Event()

        def holds(tx: Tx) -> Opened:
            opened = first(self.first, tx)
            done.set()
            assert go.wait(20)
            return opened

        with ThreadPoolExecutor(2) as pool:
            ahead = pool.submit(self.first.writer.write, holds)
            try:
                assert done.wait(20)
                behind = pool.submit(self.second.writer.write, lambda tx: second(self.second, tx))
                while not self._waits() and not behind.done():
                    threading.Event().wait(0.01)
                assert not behind.done(), "they did not meet"
            finally:
                go.set()
            return ahead.result(30), behind.result(30)

    def rows(self, statement: str, *parameters: Any) -> list[Any]:
        with self.first.database.reading() as tx:
            return tx.rows(statement, parameters)

    def _waits(self) -> bool:
        return bool(self.rows("SELECT 1 FROM pg_locks WHERE NOT granted"))
