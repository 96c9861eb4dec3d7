"""Things that are administered under proof: every row is made again from the events of its chain and compared, column
by column, with the row that there is; its parts likewise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table

from tocsin.core import canonical, ids
from tocsin.ledger.chain import of_thing, thing_of
from tocsin.ledger.events import Erased
from tocsin.ledger.findings import Finding, RecordPlace
from tocsin.ledger.keeping import Kept, Part, told
from tocsin.ledger.walk import StoredEvent
from tocsin.storage.transaction import Row, Tx

_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1
_Rows = dict[str, dict[int, list[Row]]]  # by table and by the id of the thing


@dataclass(slots=True)
class _Folded:
    """What the events of a thing add up to. `values` as events tell them; `parts` by table; `lost`: columns and tables
    of which an erased payload may have said something."""

    kept: Kept
    values: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, Sequence[Row]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)

    def take(self, thing: int, body: bytes | None) -> None:
        columns = {column.name for column in self.kept.table.columns if column.name != "id"}
        if body is None:
            self.lost |= columns | {part.table.name for part in self.kept.parts}
            return
        said = canonical.decode(body)
        self.values.update({name: value for name, value in said.items() if name in columns})
        self.lost -= said.keys()
        for part in self.kept.parts:
            self.parts[part.table.name] = part.fold(thing, self.parts.get(part.table.name, ()), said)


@dataclass(slots=True)
class Things:
    """A witness of the chains of things. `unproved` counts values that rested on erased payloads."""

    kept: Sequence[Kept]
    unproved: int = 0
    _rows: _Rows = field(default_factory=dict)
    _folded: _Folded | None = None
    _error: str | None = None

    def look(self, tx: Tx, low: int, high: int) -> None:
        """Chains of things are negative: the window of chains is one of ids, from behind. What stands below every id is
        read with the last of them."""
        self._rows = {}
        if low > of_thing(1):
            return
        first = _LOWEST if high >= of_thing(1) else of_thing(high)
        last = _HIGHEST if low <= of_thing(_HIGHEST) else of_thing(low)
        for kept in self.kept:
            self._rows[kept.table.name] = _read(tx, kept.table, "id", first, last)
            for part in kept.parts:
                self._rows[part.table.name] = _read(tx, part.table, part.owner, first, last)

    def hear(self, event: StoredEvent) -> None:
        thing = thing_of(event.chain)
        if thing is None or event.kind == Erased.KIND or self._error is not None:
            return
        if self._folded is None:
            kept = next((each for each in self.kept if each.beginning == event.kind), None)
            if kept is None:
                self._error = f"they begin with {event.kind!r}"
                return
            self._folded = _Folded(kept)
        if event.kind not in {kind.name for kind in self._folded.kept.kinds}:
            self._error = f"{event.kind!r} does not happen to a {self._folded.kept.noun}"
            return
        try:
            self._folded.take(thing, event.body)
        except (ValueError, KeyError, TypeError, AttributeError):
            self._error = f"event {event.seq} cannot be read"

    def judge(self, chain: int, sound: bool) -> Iterator[Finding]:
        thing = thing_of(chain)
        if thing is None:
            return
        folded, error = self._folded, self._error
        self._folded, self._error = None, None
        stored = {table: rows.pop(thing, []) for table, rows in self._rows.items()}
        if not sound:
            return
        if error or folded is None:
            yield Finding(RecordPlace("events", chain), f"the events do not make a thing: {error or 'there are none'}")
            return
        self.unproved += len(folded.lost)
        yield from _compare(chain, folded, stored.pop(folded.kept.table.name))
        for part in folded.kept.parts:
            expected, found = folded.parts.get(part.table.name, ()), stored.pop(part.table.name)
            if part.table.name not in folded.lost:
                yield from _parts(chain, part, expected, found)
        for table, rows in stored.items():
            if rows:
                yield Finding(
                    RecordPlace(table, chain, row=table), "no event accounts for the row", found=_shown(rows[0])
                )

    def leftovers(self) -> Iterator[Finding]:
        for table, things in self._rows.items():
            for thing in sorted(things):
                place = RecordPlace(
                    table, of_thing(thing) if thing > 0 else None, row=f"{table} {_shown(things[thing][0])}"
                )
                yield Finding(place, "no event accounts for the row")

    def conclude(self, tx: Tx) -> Iterator[Finding]:
        yield from ()


def _read(tx: Tx, table: Table, owner: str, first: int, last: int) -> dict[int, list[Row]]:
    names = table.columns.keys()
    place = names.index(owner)
    found: dict[int, list[Row]] = {}
    for row in tx.rows(
        f"SELECT {', '.join(names)} FROM {table.name} WHERE {owner} >= ? AND {owner} <= ?", (first, last)
    ):
        found.setdefault(row[place], []).append(row)
    return found


def _compare(chain: int, folded: _Folded, rows: Sequence[Row]) -> Iterator[Finding]:
    kept = folded.kept
    if not rows:
        known = folded.values.get(kept.name)
        place = RecordPlace(
            kept.table.name, chain, row=kept.noun, thing=None if known is None else f"{kept.noun} {known}"
        )
        yield Finding(place, f"the row of the {kept.noun} is missing")
        return
    for name, value in zip(kept.table.columns.keys(), rows[0], strict=True):
        if name == "id" or name in folded.lost:
            continue
        expected, found = folded.values.get(name), kept.tell(name, value)
        if canonical.encode(expected) != canonical.encode(found):
            place = RecordPlace(kept.table.name, chain, row=name)
            yield Finding(place, f"{name} is not what the events say", expected, found)


def _parts(chain: int, part: Part, expected: Sequence[Row], found: Sequence[Row]) -> Iterator[Finding]:
    """Missing and additional rows, and such as differ."""
    names = part.table.columns.keys()
    key = [names.index(column.name) for column in part.table.primary_key.columns]
    wanted, stored = _by_key(expected, key), _by_key(found, key)
    for each in sorted(wanted.keys() | stored.keys()):
        place = RecordPlace(part.table.name, chain, row=f"{part.table.name} {_shown(each)}")
        if each not in stored:
            yield Finding(place, "the row is missing", _shown(wanted[each]))
        elif each not in wanted:
            yield Finding(place, "no event accounts for the row", found=_shown(stored[each]))
        elif wanted[each] != stored[each]:
            what = "the row is not what the events say"
            one, other = wanted[each], stored[each]
            yield Finding(place, what, _differing(part, one, other), _differing(part, other, one))


def _differing(part: Part, row: Row, other: Row) -> dict[str, Any]:
    """The values of a row that are not those of another, by column, as events tell them."""
    columns = zip(part.table.columns, row, other, strict=True)
    return {column.name: told(column, value) for column, value, against in columns if value != against}


def _by_key(rows: Sequence[Row], key: Sequence[int]) -> Mapping[Row, Row]:
    plain = [tuple(bytes(value) if isinstance(value, memoryview) else value for value in row) for row in rows]
    return {tuple(row[place] for place in key): row for row in plain}


def _shown(row: Row) -> str:
    """A row for people, without documents and what is secret."""
    return ", ".join(
        ids.to_text(value)
        if isinstance(value, int) and value > 1 << 40 and value < 1 << 63 and place == 0
        else repr(value)
        for place, value in enumerate(row)
        if not isinstance(value, bytes)
    )
