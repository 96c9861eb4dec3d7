"""The cases at risk as every face shows them: what is known of risks here, and each case with its reasons."""

from typing import Any, NamedTuple

from tocsin.cases.aggregate import Case
from tocsin.cases.risk import listing, models
from tocsin.cases.risk.learning import LEAST
from tocsin.cases.risk.listing import Risk
from tocsin.cases.risk.models import RiskModel
from tocsin.core import ids, instants
from tocsin.core.wording import Reader, worded
from tocsin.detection.risk import guarantee
from tocsin.installation import Installation
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx


class ShownRisks(NamedTuple):
    """`promised`: the share that may be missed, None where the policy asks for no estimate; `model`: what was learnt
    last; `needed`: how many cases have to have escalated; `cases`: those at risk."""

    promised: float | None
    model: RiskModel | None
    needed: int
    cases: list[tuple[Risk, Case]]

    @property
    def knows(self) -> bool:
        """Whether enough is known to say anything."""
        return self.model is not None and bool(self.model.weights)


def shown(tx: Tx, here: Installation, viewer: Viewer) -> ShownRisks:
    """As of now, for this viewer."""
    viewer.require("cases.read")
    policies = here.desk.policies.get(tx)
    promised = policies.at(tx.now).document.risk.miss_at_most if policies.in_force(tx.now) is not None else None
    if promised is None:
        return ShownRisks(None, None, 2 * LEAST, [])
    needed = 2 * max(LEAST, guarantee.least(promised))
    return ShownRisks(promised, models.newest(tx), needed, listing.at_risk(tx, viewer))


def show_model(found: ShownRisks) -> dict[str, Any] | None:
    """What was learnt, as the API has it."""
    model = found.model
    if model is None:
        return None
    return {
        "version": model.version,
        "learnt_at": instants.to_text(model.learnt_at),
        "cases": model.cases,
        "escalated": model.escalated,
        "knows": found.knows,
        "line": model.line if found.knows else None,
        "missed": model.following.missed,
        "seen": model.following.seen,
    }


def show(risk: Risk, case: Case, to: Reader) -> dict[str, Any]:
    """An estimate, as the API has it."""
    return {
        "id": ids.to_text(case.id),
        "number": case.number,
        "subject": case.subject,
        "likelihood": round(risk.likelihood, 4),
        "factors": [
            {"name": one.name, "points": round(one.points, 3), "says": worded(one.says, to)} for one in risk.speaks()
        ],
        "at": instants.to_text(risk.at),
        "model": risk.model,
        "shown": risk.shown,
        "answer": risk.answer,
        "until": None if risk.until is None else instants.to_text(risk.until),
        "by": risk.actor,
    }
