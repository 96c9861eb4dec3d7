"""A case as its journal tells it: the projection computed again from the events."""

from tocsin.cases.aggregate import Aggregate, apply, opened
from tocsin.ledger import journal
from tocsin.storage.transaction import Tx


def rebuild(tx: Tx, case: int) -> Aggregate | None:
    """The case that its events add up to; None where the record does not say, because payloads were erased."""
    events = journal.read(tx, case)
    if not events or events[0].kind != "case.opened" or any(event.payload is None for event in events):
        return None
    first, *rest = events
    state = opened(case, first.payload, first.at)
    for event in rest:
        apply(state, event.kind, event.payload, event.at)
    return state


def differs(stored: Aggregate, rebuilt: Aggregate) -> bool:
    """Whether a projection says anything else than its events; when it was touched last is no matter."""
    rebuilt.case.updated_at = stored.case.updated_at
    clocks = {(run.clock, run.cycle): run for run in stored.clocks}
    climbs = {climb.id: climb for climb in stored.escalations}
    return (
        stored.case != rebuilt.case
        or any(clocks.get((run.clock, run.cycle)) != run for run in rebuilt.clocks)
        or any(climbs.get(climb.id) != climb for climb in rebuilt.escalations)
    )
