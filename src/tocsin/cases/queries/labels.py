"""What became of the questions of triage: each answer is a label, by which the policy can be judged, and by which
whoever is asked sees how others answered."""

from collections.abc import Sequence
from typing import NamedTuple

from tocsin.cases import sight
from tocsin.cases.happenings.judging import Triaged
from tocsin.core import canonical
from tocsin.ledger import journal
from tocsin.ledger.subscribers import Happened
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx, marks, padded

_LOOKED = 200  # answers among which alike ones are looked for


class Label(NamedTuple):
    """An answer of a person about a case. `at`: microseconds. `corrected`: whether it set right what the case is."""

    number: int
    external_id: str | None
    subject: str
    asks: tuple[str, ...]
    was: str
    answer: str
    actor: str
    at: int
    type: str | None
    product_area: str | None
    corrected: bool


class Settled(NamedTuple):
    """How many questions were settled since an instant, how many of them by people, and how many of those said what
    would have followed by itself."""

    settled: int
    answered: int
    agreed: int


def kept(tx: Tx, happened: Sequence[Happened[Triaged]]) -> None:
    """Questions that were answered, or whose time has passed."""
    cases = [case for case, _ in happened]
    told = {case: (actor, canonical.decode(body)) for case, actor, body in journal.by_authors(tx, cases, Triaged.KIND)}
    chosen = padded(cases)
    now = tx.rows(f"SELECT id, level, type, product_area FROM cases WHERE id IN ({marks(chosen)})", chosen)
    known = {case: (level, kind, area) for case, level, kind, area in now}
    rows = []
    for case, said in happened:
        level, kind, area = known[case]
        actor, _ = told[case]
        answer = said.answer if not actor.startswith("engine") else None
        was = said.was or level
        right = (said.type or kind, said.product_area or area)
        corrected = any(value is not None for value in (said.type, said.product_area, said.severity))
        asks = " ".join(said.asks or ())
        rows.append((case, tx.now, asks, was, said.otherwise or was, answer, actor, *right, corrected))
    tx.run_many(
        "INSERT INTO triage_answers (case_id, answered_at, asks, was, otherwise, answer, actor, type, product_area,"
        " corrected) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (case_id, answered_at) DO NOTHING",
        rows,
    )


def since(tx: Tx, at: int) -> Settled:
    """Of all cases, so that everybody reads the same figures."""
    row = tx.row(
        "SELECT count(*), count(answer), sum(CASE WHEN answer = otherwise AND NOT corrected THEN 1 ELSE 0 END)"
        " FROM triage_answers WHERE answered_at >= ?",
        (at,),
    )
    return Settled(*(int(amount or 0) for amount in row or (0, 0, 0)))


def like(
    tx: Tx, viewer: Viewer, case: int, asks: Sequence[str], about: tuple[str | None, str | None], limit: int
) -> list[Label]:
    """What people answered to such a question, the newest first: of the same type and area before others. `about`:
    both, of the case that is asked about now."""
    found = [label for label in _newest(tx, viewer, case) if not asks or set(asks) & set(label.asks)]
    found.sort(key=lambda label: (label.type, label.product_area) != about)  # a stable sort keeps the newest first
    return found[:limit]


def _newest(tx: Tx, viewer: Viewer, case: int) -> list[Label]:
    may_see, parameters = sight.condition(viewer)
    rows = tx.rows(
        "SELECT cases.number, cases.external_id, cases.subject, a.asks, a.was, a.answer, a.actor, a.answered_at,"
        " a.type, a.product_area, a.corrected FROM (SELECT * FROM triage_answers WHERE answer IS NOT NULL"
        " ORDER BY answered_at DESC LIMIT ?) a JOIN cases ON cases.id = a.case_id"
        f" WHERE cases.id <> ? AND {may_see} ORDER BY a.answered_at DESC",
        (_LOOKED, case, *parameters),
    )
    return [
        Label(number, ticket, subject, tuple(asks.split()), was, answer, actor, at, kind, area, bool(corrected))
        for number, ticket, subject, asks, was, answer, actor, at, kind, area, corrected in rows
    ]
