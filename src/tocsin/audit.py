"""The proof of an installation's record, put together from every floor that keeps a part of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tocsin.cases.record.audit import Projections
from tocsin.cases.tables import case_keys, cases, escalations, loads
from tocsin.clocks.tables import clocks
from tocsin.ledger import audit, chain
from tocsin.ledger.audit import Tally
from tocsin.ledger.checkpoint_audit import Checkpoint, CheckpointAudit
from tocsin.ledger.findings import Finding, Place
from tocsin.ledger.tables import chains, checkpoints, events, payloads, work
from tocsin.notify.audit import Pages
from tocsin.notify.audit_notices import Notices
from tocsin.notify.tables import notifications
from tocsin.policy.audit import Texts
from tocsin.storage.fitting import misfits
from tocsin.storage.transaction import Tx

PROVED = (chains, events, payloads, checkpoints, cases, clocks, escalations, case_keys, loads, work, notifications)

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Keys:
    """What the record is sealed and signed with."""

    journal: bytes
    checkpoint: bytes

    @classmethod
    def of(cls, secret: str) -> "Keys":
        """Those of an installation, from its secret."""
        return cls(chain.derive(secret, "journal"), chain.derive(secret, "checkpoint"))


@dataclass(slots=True)
class Report:
    """What was proved, complete once `verify` is through."""

    tally: Tally = field(default_factory=Tally)
    findings: int = 0
    unproved: int = 0  # values that rested on erased payloads
    newest: Checkpoint | None = None


def verify(
    tx: Tx, keys: Keys, report: Report, *, anchors: Sequence[str] = (), progress: Progress = lambda done: None
) -> Iterator[Finding]:
    """Everything that is not as it was written: checkpoints first, then chain by chain, then what only the whole shows.

    `anchors`: names of checkpoints that were kept outside. `progress` hears how many chains are done.
    """
    for finding in _findings(tx, keys, report, anchors, progress):
        report.findings += 1
        yield finding.numbered(_number(tx, finding.place.chain))


def _findings(tx: Tx, keys: Keys, report: Report, anchors: Sequence[str], progress: Progress) -> Iterator[Finding]:
    unreadable = list(_misfits(tx))
    if unreadable:
        yield from unreadable
        return
    signed = CheckpointAudit(keys.checkpoint, anchors)
    yield from signed.verify(tx)
    report.newest = signed.newest
    projections = Projections()
    witnesses = (projections, Pages(), Notices(), Texts())
    yield from audit.verify(tx, keys.journal, witnesses, report.tally, signed.distrusted, progress)
    report.unproved = projections.unproved


def _misfits(tx: Tx) -> Iterator[Finding]:
    for table in PROVED:
        columns = [column.name for column in table.primary_key.columns]
        for misfit in misfits(tx, table):
            key = dict(zip(columns, misfit.key, strict=True))
            row = ", ".join([*(f"{name} {value!r}" for name, value in key.items()), misfit.column])
            place = Place(table.name, row=row)
            yield Finding(place, f"{misfit.column} is of a type that no event has put there", found=misfit.found)


def _number(tx: Tx, case: int | None) -> int | None:
    row = tx.row("SELECT number FROM cases WHERE id = ?", (case,)) if case else None
    return row[0] if row else None
