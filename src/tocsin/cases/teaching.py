"""Learning what cases are from those that people have answered, once a day, where the policy in force asks for it.

A case teaches what it is where a person has said so: by an answer of triage, by setting it, or by ending the case
without setting right what a rule had found. What only a suggestion had set teaches nothing, else it would learn from
itself.
"""

from zlib import crc32

from tocsin.cases.context import Desk
from tocsin.cases.queries import DECIDING
from tocsin.cases.suggestions import FIELDS, keep, text_read
from tocsin.core.clock import DAY, Clock
from tocsin.detection.suggesting import training
from tocsin.ledger import journal
from tocsin.policy.decision import Decision, from_bytes
from tocsin.policy.facts import SUGGESTED
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

LOOKED_BACK = 365 * DAY
MOST = 5000  # cases that are looked at, the newest
_AT_ONCE = 500


def learn(database: Database, writer: GroupWriter, desk: Desk, clock: Clock) -> int | None:
    """Learn anew; the version, or None where the policy does not ask, the extra is missing or cases are too few.
    Nobody who writes waits while cases are read."""
    with database.reading(clock.now()) as tx:
        policies = desk.policies.get(tx)
        force = policies.in_force(tx.now)
        if force is None or policies.compiled(force.version).document.suggest.confidence is None:
            return None
        if not training.available():
            return None
        taught = _taught(tx)
        since = tx.now - LOOKED_BACK
    learnt = {field: found for field in FIELDS if (found := training.learn(taught[field])) is not None}
    if not learnt:
        return None
    return writer.write(lambda tx: keep(tx, desk.mint, since, learnt)).version


def _taught(tx: Tx) -> dict[str, list[tuple[str, str]]]:
    """By field, texts with what people said that they are."""
    rows = tx.rows(
        "SELECT c.id, c.state,"
        " (SELECT count(*) FROM triage_answers a WHERE a.case_id = c.id AND a.answer IS NOT NULL)"
        " FROM cases c WHERE NOT c.imported AND NOT c.confidential AND c.opened_at > ? AND c.state <> 'merged'"
        " ORDER BY c.id DESC LIMIT ?",
        (tx.now - LOOKED_BACK, MOST),
    )
    rows = sorted(rows, key=lambda row: crc32(row[0].to_bytes(8, "big")))  # an order in which nothing of theirs is left
    taught: dict[str, list[tuple[str, str]]] = {field: [] for field in FIELDS}
    for first in range(0, len(rows), _AT_ONCE):
        some = rows[first : first + _AT_ONCE]
        decided = _decisions(tx, [case for case, _, _ in some])
        for case, state, answers in some:
            if (decision := decided.get(case)) is None:
                continue  # its content was erased
            text = text_read(decision.facts["case"])
            for field in FIELDS:
                label = getattr(decision, field)
                if label is not None and _said(decision, field, bool(answers), state):
                    taught[field].append((text, label))
    return taught


def _said(decision: Decision, field: str, answered: bool, state: str) -> bool:
    """Whether a person stands behind what the case is."""
    if answered or (decision.override is not None and getattr(decision.override, field) is not None):
        return True
    suggested = decision.facts.get(SUGGESTED, {}).get(field, {}).get("name")
    return state in ("resolved", "closed") and suggested != getattr(decision, field)


def _decisions(tx: Tx, cases: list[int]) -> dict[int, Decision]:
    return {case: from_bytes(body) for case, body in journal.newest(tx, cases, DECIDING).items()}
