"""The kinds of events of the ledger itself."""

from tocsin.ledger.checkpoints import BEGUN
from tocsin.ledger.erasing import ERASED
from tocsin.ledger.kinds import EventKind

EVENTS = (
    EventKind(BEGUN, "From here on checkpoints cover the record", ()),
    EventKind(ERASED, "Payloads of earlier events were erased", ("events", "reason")),
)
