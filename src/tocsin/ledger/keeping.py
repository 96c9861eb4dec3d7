"""Things that are administered, and kept by the journal as cases are: users, teams, tokens, accounts and the like.

Each row of such a table has a chain of its own. An event says which values the row has from then on, so the row
follows from its events, and whoever proves the record can make it again. What is secret stands in an event as a digest
only. `Kept` writes row and event together; a package declares one for each of its tables, beside the kinds of its
events.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Column, LargeBinary, Table

from tocsin.core import addresses, canonical, ids
from tocsin.core.errors import Conflict
from tocsin.core.wording import say
from tocsin.ledger.chain import of_thing
from tocsin.ledger.journal import Event, Journal
from tocsin.ledger.kinds import KINDS, EventKind
from tocsin.ledger.words import Reads
from tocsin.storage.transaction import Row, Tx

Values = Mapping[str, Any]


class What(NamedTuple):
    """Something that may happen to a thing: in words, how its event reads, and the fields that this may have; none
    named: all, as where it begins."""

    says: str
    reads: Reads
    fields: tuple[str, ...] = ()


class Part(NamedTuple):
    """Rows of another table that belong to a thing. `owner`: the column that holds its id; `fields`: what its events
    say of them; `fold`: the rows after an event, from the id, the rows before it and what it says."""

    table: Table
    owner: str
    fields: tuple[str, ...]
    fold: Callable[[int, Sequence[Row], Values], Sequence[Row]]


@dataclass(frozen=True)
class Kept:
    """A table whose rows the journal keeps; its key is `id`.

    `noun`: what a row is, and the family of its kinds of events; `name`: the column by which people know it; `happens`:
    what may happen to it, beginning with how it begins; `secret`: columns that an event tells as a digest;
    `public`: whether other systems may subscribe to its events.
    """

    table: Table
    noun: str
    name: str
    happens: Mapping[str, What]
    secret: frozenset[str] = frozenset()
    parts: tuple[Part, ...] = ()
    public: bool = False

    def __post_init__(self) -> None:
        for kind in self.kinds:
            KINDS.declare(kind)

    @cached_property
    def kinds(self) -> tuple[EventKind, ...]:
        """The kinds of its events."""
        own = (str(column.name) for column in self.table.columns if column.name != "id")
        every = (*own, *(name for part in self.parts for name in part.fields))
        return tuple(
            EventKind(self.kind(name), what.says, what.fields or every, not self.public, what.reads)
            for name, what in self.happens.items()
        )

    @property
    def beginning(self) -> str:
        """The kind of the first event of each."""
        return self.kind(next(iter(self.happens)))

    def kind(self, what: str) -> str:
        """The kind of event by what happens."""
        assert what in self.happens, what
        return f"{self.noun}.{what}"

    def tell(self, name: str, value: Any) -> Any:
        """The value of a column as events tell it: ids as text, documents as values, secrets as a digest."""
        column = self.table.columns[name]
        if value is None:
            return None
        if name in self.secret:
            return sha256(value.encode() if isinstance(value, str) else bytes(value)).hexdigest()
        return told(column, value)

    def begun(self, row: Row, by: str, **also: Any) -> tuple[int, list[Event]]:
        """The chain of a new row, and its first event; `also`: what it says of its parts. The row is the caller's to
        insert."""
        values = dict(zip(self.table.columns.keys(), row, strict=True))
        said = {name: self.tell(name, value) for name, value in values.items() if name != "id"}
        return of_thing(values["id"]), [self._event(self.beginning, said | also, by)]

    def add(self, tx: Tx, journal: Journal, row: Row, by: str, **also: Any) -> None:
        """Insert a row, in the table's order, and begin its chain."""
        tx.insert(self.table, [row])
        journal.begin(tx, [self.begun(row, by, **also)])

    def change(self, tx: Tx, journal: Journal, thing: int, changes: Values, by: str, what: str, **also: Any) -> None:
        """Give a row these values and write it down; nothing where it has them already. `also`: what is new of its
        parts, which are the caller's to store."""
        new = self._new(tx, thing, changes)
        if new:
            names = ", ".join(f"{name} = ?" for name in new)
            tx.run(f"UPDATE {self.table.name} SET {names} WHERE id = ?", (*new.values(), thing))
        if new or also:
            self.note(tx, journal, {thing: new}, by, what, **also)

    def note(self, tx: Tx, journal: Journal, changed: Mapping[int, Values], by: str, what: str, **also: Any) -> None:
        """Write down what the caller has changed: new values by id. Conflict for a row that no event accounts for."""
        kind = self.kind(what)
        heads = journal.heads(tx, [of_thing(thing) for thing in changed])
        batch = []
        for thing, values in changed.items():
            if of_thing(thing) not in heads:
                raise Conflict(
                    say("the record was changed from outside"),
                    place=f"{self.noun} {ids.to_text(thing)}",
                    expected=say("`tocsin audit verify` to be clean"),
                )
            said = {name: self.tell(name, value) for name, value in values.items()}
            batch.append((of_thing(thing), heads[of_thing(thing)], [self._event(kind, said | also, by)]))
        if batch:
            journal.extend(tx, batch)

    def _event(self, kind: str, said: dict[str, Any], by: str) -> Event:
        """TypeError for a field that the kind does not have."""
        if unknown := said.keys() - KINDS[kind].fields:
            raise TypeError(f"{kind} has no field {', '.join(sorted(unknown))}")
        return Event(kind, said, by)

    def _new(self, tx: Tx, thing: int, changes: Values) -> dict[str, Any]:
        """Those of these values that the row does not have. It is locked until the transaction ends."""
        if not changes:
            return {}
        lock = " FOR UPDATE" if tx.dialect == "postgresql" else ""
        stored = tx.row(f"SELECT {', '.join(changes)} FROM {self.table.name} WHERE id = ?{lock}", (thing,))
        assert stored is not None, f"there is no {self.noun} {thing}"
        return {
            name: value
            for (name, value), old in zip(changes.items(), stored, strict=True)
            if value != (bytes(old) if isinstance(old, memoryview) else old)
        }


def told(column: Column[Any], value: Any) -> Any:
    """The value of a column that is no secret, as events tell it."""
    if column.foreign_keys:
        return ids.to_text(value) if 0 <= value < 1 << 63 else value
    if isinstance(column.type, LargeBinary):
        return _document(bytes(value))
    if isinstance(column.type, Boolean) and value in (0, 1):
        return bool(value)
    return value


def _document(body: bytes) -> Any:
    """The value of canonical JSON; what is not, which Tocsin never writes, in hexadecimal."""
    try:
        value = canonical.decode(body)
    except ValueError:
        return body.hex()
    return value if canonical.encode(value) == body else body.hex()


def name_of(tx: Tx, kept: Sequence[Kept], thing: int) -> str | None:
    """How people call the thing with this id, such as `user dana`; None where there is none."""
    for each in kept:
        row = tx.row(f"SELECT {each.name} FROM {each.table.name} WHERE id = ?", (thing,))
        if row is not None:
            return f"{each.noun} {addresses.masked(str(row[0]))}"
    return None
