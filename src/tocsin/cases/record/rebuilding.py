"""A case as its journal tells it, to be put in the place of a projection that was damaged."""

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.record.folding import Folding, adopt
from tocsin.ledger import audit
from tocsin.storage.transaction import Tx


def rebuild(tx: Tx, stored: Aggregate) -> Aggregate | None:
    """The case that its events add up to; what rested on erased payloads stays as it is stored. None where the events
    do not make a case."""
    folding = Folding()
    for event in audit.stream(tx, stored.case.id, stored.case.id):
        folding.add(event)
    if folding.error is not None or folding.state is None:
        return None
    adopt(folding.state, stored, folding.lost)
    return folding.state


def differs(stored: Aggregate, rebuilt: Aggregate) -> bool:
    """Whether something is missing in a projection, or says something else."""
    clocks = {(run.clock, run.cycle): run for run in stored.clocks}
    climbs = {climb.id: climb for climb in stored.escalations}
    calls = {call.id: call for call in stored.calls}
    return (
        stored.case != rebuilt.case
        or any(clocks.get((run.clock, run.cycle)) != run for run in rebuilt.clocks)
        or any(climbs.get(climb.id) != climb for climb in rebuilt.escalations)
        or any(calls.get(call.id) != call for call in rebuilt.calls)
    )
