"""The cases that are at risk, with the reasons, and what people said to that."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from tocsin.cases import sight, store
from tocsin.cases.aggregate import Case
from tocsin.cases.happenings.judging import RiskAnswered
from tocsin.cases.happenings.undoing import Undone
from tocsin.cases.risk.factors import FACTORS, Course
from tocsin.core.wording import Counted, Said
from tocsin.ledger import journal
from tocsin.ledger.subscribers import Happened
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Row, Tx

SEEN, SNOOZED, DISAGREED = "seen", "snoozed", "disagreed"
ANSWERS = (SEEN, SNOOZED, DISAGREED)
_COLUMNS = "r.case_id, r.at, r.model, r.likelihood, r.points, r.course, r.shown, r.answer, r.until, r.actor"
_MOST = 200


class Speaks(NamedTuple):
    """A factor that speaks for the risk of a case: `points` of the log odds, and what it rests on."""

    name: str
    points: float
    says: Said | Counted


class Risk(NamedTuple):
    """An estimate. `shown`: whether it is so likely that cases like it are shown; `answer`: what somebody, `actor`,
    said to it, None while nobody has; `until`: nobody is shown it before."""

    case: int
    at: int
    model: int
    likelihood: float
    points: tuple[float, ...]
    course: Course
    shown: bool
    answer: str | None
    until: int | None
    actor: str | None

    def speaks(self) -> list[Speaks]:
        """What speaks for it, the weightiest first."""
        found = [
            Speaks(factor.name, points, factor.says(self.course))
            for factor, points in zip(FACTORS, self.points, strict=True)
            if points >= 0.01
        ]
        return sorted(found, key=lambda one: -one.points)

    def stands(self, now: int) -> bool:
        """Whether it asks for somebody's look."""
        return self.shown and self.answer != DISAGREED and (self.until is None or self.until <= now)


def at_risk(tx: Tx, viewer: Viewer) -> list[tuple[Risk, Case]]:
    """Those that this viewer sees and that ask for a look, the likeliest first; seen ones behind the others."""
    rows = tx.rows(
        f"SELECT {_COLUMNS} FROM risks r WHERE r.shown AND (r.answer IS NULL OR r.answer <> ?) AND"
        " (r.until IS NULL OR r.until <= ?) ORDER BY r.likelihood DESC, r.case_id LIMIT ?",
        (DISAGREED, tx.now, _MOST),
    )
    found = [_read(row) for row in rows]
    cases = store.rows_of(tx, [risk.case for risk in found])
    seen = [
        (risk, cases[risk.case]) for risk in found if sight.sees(viewer, cases[risk.case]) and _below(cases[risk.case])
    ]
    return sorted(seen, key=lambda one: one[0].answer == SEEN)


def unseen(tx: Tx, viewer: Viewer) -> int:
    """How many of them nobody has said anything to."""
    return sum(risk.answer is None for risk, _ in at_risk(tx, viewer))


def of(tx: Tx, viewer: Viewer, case: int) -> Risk | None:
    """The newest estimate for a case; None where there is none, or this viewer does not see it."""
    row = tx.row(f"SELECT {_COLUMNS} FROM risks r WHERE r.case_id = ?", (case,))
    found = store.rows_of(tx, [case]).get(case) if row is not None else None
    if row is None or found is None or not sight.sees(viewer, found) or not _below(found):
        return None
    return _read(row)


def _below(case: Case) -> bool:
    return case.state == "open" and case.level == "standard"


def _read(row: Row) -> Risk:
    case, at, model, likelihood, points, course, shown, answer, until, actor = row
    told = msgspec.json.decode(points, type=tuple[float, ...])
    stood = Course(*msgspec.json.decode(course))
    return Risk(case, at, model, likelihood, told, stood, bool(shown), answer, until, actor)


def answered(tx: Tx, happened: Sequence[Happened[RiskAnswered]]) -> None:
    """Within subscriber: what somebody said to the risk of a case stands beside its estimate."""
    authors = journal.by_authors(tx, [case for case, _ in happened], RiskAnswered.KIND)
    actors = {case: actor for case, actor, _ in authors}
    tx.run_many(
        "UPDATE risks SET answer = ?, until = ?, actor = ? WHERE case_id = ?",
        [(said.answer, said.until, actors.get(case), case) for case, said in happened],
    )


def undone(tx: Tx, happened: Sequence[Happened[Undone]]) -> None:
    """Within subscriber: an answer that was undone is none."""
    tx.run_many(
        "UPDATE risks SET answer = NULL, until = NULL, actor = NULL WHERE case_id = ?",
        [(case,) for case, said in happened if said.verb == "answer-risk"],
    )
