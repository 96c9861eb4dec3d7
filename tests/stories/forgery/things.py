"""Rows of what is administered are changed, deleted, added and exchanged: kinds for every table that the journal keeps,
and for the versions of the policy."""

from random import Random
from typing import Any

from sqlalchemy import Column, Table

from tests.stories.forgery.made import Edit, Kind, Nothing, delete, insert, pick, update
from tests.stories.forgery.values import another
from tocsin.core import ids
from tocsin.events import KEPT
from tocsin.ledger.chain import of_thing
from tocsin.policy.tables import policy_activations, policy_versions
from tocsin.storage.transaction import Tx

_OWNER = {kept.table.name: "id" for kept in KEPT} | {
    part.table.name: part.owner for kept in KEPT for part in kept.parts
}
_TABLES = [
    *(kept.table for kept in KEPT),
    *(part.table for kept in KEPT for part in kept.parts),
    *(policy_versions, policy_activations),
]


def kinds() -> list[Kind]:
    found = [
        Kind(f"change {table.name}.{column.name}", _changer(table, column))
        for table in _TABLES
        for column in table.columns
    ]
    for table in _TABLES:
        found += [Kind(f"delete from {table.name}", _deleter(table)), Kind(f"add to {table.name}", _adder(table))]
        if table.name != "members":  # whose rows are nothing but keys
            found.append(Kind(f"exchange in {table.name}", _exchanger(table)))
    return found


def _changer(table: Table, column: Column[Any]) -> Any:
    def change(tx: Tx, chance: Random) -> Edit:
        row = pick(tx, chance, table.name)
        value = another(chance, column, row[column.name], pick(tx, chance, table.name)[column.name])
        if column.primary_key:
            delete(tx, table.name, row)
            insert(tx, table.name, row | {column.name: value})
        else:
            update(tx, table.name, row, **{column.name: value})
        name = "" if column.primary_key or len(table.primary_key.columns) > 1 else column.name
        return _edit(table, row, f"{column.name} from {row[column.name]!r} to {value!r}", name)

    return change


def _deleter(table: Table) -> Any:
    def remove(tx: Tx, chance: Random) -> Edit:
        row = pick(tx, chance, table.name)
        delete(tx, table.name, row)
        return _edit(table, row, "the row is deleted")

    return remove


def _adder(table: Table) -> Any:
    """Like another row, under a key, and names, of its own."""

    def add(tx: Tx, chance: Random) -> Edit:
        row = pick(tx, chance, table.name)
        key = list(table.primary_key.columns)[-1].name
        row |= {key: row[key] + 1 + chance.randrange(1 << 30)}
        for column in table.columns:
            if column.unique and not column.primary_key:
                row[column.name] += b"x" if isinstance(row[column.name], bytes) else "x"
        if table.name == "destinations":
            row["address"] += "x"
        insert(tx, table.name, row)
        return _edit(table, row, "a row is added")

    return add


def _exchanger(table: Table) -> Any:
    """Two rows take the values of each other, but for their keys and what must be unique."""

    def exchange(tx: Tx, chance: Random) -> Edit:
        one, two = pick(tx, chance, table.name), pick(tx, chance, table.name)
        names = [column.name for column in table.columns if not column.primary_key and not column.unique]
        if all(one[name] == two[name] for name in names):
            raise Nothing(table.name)
        for row in (one, two):
            delete(tx, table.name, row)
        for here, there in ((one, two), (two, one)):
            insert(tx, table.name, here | {name: there[name] for name in names})
        return _edit(table, one, f"exchanged with {two}")

    return exchange


def _edit(table: Table, row: dict[str, Any], what: str, name: str = "") -> Edit:
    told = f"{table.name} {row}: {what}"
    if table is policy_versions:
        return Edit(told, row=f"policy version {row['version']}")
    if table is policy_activations:
        return Edit(told, row=f"activation {ids.to_text(row['id'])}")
    chain = of_thing(row[_OWNER[table.name]])
    return Edit(told, chain, row=name)
