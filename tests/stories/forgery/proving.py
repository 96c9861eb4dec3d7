"""A record behind the back of Tocsin, and what the proof says of it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random
from typing import Any

from tests.stories.forgery.made import Edit, Kind, Nothing
from tests.testing import SECRET
from tocsin import audit
from tocsin.audit import Keys, Report
from tocsin.ledger.findings import Finding
from tocsin.storage.database import Database
from tocsin.storage.seam import is_driver_error
from tocsin.storage.transaction import Tx

KEYS = Keys.of(SECRET)


class Undone(Exception):
    """Ends a savepoint."""


@contextmanager
def unguarded(url: str) -> Iterator[Tx]:
    """A transaction in which no constraint holds a forger up, and which is undone in the end."""
    database = Database(url)
    if database.dialect == "sqlite":
        raw: Any = database.writer.raw_connection()
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.close()
    with database.writer.connect() as connection:
        tx = Tx(connection, database.dialect, 0)
        if database.dialect == "postgresql":
            for table, name in tx.rows(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f'"
            ):
                tx.run(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        yield tx
        connection.rollback()
    database.close()


def prove(tx: Tx) -> list[Finding]:
    return list(audit.verify(tx, KEYS, Report()))


def tried(tx: Tx, kind: Kind, chance: Random) -> tuple[Edit, list[Finding]]:
    """A falsification that the database lets through, and what the proof says of it; undone."""
    for _ in range(100):
        try:
            result: list[tuple[Edit, list[Finding]]] = []
            with suppress(Undone), tx.savepoint("forgery"):
                edit = kind.do(tx, chance)
                result.append((edit, prove(tx)))
                raise Undone
            return result[0]
        except Nothing:
            pass
        except Exception as error:
            if not is_driver_error(error, "IntegrityError"):  # a number that is taken, or out of range
                raise
    raise AssertionError(f"{kind.name} could not be done")
