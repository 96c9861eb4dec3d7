"""How a case stood from when to when, told from its record alone: for the proof of what was written down, for what was
damaged, and for databases that are older than these spans."""

from functools import partial

from tocsin.cases import spans, store
from tocsin.cases.queries import lasting
from tocsin.cases.record.folding import Folding
from tocsin.cases.spans import CaseSpan
from tocsin.core.clock import Clock
from tocsin.ledger import audit
from tocsin.ledger.journal import PastEvent
from tocsin.ledger.walk import StoredEvent
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

BATCH = 200  # cases in one transaction


class Spanning(Folding):
    """Beside the case its spans. What several transactions did at one instant counts together."""

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[CaseSpan] = []
        self._at = 0

    def add(self, event: StoredEvent | PastEvent) -> None:
        if event.at != self._at:
            self._mark()
            self._at = event.at
        super().add(event)

    def spans(self) -> list[CaseSpan]:
        """Those of all events that were added."""
        self._mark()
        return self._spans

    def _mark(self) -> None:
        if self.state is not None:
            spans.added(self._spans, self.state.case.id, self._at, spans.of(self.state))


def rewrite(tx: Tx, case: int) -> None:
    """Let the spans of a case be what its record says. Where it does not tell all, because content was erased or the
    record is damaged, the case stands from its last event on as it is stored. The caller holds its lock."""
    folding, at = Spanning(), 0
    for event in audit.stream(tx, case, case):
        folding.add(event)
        at = event.at
    found, stored = folding.spans(), store.load(tx, case)
    if folding.error is not None or folding.lost or not found:
        if found and found[-1].began == at:
            found.pop()
        spans.added(found, case, at if found else stored.case.opened_at, spans.of(stored))
    spans.replace(tx, case, found)


def complete(database: Database, clock: Clock) -> None:
    """Write the spans of all cases that have none from their opening on, a few in each transaction, so that nobody has
    to wait for all of them; nothing where the step is done that comes behind it. Whatever is left where this is ended
    is written the next time."""
    with database.reading() as tx:
        if lasting.written(tx):
            return
    writer, after = GroupWriter(database, clock), 0
    try:
        while after := writer.write(partial(_fill, after=after)):
            pass
    finally:
        writer.close()


def _fill(tx: Tx, after: int) -> int:
    """The last case that was looked at, 0 where there was none."""
    wanted = spans.missing(tx, after, BATCH)
    store.lock(tx, wanted)
    for case in wanted:
        rewrite(tx, case)
    return wanted[-1] if wanted else 0
