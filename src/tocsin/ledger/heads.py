"""The heads of many chains in one value: what a checkpoint signs."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tocsin.storage.transaction import Tx

_ENTRY = struct.Struct(">qq32s")


class ChainHead(NamedTuple):
    """A chain had so many events, and the last of them this hash."""

    chain: int
    length: int
    hash: bytes


class Heads:
    """Entries in the order of their chains, 48 bytes each; searched without unpacking them all."""

    __slots__ = ("packed",)

    def __init__(self, packed: bytes) -> None:
        self.packed = packed

    @classmethod
    def of(cls, entries: Iterable[ChainHead]) -> "Heads":
        return cls(b"".join([_ENTRY.pack(*entry) for entry in sorted(entries)]))

    def __len__(self) -> int:
        return len(self.packed) // _ENTRY.size

    def __iter__(self) -> Iterator[ChainHead]:
        return (ChainHead(*found) for found in _ENTRY.iter_unpack(self.packed))

    def find(self, chain: int) -> ChainHead | None:
        """The entry of a chain, if there is one."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            entry = ChainHead(*_ENTRY.unpack_from(self.packed, middle * _ENTRY.size))
            if entry.chain == chain:
                return entry
            low, high = (middle + 1, high) if entry.chain < chain else (low, middle)
        return None


def hashes(tx: Tx, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """The hashes of events by chain and sequence, a few hundred at once; those that do not exist are left out."""
    if not wanted:
        return {}
    pairs = ",".join(["(?, ?)"] * len(wanted))
    rows = tx.rows(
        f"SELECT chain, seq, hash FROM events WHERE (chain, seq) IN (VALUES {pairs})",
        [value for pair in wanted for value in pair],
    )
    return {(row[0], row[1]): bytes(row[2]) for row in rows}
