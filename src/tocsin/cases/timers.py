"""The timer of a case: settles what is due, inside the transaction that took it."""

from collections.abc import Sequence

from tocsin.cases import acting, writing
from tocsin.cases.context import Desk
from tocsin.cases.writing import TIMER
from tocsin.core import ids
from tocsin.core.logging import log
from tocsin.ledger import work
from tocsin.storage.seam import is_lost
from tocsin.storage.transaction import Tx

BATCH = 64


def fire_due(tx: Tx, desk: Desk) -> int:
    """Settle a batch of cases whose timer is due; how many. One that cannot be settled is set aside and reported. One
    that somebody else acts on is left to them, who settle it first."""
    chosen = [item.subject for item in work.due(tx, TIMER, BATCH, "cases")]
    if chosen and _settle(tx, desk, chosen) is not None:
        for case in chosen:
            error = _settle(tx, desk, [case])
            if error is not None:
                log.error("timer.set_aside", case=ids.to_text(case), error=str(error))
                work.set_aside(tx, TIMER, case, f"{type(error).__name__}: {error}")
    return len(chosen)


def _settle(tx: Tx, desk: Desk, cases: Sequence[int]) -> Exception | None:
    """Settle these together; what undid it all. A stale timer, behind which nothing was due any more, is set anew."""
    try:
        with tx.savepoint("timer"):
            stale = []
            for answer in acting.settle_many(tx, desk, cases).values():
                if isinstance(answer, Exception):
                    raise answer
                if not answer.events:
                    stale.append(answer.state)
            writing.rearm(tx, stale)
    except Exception as error:
        if is_lost(error):
            raise
        desk.forget()
        return error
    return None
