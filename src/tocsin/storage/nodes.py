"""Node numbers: each process leases one from the database, so that no two mint the same id.

A lease is as good as the clocks that measure it. So its holder proves it in every group, by a name that is used once.
Ids are minted at the instant of their group, which was read before the proof; whoever takes the number mints later
ones. And a number is used again as late as can be.
"""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.core.clock import MINUTE
from tocsin.core.errors import Unavailable
from tocsin.core.ids import NODES
from tocsin.core.wording import say
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

LEASE = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Node:
    """A leased number. A process renews it well before `LEASE` is over, proves it in every group, and mints no more
    once it cannot. `holder` is a name that no other process has, nor had."""

    number: int
    holder: str

    @classmethod
    def nobody(cls) -> "Node":
        """For a process that only reads, and so mints nothing."""
        return cls(0, "")

    @classmethod
    def claim(cls, writer: GroupWriter) -> "Node":
        """A number that nobody holds. Unavailable when every number is taken."""
        holder = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(4).hex()}"
        return writer.write(lambda tx: cls(_take(tx, holder), holder))

    def renew(self, tx: Tx) -> bool:
        """Hold on to the number; False where it was lost to another process."""
        return bool(
            tx.run(
                "UPDATE nodes SET leased_until = ? WHERE number = ? AND holder = ?",
                (tx.now + LEASE, self.number, self.holder),
            )
        )

    def holds(self, tx: Tx) -> bool:
        """Whether the number is still this process's, as this transaction sees it."""
        return tx.row("SELECT 1 FROM nodes WHERE number = ? AND holder = ?", (self.number, self.holder)) is not None

    def release(self, tx: Tx) -> None:
        tx.run("UPDATE nodes SET leased_until = ? WHERE number = ? AND holder = ?", (tx.now, self.number, self.holder))


def _take(tx: Tx, holder: str) -> int:
    if tx.dialect == "postgresql":
        tx.rows("SELECT pg_advisory_xact_lock(7463)")  # two that start together take turns
    leases: dict[int, int] = dict(tx.rows("SELECT number, leased_until FROM nodes WHERE number >= 0"))
    free = _free(leases, tx.now)
    if free is None:
        raise Unavailable(say("all {nodes} node numbers are leased", nodes=NODES), expected=say("fewer processes"))
    tx.run(
        "INSERT INTO nodes (number, holder, leased_until) VALUES (?, ?, ?)"
        " ON CONFLICT (number) DO UPDATE SET holder = excluded.holder, leased_until = excluded.leased_until",
        (free, holder, tx.now + LEASE),
    )
    return free


def _free(leases: Mapping[int, int], now: int) -> int | None:
    """The lowest number that was never leased, else the one whose lease ended first: whoever had it may be alive, and
    only the clock have jumped."""
    unused = next((number for number in range(NODES) if number not in leases), None)
    if unused is not None:
        return unused
    number = min(leases, key=lambda number: (leases[number], number))
    return number if leases[number] <= now else None
