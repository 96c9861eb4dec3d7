"""The proof of an installation's record, put together from every floor that keeps a part of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tocsin.cases import queries
from tocsin.cases.record.audit import Projections
from tocsin.cases.tables import calls, case_keys, case_spans, cases, clocks, escalations, loads
from tocsin.events import KEPT
from tocsin.ledger import audit, chain
from tocsin.ledger.audit import AuditTally
from tocsin.ledger.checkpoint_audit import Checkpoint, CheckpointAudit
from tocsin.ledger.findings import Finding, RecordPlace
from tocsin.ledger.keeping import name_of
from tocsin.ledger.kept_audit import Things
from tocsin.ledger.tables import chains, checkpoints, events, payloads, work
from tocsin.notify.audit import Pages
from tocsin.notify.audit_notices import NoticeWitness
from tocsin.notify.tables import notifications
from tocsin.people.permissions import SYSTEM
from tocsin.policy.audit import Texts
from tocsin.policy.tables import policy_activations, policy_versions
from tocsin.storage.fitting import Misfit, legible
from tocsin.storage.schema import metadata
from tocsin.storage.transaction import Tx

PROVED = (
    *(chains, events, payloads, checkpoints, cases, clocks, escalations, calls, case_keys, case_spans, loads, work),
    notifications,
    *(policy_versions, policy_activations),
    *(table for kept in KEPT for table in (kept.table, *(part.table for part in kept.parts))),
)

# Tables in no chain: what each holds, and what comes of a change where that is not plain.
UNPROVED = {
    "case_prints": "what open cases are compared by, to find those of one problem; made again from what they say",
    "case_print_buckets": "the same, as it is looked up",
    "parent_offers": "which cases were offered as parents, and the answers once more; links themselves are events",
    "case_ages": "how old cases grew before they were over, told anew each day; nothing is decided by it",
    "heartbeats": "when signs of life came last; what is missing is a case, which is proved",
    "hourly_arrivals": "how many cases came in by the hour; counted again from the cases where it is empty",
    "evidence": "what collectors fetched, and why they could not; each has an event with the digest",
    "evidence_contents": "the answers themselves; the digest in the event proves each",
    "suggestion_models": "what was learnt of answered cases; what it suggested stands in the decisions",
    "risk_models": "what was learnt of others' courses, by which cases are shown; nothing is decided by it",
    "risks": "how likely cases are to escalate, counted anew all the time; what people said to it are events",
    "storms": "which case pages for others like it at the moment; who follows whom is proved with the cases",
    "trigger_hits": "what triggers counted lately; what fired stands in the decisions, which are proved",
    "triage_answers": "answers to triage once more, for figures; the answers themselves are events",
    "counters": "the next numbers to be given; a number given twice is refused",
    "revisions": "what the processes compare to know that something has changed",
    "nodes": "which processes run at the moment",
    "idempotency_keys": "requests of the last day, so that a repeated request is carried out once",
    "replies": "answers of the last day, for the same purpose",
    "heard": "the newest message of each source about a ticket; a change lets an older statement count, or none",
    "imports": "how far each import has come, in figures; the cases that it brought are proved",
    "uploads": "files that people brought on a page, for a week, and how far what is done with them has come",
    "upload_data": "what stands in these files; the cases that come of them are proved",
    "receipts": "rows imported from files, so that each is imported once",
    "hook_deliveries": "what became of deliveries to hooks, kept for 30 days; their results are in the cases",
    "pulls": "how far each connector has come that asks its tool; another cursor asks for more again, or for less",
    "ticket_links": "which ticket of another system a case has; effects go there",
    "effects": "what went out to systems of tickets, kept for 30 days; cases have an event of each",
    "kept_deliveries": "what was delivered to hooks, kept for 14 days, to be looked at and replayed",
    "deliveries": "deliveries of events to other systems, kept for 30 days",
    "sessions": "sessions of signed-in browsers, for twelve hours; a forged row acts as any user until then",
    "sign_in_attempts": "tries of the last quarter of an hour",
}

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

    tally: AuditTally = field(default_factory=AuditTally)
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
        yield _named(tx, finding)


def _findings(tx: Tx, keys: Keys, report: Report, anchors: Sequence[str], progress: Progress) -> Iterator[Finding]:
    with legible(tx, PROVED) as found:
        yield from map(_misfit, found)
        yield from _compared(tx, keys, report, anchors, progress)


def _compared(tx: Tx, keys: Keys, report: Report, anchors: Sequence[str], progress: Progress) -> Iterator[Finding]:
    signed = CheckpointAudit(keys.checkpoint, anchors)
    yield from signed.verify(tx)
    report.newest = signed.newest
    projections, things = Projections(), Things(KEPT)
    witnesses = (projections, Pages(), NoticeWitness(), Texts(), things)
    yield from audit.verify(tx, keys.journal, witnesses, report.tally, signed.distrusted, progress)
    report.unproved = projections.unproved + things.unproved


def _misfit(misfit: Misfit) -> Finding:
    columns = (column.name for column in metadata.tables[misfit.table].primary_key.columns)
    key = (f"{name} {value!r}" for name, value in zip(columns, misfit.key, strict=True))
    place = RecordPlace(misfit.table, row=", ".join([*key, misfit.column]))
    return Finding(place, f"{misfit.column} is of a type that no event has put there", found=misfit.found)


def _named(tx: Tx, finding: Finding) -> Finding:
    """With what people call the case, or the thing, that it is about."""
    where = finding.place.chain
    if where is None or where == chain.PLATFORM:
        return finding
    case, thing = chain.case_of(where), chain.thing_of(where)
    number = None if case is None else queries.numbers(tx, SYSTEM, [case]).get(case)
    return finding.named(number, None if thing is None else name_of(tx, KEPT, thing))
