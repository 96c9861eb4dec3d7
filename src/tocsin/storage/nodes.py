"""Node numbers: each process leases one from the database, so that no two mint the same id."""

import os
import socket
from dataclasses import dataclass

from tocsin.core.clock import MINUTE
from tocsin.core.errors import Unavailable
from tocsin.core.ids import NODES
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

LEASE = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Node:
    """A leased number. A process renews it well before `LEASE` is over, and stops minting when it cannot."""

    number: int
    holder: str

    @classmethod
    def nobody(cls) -> "Node":
        """For a process that only reads, and so mints nothing."""
        return cls(0, "")

    @classmethod
    def claim(cls, writer: GroupWriter) -> "Node":
        """The lowest number that nobody holds. Unavailable when every number is taken."""
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

    def release(self, tx: Tx) -> None:
        tx.run("DELETE FROM nodes WHERE number = ? AND holder = ?", (self.number, self.holder))


def _take(tx: Tx, holder: str) -> int:
    if tx.dialect == "postgresql":
        tx.rows("SELECT pg_advisory_xact_lock(7463)")  # two that start together take turns
    held = {row[0] for row in tx.rows("SELECT number FROM nodes WHERE leased_until > ?", (tx.now,))}
    free = next((number for number in range(NODES) if number not in held), None)
    if free is None:
        raise Unavailable(f"all {NODES} node numbers are leased", expected="fewer processes")
    tx.run(
        "INSERT INTO nodes (number, holder, leased_until) VALUES (?, ?, ?)"
        " ON CONFLICT (number) DO UPDATE SET holder = excluded.holder, leased_until = excluded.leased_until",
        (free, holder, tx.now + LEASE),
    )
    return free
