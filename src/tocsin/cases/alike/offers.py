"""Open cases that were offered to others as their parents, and what people said to it."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from tocsin.cases import sight
from tocsin.cases.alike import index
from tocsin.cases.happenings.family import Linked, LinkKept, ParentDismissed, Unlinked
from tocsin.cases.tables import parent_offers
from tocsin.core import ids
from tocsin.detection.problems.likeness import Likeness, weighed
from tocsin.ledger import journal
from tocsin.ledger.events import Erased
from tocsin.ledger.subscribers import Happened
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Row, Tx, marks, padded


class Reasons(msgspec.Struct, frozen=True):
    """Why: the features by name, what both say as pairs of how each writes it, how far apart (microseconds), and how
    many further cases are of the same problem."""

    features: dict[str, float]
    shared: list[tuple[str, str]]
    apart: int
    others: int

    def likeness(self) -> Likeness:
        return weighed(self.features)


class Offer(NamedTuple):
    """`parent`, of which `number`, `subject` and `level` are told. `answer` None: nobody has answered yet."""

    parent: int
    number: int
    external_id: str | None
    subject: str
    level: str
    likelihood: float
    reasons: Reasons
    at: int
    answer: str | None = None


def offer(tx: Tx, case: int, parent: int, likelihood: float, reasons: Reasons, policy_version: int) -> None:
    """Offer a case as the parent of another, once; what waits otherwise is replaced."""
    tx.run("DELETE FROM parent_offers WHERE case_id = ? AND answer IS NULL", (case,))
    tx.insert(
        parent_offers,
        [(case, parent, tx.now, likelihood, msgspec.json.encode(reasons), policy_version, None, None, None)],
    )


def withdraw(tx: Tx, case: int) -> None:
    """Nothing is offered to this case any more."""
    tx.run("DELETE FROM parent_offers WHERE case_id = ? AND answer IS NULL", (case,))


def answered(tx: Tx, case: int) -> list[int]:
    """Which cases somebody has said something about, as parents of this one."""
    rows = tx.rows("SELECT parent FROM parent_offers WHERE case_id = ? AND answer IS NOT NULL", (case,))
    return [row[0] for row in rows]


def waiting(tx: Tx, viewer: Viewer, case: int) -> Offer | None:
    """What is offered to this case: None where nothing is, or the viewer may not see it, or it is open no more."""
    seen, parameters = sight.condition(viewer)
    shown, more = sight.of_case(viewer, "o.case_id")
    row = tx.row(
        "SELECT o.parent, number, external_id, subject, level, likelihood, likeness, offered_at"
        " FROM parent_offers o JOIN cases ON cases.id = o.parent"
        f" WHERE o.case_id = ? AND o.answer IS NULL AND state = 'open' AND cases.parent IS NULL AND {seen}"
        f" AND {shown}",
        (case, *parameters, *more),
    )
    if row is None:
        return None
    parent, number, ticket, subject, level, likelihood, body, at = row
    return Offer(parent, number, ticket, subject, level, likelihood, _reasons(body), at)


def of_parent(tx: Tx, viewer: Viewer, parent: int, most: int) -> list[int]:
    """Open cases that wait to be said to be of this one's problem, as far as the viewer sees them."""
    seen, parameters = sight.condition(viewer)
    shown, more = sight.of_case(viewer, "o.parent")
    rows = tx.rows(
        "SELECT cases.id FROM parent_offers o JOIN cases ON cases.id = o.case_id"
        f" WHERE o.parent = ? AND o.answer IS NULL AND state = 'open' AND {seen} AND {shown} ORDER BY cases.id LIMIT ?",
        (parent, *parameters, *more, most),
    )
    return [row[0] for row in rows]


def linked(tx: Tx, happened: Sequence[Happened[Linked]]) -> None:
    """A case has a parent now: where it was the one that was offered, somebody has accepted that. One that others
    follow is offered none."""
    for case, said in happened:
        if said.kind == "parent":
            answer = "accepted" if said.likelihood is None else "linked"
            _settle(tx, case, ids.from_text(said.case), answer, Linked.KIND)
        if said.kind in ("parent", "child"):
            withdraw(tx, case)


def dismissed(tx: Tx, happened: Sequence[Happened[ParentDismissed]]) -> None:
    """Somebody says that it is another problem."""
    for case, said in happened:
        _settle(tx, case, ids.from_text(said.case), "dismissed", ParentDismissed.KIND)


def unlinked(tx: Tx, happened: Sequence[Happened[Unlinked]]) -> None:
    """Somebody says that a link which was only assumed is wrong."""
    for case, said in happened:
        if said.kind == "parent" and said.provisional:
            _settle(tx, case, ids.from_text(said.case), "dismissed", Unlinked.KIND)


def kept(tx: Tx, happened: Sequence[Happened[LinkKept]]) -> None:
    """A link that was assumed holds: somebody says so, or nobody has said otherwise in time."""
    for case, _ in happened:
        told = journal.by_authors(tx, [case], LinkKept.KIND)
        by_person = bool(told) and not told[-1][1].startswith("engine")
        tx.run(
            "UPDATE parent_offers SET answer = ?, answered_at = ?, actor = ? WHERE case_id = ? AND answer = 'linked'",
            ("accepted" if by_person else "kept", tx.now, told[-1][1] if told else None, case),
        )


def _settle(tx: Tx, case: int, parent: int, answer: str, kind: str) -> None:
    told = journal.by_authors(tx, [case], kind)
    actor = told[-1][1] if told else None
    done = tx.run(
        "UPDATE parent_offers SET answer = ?, answered_at = ?, actor = ? WHERE case_id = ? AND parent = ?",
        (answer, tx.now, actor, case, parent),
    )
    if not done and answer == "dismissed":
        none = msgspec.json.encode(Reasons({}, [], 0, 0))
        tx.insert(parent_offers, [(case, parent, tx.now, 0.0, none, 0, answer, tx.now, actor)])


def forget(tx: Tx, events: Sequence[Row]) -> None:
    """The journal's *after* subscriber: of what was erased, no words are kept."""
    erased = sorted({row[0] for row in events if row[2] == Erased.KIND and row[0] > 0})
    if erased:
        index.forget(tx, erased)
        chosen = padded(erased)
        within = f"IN ({marks(chosen)})"
        tx.run(
            f"DELETE FROM parent_offers WHERE answer IS NULL AND (case_id {within} OR parent {within})",
            (*chosen, *chosen),
        )
        none = msgspec.json.encode(Reasons({}, [], 0, 0))
        tx.run(
            f"UPDATE parent_offers SET likeness = ? WHERE case_id {within} OR parent {within}",
            (none, *chosen, *chosen),
        )


def since(tx: Tx, at: int) -> dict[str, int]:
    """How many offers were answered since then, by answer."""
    rows = tx.rows(
        "SELECT answer, count(*) FROM parent_offers WHERE answered_at >= ? GROUP BY answer ORDER BY answer", (at,)
    )
    return {answer: int(amount) for answer, amount in rows}


def _reasons(body: bytes) -> Reasons:
    return msgspec.json.decode(bytes(body), type=Reasons)


def shared_of(one: dict[str, Any], other: dict[str, Any], terms: Iterable[str], most: int = 8) -> list[tuple[str, str]]:
    """How both write what they have in common, the weightiest first."""
    return [(one[term], other[term]) for term in list(terms)[:most]]
