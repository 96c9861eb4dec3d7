"""Collecting: when a case is escalated, each collector of the policy whose condition holds is asked once. The
escalation only queues that; a loop and lanes of their own fetch it, so no page waits for a collector, and none for
another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from typing import NamedTuple, Protocol
from zlib import crc32

from tocsin.cases import queries
from tocsin.cases.context import Desk
from tocsin.cases.happenings.deciding import Decided, Reclassified
from tocsin.cases.happenings.paths import Escalated
from tocsin.cases.queries import tickets
from tocsin.core import canonical, ids
from tocsin.core.clock import MINUTE
from tocsin.core.errors import TocsinError
from tocsin.core.ids import IdMint
from tocsin.evidence import placing, reading, store
from tocsin.evidence.events import EvidenceCollected, EvidenceFailed
from tocsin.evidence.placing import Subject
from tocsin.evidence.store import QUEUED, Item
from tocsin.ledger import journal, work
from tocsin.ledger.journal import Journal
from tocsin.ledger.subscribers import Happened
from tocsin.people.permissions import SYSTEM, Viewer
from tocsin.policy.collectors import TICKETS
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import Decision, from_bytes
from tocsin.policy.model import Collector
from tocsin.policy.triggering import as_decided
from tocsin.storage.transaction import Tx
from tocsin.tools.lanes import Lanes
from tocsin.tools.outgoing import Answer, Outcome, judged
from tocsin.tools.sending import Sent

QUEUE = "evidence"
CHANNEL = "evidence"
PLACES = 16
MOST_BYTES = 256 * 1024  # of an answer that are kept
AGAIN = 15 * MINUTE  # a case that climbs once more within that asks no collector twice
TRIES = 3
_TICKETS = 20
_ANYBODY = Viewer("evidence", "viewer")  # who sees what is not confidential
_DECIDING = (Decided.KIND, Reclassified.KIND)


class Fetcher(Protocol):
    """Whatever carries requests."""

    async def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, most: int
    ) -> Answer | Outcome: ...


class Fetching(NamedTuple):
    """What is to be fetched now. `body`: what needs no request; `unfit`: why none can be made."""

    row: work.Item
    item: Item
    url: str = ""
    credential: str | None = None
    body: bytes | None = None
    unfit: str = ""
    channel: str = CHANNEL

    @property
    def case(self) -> int | None:
        return self.item.case

    @property
    def lane(self) -> int:
        return crc32(self.item.collector.encode())


def queue(desk: Desk, mint: IdMint, tx: Tx, happened: Sequence[Happened[Escalated]]) -> None:
    """Within subscriber of `case.escalated`: what the policy names is to be fetched."""
    for case, said in happened:
        policy = desk.policies.get(tx).compiled(said.policy_version)
        if policy.evidence:
            request(tx, mint, policy, case, "engine", since=tx.now - AGAIN)


def request(
    tx: Tx, mint: IdMint, policy: Policy, case: int, by: str, since: int, only: str | None = None
) -> list[Item]:
    """Ask the collectors of a policy whose conditions hold for a case, but for those that were asked `since`. `only`:
    the one of this name, whatever its condition says."""
    decision = newest(tx, case)
    if decision is None:
        return []
    named = [one for one, _ in policy.evidence if one.id == only]
    wanted = _wanted(policy, decision) if only is None else named
    already = store.lately(tx, case, since)
    items = [
        Item(
            mint.new(tx.now),
            case,
            one.id,
            one.on,
            policy.version,
            QUEUED,
            tx.now,
            tx.now - one.window.microseconds,
            tx.now,
            by,
            placing.masked(one.url or ""),
        )
        for one in wanted
        if one.id not in already
    ]
    store.ask(tx, items)
    work.enqueue(tx, [work.row(QUEUE, item.id, tx.now) for item in items])
    return items


def newest(tx: Tx, case: int) -> Decision | None:
    """The newest decision of a case; None once it was erased."""
    body = journal.newest(tx, [case], _DECIDING).get(case)
    return None if body is None else from_bytes(body)


def _wanted(policy: Policy, decision: Decision) -> list[Collector]:
    variables, trace = as_decided(decision)
    variables["decision"] = {"level": decision.level, "score": decision.score, "evidence": decision.evidence}
    trace.missing = 0
    return [one for one, when in policy.evidence if when is None or when.holds(variables, trace)]


@dataclass(slots=True)
class Collecting:
    """A `Courier`. `credentials`: by the name that a collector gives, what stands behind `Bearer`."""

    client: Fetcher
    desk: Desk
    journal: Journal
    credentials: Mapping[str, str]
    holder: str
    chance: Random = field(default_factory=Random)

    def claim(self, tx: Tx, lanes: Lanes) -> list[Fetching]:
        """What is to be fetched now."""
        rows = work.claim(tx, QUEUE, self.holder, lanes.room(tx.now).free)
        return [asking for row in rows if (asking := self._asking(tx, row)) is not None]

    async def send(self, asking: Fetching, now: int) -> Outcome:
        if asking.unfit:
            return Outcome(False, asking.unfit, final=True)
        if asking.body is not None:
            return Outcome(True, answer=asking.body)
        headers = {"accept": "application/json, text/plain", "accept-encoding": "identity", "user-agent": "Tocsin"}
        if asking.credential is not None:
            headers["authorization"] = f"Bearer {asking.credential}"
        answer = await self.client.ask("GET", asking.url, headers, b"", MOST_BYTES + 1)
        if isinstance(answer, Outcome):
            return answer
        if 300 <= answer.status < 400:
            said = f"it answered {answer.status}: another place, which is not followed"
            return Outcome(False, said, final=True)
        return judged(answer, now, "")._replace(answer=answer.body)

    def record(self, tx: Tx, sent: Sent[Fetching]) -> None:
        """Keep what came, or why nothing did, and write it into the history of the case."""
        asking, outcome = sent
        if not work.holds(tx, asking.row):
            return
        address = placing.masked(asking.url)
        error = outcome.error
        if outcome.delivered:
            body, cut = outcome.answer[:MOST_BYTES], len(outcome.answer) > MOST_BYTES
            try:
                if not cut:
                    reading.shown(asking.item.kind, body)
                self._collected(tx, asking, address, body, cut)
                work.finish(tx, [asking.row])
                return
            except TocsinError as unfit:
                error = str(unfit)
        elif not outcome.final and asking.row.attempt < TRIES:
            work.retry(tx, asking.row, error, after=max(outcome.after, work.backoff(asking.row.attempt, self.chance)))
            return
        self._failed(tx, asking, address, error)
        work.finish(tx, [asking.row])

    def set_aside(self, tx: Tx, asking: Fetching, error: str) -> None:
        """It could not be recorded, so it is told as failed."""
        self._failed(tx, asking, placing.masked(asking.url), error)
        work.finish(tx, [asking.row])

    def _asking(self, tx: Tx, row: work.Item) -> Fetching | None:
        item = store.by_id(tx, row.subject)
        if item is None or item.state != QUEUED:
            work.finish(tx, [row])
            return None
        policy = self.desk.policies.get(tx).compiled(item.policy_version)
        collector = next((one for one, _ in policy.evidence if one.id == item.collector), None)
        decision = newest(tx, item.case)
        if collector is None or decision is None:
            why = "the case was erased" if collector else "the policy names no such collector"
            return Fetching(row, item, unfit=why)
        if collector.on == TICKETS.name:
            return Fetching(row, item, body=_tickets(tx, item.case))
        if collector.secret is not None and collector.secret not in self.credentials:
            return Fetching(row, item, unfit=f"TOCSIN_EVIDENCE_CREDENTIALS names no {collector.secret}")
        url = placing.address(collector, _subject(tx, item, decision))
        return Fetching(row, item, url, self.credentials.get(collector.secret or ""))

    def _collected(self, tx: Tx, asking: Fetching, address: str, body: bytes, cut: bool) -> None:
        item = asking.item
        digest = sha256(body).hexdigest()
        store.collected(tx, item.id, address, digest, body, cut)
        event = EvidenceCollected(
            evidence=ids.to_text(item.id),
            collector=item.collector,
            digest=digest,
            size=len(body),
            cut=cut,
            policy=item.policy_version,
        )
        self.journal.append(tx, item.case, [event.event()])

    def _failed(self, tx: Tx, asking: Fetching, address: str, error: str) -> None:
        item = asking.item
        store.failed(tx, item.id, address, error)
        event = EvidenceFailed(
            evidence=ids.to_text(item.id), collector=item.collector, error=error[:500], policy=item.policy_version
        )
        self.journal.append(tx, item.case, [event.event()])


def _subject(tx: Tx, item: Item, decision: Decision) -> Subject:
    facts = decision.facts
    return Subject(
        decision.product_area,
        facts["account"].get("external_id"),
        decision.type,
        queries.numbers(tx, SYSTEM, [item.case]).get(item.case, 0),
        facts["case"].get("attributes") or {},
        item.begins,
        item.ends,
    )


def _tickets(tx: Tx, case: int) -> bytes:
    """The last cases of the account, but for confidential ones."""
    return canonical.encode([list(row) for row in tickets.of_same_account(tx, _ANYBODY, case, _TICKETS)])
