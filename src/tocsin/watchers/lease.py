"""Holding on to the node's number. Ids are unique because a number has one holder: a process that has lost its number
mints nothing more and ends. That it holds it is proved in every group of writes, for a clock that jumped may have given
the number to another process long before the lease was to be renewed. So a database that is away for long ends no
process. Whoever has a file alone proves it by that."""

from collections.abc import Callable
from dataclasses import dataclass

from tocsin.core.errors import Unavailable
from tocsin.core.ids import IdMint
from tocsin.core.logging import log
from tocsin.core.wording import say
from tocsin.storage.nodes import LEASE, Node
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

EVERY = LEASE // 3
AGAIN = LEASE // 30  # after a renewal that failed
_TAKEN = "another process holds the number"


@dataclass(slots=True)
class Keeper:
    """`on_lost` is called once; it ends the process in good order. `alone`: no other process can take the number."""

    node: Node
    mint: IdMint
    writer: GroupWriter
    on_lost: Callable[[], None]
    alone: bool = False
    next_at: int = 0
    lost: bool = False

    def step(self, now: int) -> int:
        """Renew the lease when a third of it is over; how many renewals."""
        if self.lost:
            return 0
        if now < self.next_at:
            return 0
        self.next_at = now + AGAIN
        try:
            held = self.writer.write(self.node.renew)
        except Unavailable:
            if self.lost:  # the group found out before
                return 0
            raise
        if not held:
            self._lose(_TAKEN)
            return 0
        self.next_at = now + EVERY
        return 1

    def prove(self, tx: Tx) -> None:
        """Unavailable in a group of a process that has lost its number: nothing of the group is written."""
        if self.alone:
            return
        if not self.lost and not self.node.holds(tx):
            self._lose(_TAKEN)
        if self.lost:
            raise Unavailable(
                say("this process lost its node number and is shutting down"), expected=say("another process")
            )

    def release(self) -> None:
        """Give the number back, at the end of a process that had one."""
        if self.node.holder and not self.lost:
            self.writer.write(self.node.release)

    def _lose(self, why: str) -> None:
        self.lost = True
        self.mint.retire()
        log.critical("node.lost", number=self.node.number, why=why)
        self.on_lost()
