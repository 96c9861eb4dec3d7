"""That writes fail: since when and why, and a write that tries whether they still do.

A group that changes nothing commits on a full disk, too, and a small change may still find room on a page that there
is. So what tells that writes are well again is a write of some size.
"""

import os
from typing import NamedTuple

from tocsin.core.errors import TocsinError, Unavailable
from tocsin.core.wording import say
from tocsin.storage.seam import reason
from tocsin.storage.transaction import Tx

_NOBODY = -1  # a number that no node can have
_BYTES = 64 * 1024


class Failure(NamedTuple):
    """`since`, `at`: the first and the last group that failed (microseconds); `why` names no place, for it is shown to
    whoever asks whether this process is ready."""

    since: int
    at: int
    why: str


def again(before: Failure | None, error: BaseException, now: int) -> Failure:
    """The failure after one more group."""
    why = error.detail if isinstance(error, TocsinError) else reason(error)
    return Failure(before.since if before else now, now, why)


def refusal(error: BaseException) -> TocsinError:
    """What the callers of a group that failed are told."""
    if isinstance(error, TocsinError):
        return error
    found = Unavailable(say("the database did not take the write"), expected=say("another try in a few seconds"))
    found.__cause__ = error
    return found


def fill(tx: Tx) -> None:
    """Write as much as some tickets would; `clear` takes it away, in a transaction of its own: what comes and goes in
    one never reaches the disk."""
    clear(tx)
    row = (_NOBODY, os.urandom(_BYTES // 2).hex(), 0)
    tx.run("INSERT INTO nodes (number, holder, leased_until) VALUES (?, ?, ?)", row)


def clear(tx: Tx) -> None:
    tx.run("DELETE FROM nodes WHERE number = ?", (_NOBODY,))
