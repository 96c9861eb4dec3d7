"""Holding on to the node's number. Ids are unique because a number has one holder: a process that has lost its number,
or cannot prove that it still holds it, mints nothing more and ends. Whoever has a file to himself proves it by that: a
disk that is full for long ends him not."""

from collections.abc import Callable
from dataclasses import dataclass

from tocsin.core.ids import IdMint
from tocsin.core.logging import log
from tocsin.storage.nodes import LEASE, Node
from tocsin.storage.writer import GroupWriter

EVERY = LEASE // 3
AGAIN = LEASE // 30  # after a renewal that failed


@dataclass(slots=True)
class Keeper:
    """`on_lost` is called once; it ends the process in good order. `alone`: no other process can take the number."""

    node: Node
    mint: IdMint
    writer: GroupWriter
    on_lost: Callable[[], None]
    alone: bool = False
    next_at: int = 0
    held_until: int | None = None
    lost: bool = False

    def step(self, now: int) -> int:
        """Renew the lease when a third of it is over; how many renewals."""
        if self.lost:
            return 0
        if not self.alone and self.held_until is not None and now >= self.held_until:
            self._lose("the lease ran out before it could be renewed")
            return 0
        if now < self.next_at:
            return 0
        self.next_at = now + AGAIN
        if not self.writer.write(self.node.renew):
            self._lose("another process holds the number")
            return 0
        self.next_at, self.held_until = now + EVERY, now + LEASE
        return 1

    def release(self) -> None:
        """Give the number back, at the end of a process that had one."""
        if self.node.holder and not self.lost:
            self.writer.write(self.node.release)

    def _lose(self, why: str) -> None:
        self.lost = True
        self.mint.retire()
        log.critical("node.lost", number=self.node.number, why=why)
        self.on_lost()
