"""How often somebody may try to sign in: counted in the database, so that every node counts what all of them saw."""

from dataclasses import dataclass

from tocsin.core.clock import MINUTE
from tocsin.core.ids import IdMint
from tocsin.people.tables import sign_in_attempts
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

WINDOW = 15 * MINUTE


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failures of the last quarter of an hour. An account may fail more often from many addresses than from one, so
    that a stranger who guesses does not lock its owner out at once."""

    database: Database
    writer: GroupWriter
    mint: IdMint
    per_pair: int = 8
    per_account: int = 60
    per_address: int = 120

    def begin(self, account: str, address: str, now: int) -> int | None:
        """Count a try before its password is looked at, so that many at once are no way around the limit; of nodes that
        count in the same instant each may let one through. None, or the microseconds to wait where there were too many,
        which does not count, and writes nothing."""
        with self.database.reading(now) as tx:
            wait = self._wait(tx, account, address, now)
        return wait or self.writer.write(lambda tx: self._count(tx, account, address, now))

    def succeeded(self, account: str, address: str) -> None:
        """The right password: what failed before from there is forgotten, and this was no failure."""
        self.writer.write(lambda tx: _forgive(tx, account, address))

    def unlock(self, account: str, now: int) -> int:
        """Let this account try again at once, and whoever comes from an address that is closed to all; how many tries
        were forgotten."""
        closed = "SELECT address FROM sign_in_attempts WHERE at > ? GROUP BY address HAVING count(*) >= ?"
        return self.writer.write(
            lambda tx: tx.run(
                f"DELETE FROM sign_in_attempts WHERE account = ? OR address IN ({closed})",
                (account, now - WINDOW, self.per_address),
            )
        )

    def _count(self, tx: Tx, account: str, address: str, now: int) -> int | None:
        wait = self._wait(tx, account, address, now)
        if not wait:
            tx.insert(sign_in_attempts, [(self.mint.new(now), account, address, now, False)])
        return wait

    def _wait(self, tx: Tx, account: str, address: str, now: int) -> int | None:
        """The longest of what the three limits ask for."""
        limits = (
            ("account = ? AND address = ? AND NOT forgiven", (account, address), self.per_pair),
            ("account = ?", (account,), self.per_account),
            ("address = ?", (address,), self.per_address),
        )
        return max((_over(tx, which, values, most, now) for which, values, most in limits), default=0) or None


def sweep(tx: Tx) -> int:
    """Forget what no longer counts; how many."""
    return tx.run("DELETE FROM sign_in_attempts WHERE at <= ?", (tx.now - WINDOW,))


def _over(tx: Tx, which: str, values: tuple[str, ...], most: int, now: int) -> int:
    """Microseconds until there are fewer than `most` of these again; 0 where there are."""
    found = tx.row(f"SELECT count(*), min(at) FROM sign_in_attempts WHERE {which} AND at > ?", (*values, now - WINDOW))
    return found[1] + WINDOW - now if found and found[0] >= most else 0


def _forgive(tx: Tx, account: str, address: str) -> None:
    """One try the less for account and address, and none any more for both together."""
    here = "account = ? AND address = ?"
    newest = f"SELECT max(id) FROM sign_in_attempts WHERE {here} AND NOT forgiven"
    tx.run(f"DELETE FROM sign_in_attempts WHERE id = ({newest})", (account, address))
    tx.run(f"UPDATE sign_in_attempts SET forgiven = ? WHERE {here}", (True, account, address))
