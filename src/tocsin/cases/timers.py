"""The timer of a case: settles what is due, inside the transaction that took it."""

from tocsin.cases import acting
from tocsin.cases.context import Desk
from tocsin.cases.opening import TIMER
from tocsin.core import ids
from tocsin.core.logging import log
from tocsin.ledger import work
from tocsin.storage.seam import is_lost, lock_cases
from tocsin.storage.transaction import Tx

BATCH = 64


def fire_due(tx: Tx, desk: Desk) -> int:
    """Settle a batch of cases whose timer is due; how many. One that cannot be settled is set aside and reported."""
    items = work.due(tx, TIMER, BATCH)
    held = lock_cases(tx, [item.subject for item in items], skip_locked=True)
    for item in items:
        if item.subject not in held:  # somebody acts on it right now, and settles it first
            continue
        try:
            with tx.savepoint("timer"):
                done = acting.settle(tx, desk, item.subject)
                if not done.events:  # stale: nothing was due any more
                    acting.rearm(tx, done.state)
        except Exception as error:
            if is_lost(error):
                raise
            desk.forget()
            log.exception("timer.set_aside", case=ids.to_text(item.subject))
            work.set_aside(tx, TIMER, item.subject, f"{type(error).__name__}: {error}")
    return len(items)
