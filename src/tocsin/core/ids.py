"""Ids that sort by time: 63-bit integers inside, 13 characters outside.

Layout, from the high bit: 42 bits of milliseconds since 2000-01-01, 10 bits of node, 11 bits of sequence. A node
number is leased from the database, so two processes never mint the same id; one file of SQLite has one node.
Integers, because an integer key costs a quarter of a random 128-bit one to insert.
"""

import threading

from tocsin.core.errors import InvalidInput, Unavailable
from tocsin.core.wording import say

_EPOCH_MS = 946_684_800_000
_NODE_BITS = 10
_SEQUENCE_BITS = 11
NODES = 1 << _NODE_BITS
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_LENGTH = 13


class IdMint:
    """Mints ids for one node. Safe to share between threads."""

    def __init__(self, node: int = 0) -> None:
        if not 0 <= node < NODES:
            raise ValueError(f"node {node} is outside 0..{NODES - 1}")
        self._node = node << _SEQUENCE_BITS
        self._last = -1
        self._sequence = 0
        self._retired = False
        self._lock = threading.Lock()

    def retire(self) -> None:
        """Mint no more, ever: the node's number may be another process's by now."""
        self._retired = True

    def new(self, now: int) -> int:
        """An id for the instant `now` (microseconds); larger than every id minted before by this node. Unavailable once
        retired."""
        with self._lock:
            if self._retired:
                raise Unavailable(
                    say("this process lost its node number and is shutting down"), expected=say("another process")
                )
            moment = max(now // 1000 - _EPOCH_MS, self._last, 0)
            if moment > self._last:
                self._last, self._sequence = moment, 0
            else:
                self._sequence += 1
                if self._sequence >> _SEQUENCE_BITS:  # this millisecond is full: borrow from the next
                    self._last, self._sequence = self._last + 1, 0
            return (self._last << (_NODE_BITS + _SEQUENCE_BITS)) | self._node | self._sequence


def least(at: int) -> int:
    """Below every id that is minted from an instant on (microseconds)."""
    return max(0, at // 1000 - _EPOCH_MS) << (_NODE_BITS + _SEQUENCE_BITS)


def to_text(identifier: int) -> str:
    """13 characters that sort as the integers do."""
    pairs = _PAIRS
    return (
        _ALPHABET[identifier >> 60]
        + pairs[identifier >> 50 & 1023]
        + pairs[identifier >> 40 & 1023]
        + pairs[identifier >> 30 & 1023]
        + pairs[identifier >> 20 & 1023]
        + pairs[identifier >> 10 & 1023]
        + pairs[identifier & 1023]
    )


def from_text(text: str, what: str = "id") -> int:
    """The integer behind an id; InvalidInput for anything that is not one."""
    value = 0
    for letter in text.lower():
        digit = _VALUES.get(letter)
        if digit is None:
            break
        value = value << 5 | digit
    else:
        if len(text) == _LENGTH and value < 1 << 63:
            return value
    raise InvalidInput(
        say("{given} is not an id", given=repr(text[:40])),
        place=what,
        expected=say("{length} letters and digits", length=_LENGTH),
    )
