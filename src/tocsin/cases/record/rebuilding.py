"""A case as its journal tells it, to be put in the place of a projection that was damaged."""

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.record.folding import Folding, adopt
from tocsin.ledger.walk import Stored
from tocsin.storage.transaction import Tx


def rebuild(tx: Tx, stored: Aggregate) -> Aggregate | None:
    """The case that its events add up to; what rested on erased payloads stays as it is stored. None where the events
    do not make a case."""
    folding = Folding()
    for row in tx.rows(
        "SELECT e.chain, e.seq, e.kind, e.at, e.actor, e.digest, e.hash, p.salt, p.body FROM events e"
        " LEFT JOIN payloads p ON p.chain = e.chain AND p.seq = e.seq WHERE e.chain = ? ORDER BY e.seq",
        (stored.case.id,),
    ):
        folding.add(Stored(*row[:5], *(None if part is None else bytes(part) for part in row[5:])))
    if folding.error is not None or folding.state is None:
        return None
    adopt(folding.state, stored, folding.lost)
    return folding.state


def differs(stored: Aggregate, rebuilt: Aggregate) -> bool:
    """Whether something is missing in a projection, or says something else."""
    clocks = {(run.clock, run.cycle): run for run in stored.clocks}
    climbs = {climb.id: climb for climb in stored.escalations}
    return (
        stored.case != rebuilt.case
        or any(clocks.get((run.clock, run.cycle)) != run for run in rebuilt.clocks)
        or any(climbs.get(climb.id) != climb for climb in rebuilt.escalations)
    )
