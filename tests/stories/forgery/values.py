"""One value of one row is changed: a kind for every column that the proof covers."""

from random import Random
from typing import Any

from sqlalchemy import Boolean, Column, Float, LargeBinary, Text

from tests.stories.forgery.made import Edit, Kind, delete, insert, pick, update
from tocsin.core import ids
from tocsin.storage.transaction import Tx
from tocsin.tables import metadata

# Which rows count where not all do: a counter of nought says as much as none, and not all that is queued or sent
# belongs to a case.
_WHERE = {"loads": "open_cases <> 0", "work": "kind = 'case'", "notifications": "kind IN ('page', 'call')"}
# What becomes of a page is written down by whoever sends it, in its row only.
_UNPROVED = {
    "notifications": {
        *("id", "attempts", "queued_at", "sent_at", "settled_at", "error", "content", "digest", "reference"),
        *("acknowledged_at", "declined_at"),  # `rows` declines for whoever did not
    }
}
_CHAIN = {"events": "chain", "payloads": "chain", "chains": "chain", "cases": "id", "work": "subject"}
_TABLES = (
    *(
        "events",
        "payloads",
        "chains",
        "checkpoints",
        "cases",
        "clocks",
        "escalations",
        "calls",
        "case_keys",
        "case_spans",
        "loads",
        "work",
    ),
    "notifications",
)


def kinds() -> list[Kind]:
    return [
        Kind(f"change {table}.{column.name}", _changer(table, column))
        for table in _TABLES
        for column in metadata.tables[table].columns
        if column.name not in _UNPROVED.get(table, ())
    ]


def _changer(table: str, column: Column[Any]) -> Any:
    def change(tx: Tx, chance: Random) -> Edit:
        row = pick(tx, chance, table, _WHERE.get(table, "1 = 1"))
        other = pick(tx, chance, table)[column.name]
        value = another(chance, column, row[column.name], other)
        if column.primary_key:
            delete(tx, table, row)
            insert(tx, table, row | {column.name: value})
        else:
            update(tx, table, row, **{column.name: value})
        what = f"{table}.{column.name} of {_brief(row)} from {row[column.name]!r} to {value!r}"
        return _edit(table, column, row, value, what)

    return change


def _edit(table: str, column: Column[Any], row: dict[str, Any], value: Any, what: str) -> Edit:
    if table == "loads":
        return Edit(what, row=ids.to_text(row["user_id"]), touched=frozenset())
    if table == "checkpoints":
        number = row["number"]
        after = f"checkpoint {number + 1}" if column.name == "tip" and value != row["tip"] and row["tip"] else ""
        return Edit(what, row=after or f"checkpoint {number}")
    chain = row[_CHAIN.get(table, "case_id")]
    seq = row["seq"] if table in ("events", "payloads") and column.name != "seq" else None
    touched = None if column.primary_key or column.foreign_keys or table == "case_keys" else frozenset({chain})
    if column.name in ("source", "external_id"):  # tickets of cases lead elsewhere now
        touched = None
    return Edit(what, chain, None if column.name == "chain" else seq, touched=touched)


def another(chance: Random, column: Column[Any], old: Any, other: Any) -> Any:
    """A value of the column's type that is not the old one."""
    while True:
        value = other if chance.random() < 0.4 else _fresh(chance, column, old)
        if value != old or (value is None) != (old is None):
            return value


def _fresh(chance: Random, column: Column[Any], old: Any) -> Any:
    if column.nullable and old is not None and chance.random() < 0.3:
        return None
    kind = column.type
    if isinstance(kind, Boolean):
        return not old
    if isinstance(kind, Float):
        return (old or 0.0) + chance.choice((-1.0, 0.001, 40.0))
    if isinstance(kind, LargeBinary):
        return _bytes(chance, old or b"\0")
    if isinstance(kind, Text):
        return chance.choice((f"{old}x", "", "standard", "engine", f"{old}"[:-1]))
    return (old or 0) + chance.choice((-1, 1, 1_000_000, -60_000_000, 1 << 40))


def _bytes(chance: Random, old: bytes) -> bytes:
    changed = bytearray(old or b"\0")
    place = chance.randrange(len(changed))
    changed[place] ^= 1 << chance.randrange(8)
    return bytes(changed) if chance.random() < 0.8 else bytes(changed[:place])


def _brief(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if isinstance(value, int | str)}
