"""Which rows of a ticket count, where a file has several: the first, the last, or each that says something new.

They remember something of each ticket, up to about 250 bytes; it does not grow with the rows.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple, Protocol

from tocsin.core.errors import InvalidInput
from tocsin.intake.csv_rows import Record, Refused
from tocsin.intake.mapping.model import CaseMapping
from tocsin.intake.mapping.rows import BoundMapping

_DIGEST = 16  # bytes


class Pick(NamedTuple):
    """A row that counts. `key`: by which it is known when it comes again; None where only its ticket is."""

    key: bytes | None


class Picker(Protocol):
    def pick(self, external_id: str, record: Record) -> Pick | None:
        """None: the row is passed over."""
        ...


class First:
    """The first row of each ticket, even one that is then refused: the next would be another story."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def pick(self, external_id: str, record: Record) -> Pick | None:
        if external_id in self._seen:
            return None
        self._seen.add(external_id)
        return Pick(None)


class Last:
    """The last row of each ticket. It needs the file read once before."""

    def __init__(self, rows: Iterable[Record | Refused], bound: BoundMapping) -> None:
        self._lines: dict[str, int] = {}
        for row in rows:
            if isinstance(row, Record):
                try:
                    self._lines[bound.external_id(row)] = row.line
                except InvalidInput:
                    continue  # reported when its turn comes

    def pick(self, external_id: str, record: Record) -> Pick | None:
        return Pick(None) if self._lines.get(external_id) == record.line else None


class Each:
    """Each row in which a mapped column differs from the ticket's row before.

    Its key stands for all that the file has said of the ticket so far. So the same file again, or the same file grown
    longer, brings nothing twice; and a ticket whose impact goes up and down again is not mistaken for the old one.
    """

    def __init__(self, source: Callable[[Sequence[str]], str], used: Sequence[int]) -> None:
        self._source = source
        self._used = used
        self._last: dict[str, bytes] = {}

    def pick(self, external_id: str, record: Record) -> Pick | None:
        said = _digest("\0".join([record.fields[place] for place in self._used]).encode())
        before = self._last.get(external_id)
        if before is None:
            key = _digest(b"\0".join((self._source(record.fields).encode(), external_id.encode(), said)))
        elif before[:_DIGEST] == said:
            return None
        else:
            key = _digest(before[_DIGEST:] + said)
        self._last[external_id] = said + key
        return Pick(key)


def picker(mapping: CaseMapping, bound: BoundMapping, rows: Callable[[], Iterable[Record | Refused]]) -> Picker:
    """What the mapping's `row` asks for. `rows` reads the file from its beginning."""
    if mapping.row == "each":
        return Each(bound.source, bound.used)
    return Last(rows(), bound) if mapping.row == "last" else First()


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST).digest()
