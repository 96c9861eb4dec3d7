"""Paths that a guard had kept from paging page as soon as it is ended: looked for again and again, by a loop."""

from tocsin.cases import acting, guarding, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.context import Desk
from tocsin.cases.scene import Scene
from tocsin.ledger.journal import Event
from tocsin.storage.transaction import Tx

BATCH = 64


def waiting(tx: Tx, desk: Desk) -> list[int]:
    """A batch of cases whose paths wait for what holds no more."""
    standing = desk.guards.get(tx).standing(tx.now)
    return store.held_back(tx, [guard.id for guard in standing], BATCH)


def release(tx: Tx, desk: Desk) -> int:
    """Let a batch of cases page whose guard holds no more; how many went on. One that cannot is left to its timer."""
    cases = waiting(tx, desk)
    if not cases:
        return 0
    store.lock(tx, cases)
    done = acting.act_many(tx, desk, dict.fromkeys(cases, _plan))
    return sum(not isinstance(one, Exception) for one in done.values())


def _plan(state: Aggregate, scene: Scene) -> list[Event]:
    return guarding.released(scene, state)
