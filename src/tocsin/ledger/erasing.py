"""Erasing payloads: what somebody said is forgotten, that something was said stays provable.

The event keeps the salted digest, so the chain still holds; the erasure is an event of its own, so that a payload
which is merely missing is never taken for an erased one.
"""

from collections.abc import Sequence

from tocsin.core import ids
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.wording import say
from tocsin.ledger.events import Erased
from tocsin.ledger.journal import Journal
from tocsin.storage import search
from tocsin.storage.transaction import Tx, marks, padded


def erase(tx: Tx, journal: Journal, chain: int, seqs: Sequence[int], *, by: str, reason: str) -> int:
    """Erase the payloads of these events of a chain, whose lock the caller holds; how many there still were.

    The projections that were made from them are the caller's. NotFound for an event that does not exist; InvalidInput
    for the event of an erasure, which must stay.
    """
    wanted = padded(sorted(set(seqs)))
    if not wanted:
        return 0
    kinds: dict[int, str] = dict(
        tx.rows(f"SELECT seq, kind FROM events WHERE chain = ? AND seq IN ({marks(wanted)})", (chain, *wanted))
    )
    for seq in wanted:
        if seq not in kinds:
            raise NotFound(
                say("the history of {abs} has no event {seq}", abs=ids.to_text(abs(chain)), seq=seq), place="event"
            )
        if kinds[seq] == Erased.KIND:
            raise InvalidInput(
                say("event {seq} records an erasure", seq=seq), place="event", expected=say("another event")
            )
    gone = tx.run(f"DELETE FROM payloads WHERE chain = ? AND seq IN ({marks(wanted)})", (chain, *wanted))
    if gone:
        search.forget(tx, chain)  # wholly: whether what was erased had those words cannot be told any more
        journal.append(tx, chain, [Erased(events=sorted(kinds), reason=reason).event(by)])
    return gone
