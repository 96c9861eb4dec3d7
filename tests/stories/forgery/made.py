"""What a forger does to one row, and where it must be found."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

from tocsin.ledger.findings import Finding
from tocsin.storage.transaction import Tx
from tocsin.tables import metadata


class Nothing(Exception):
    """There is no row that this can be done to."""


@dataclass(frozen=True)
class Edit:
    """`chain`, `seq` and `row` must be named by one finding; `row` in part. `touched`: findings in other chains than
    these would be false; None where there is no such limit."""

    what: str
    chain: int | None = None
    seq: int | None = None
    row: str = ""
    touched: frozenset[int] | None = None

    def found_by(self, finding: Finding) -> bool:
        place = finding.place
        return (
            (self.chain is None or place.chain == self.chain)
            and (self.seq is None or place.seq == self.seq)
            and self.row in place.row
        )


Forger = Callable[[Tx, Random], Edit]


class Kind(NamedTuple):
    """A way to falsify, by name."""

    name: str
    do: Forger


def pick(tx: Tx, chance: Random, table: str, where: str = "1 = 1", parameters: tuple[Any, ...] = ()) -> dict[str, Any]:
    """A row by chance; the same one for the same chance on every database."""
    columns = [column.name for column in metadata.tables[table].columns]
    key = ", ".join(column.name for column in metadata.tables[table].primary_key.columns)
    names = ", ".join(columns)
    rows = tx.rows(f"SELECT {names} FROM {table} WHERE {where} ORDER BY {key}", parameters)
    if not rows:
        raise Nothing(table)
    return dict(zip(columns, chance.choice(rows), strict=True))


def update(tx: Tx, table: str, row: dict[str, Any], **changes: Any) -> None:
    key = [column.name for column in metadata.tables[table].primary_key.columns]
    done = tx.run(
        f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in changes)}"
        f" WHERE {' AND '.join(f'{name} = ?' for name in key)}",
        (*changes.values(), *(row[name] for name in key)),
    )
    assert done == 1, (table, row)


def delete(tx: Tx, table: str, row: dict[str, Any]) -> None:
    key = [column.name for column in metadata.tables[table].primary_key.columns]
    values = [row[name] for name in key]
    assert tx.run(f"DELETE FROM {table} WHERE {' AND '.join(f'{name} = ?' for name in key)}", values) == 1, (table, row)


def insert(tx: Tx, table: str, row: dict[str, Any]) -> None:
    tx.insert(metadata.tables[table], [tuple(row[column.name] for column in metadata.tables[table].columns)])
