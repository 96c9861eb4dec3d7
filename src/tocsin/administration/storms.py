"""The storm guard as every face shows it: the rule of the policy in force, whether it is muted, and the storms that
last."""

from typing import Any, NamedTuple

from tocsin.cases import storms
from tocsin.cases.aggregate import Case
from tocsin.cases.storms import LastingStorm
from tocsin.core import ids, instants
from tocsin.core.wording import Said
from tocsin.guards.guard import Guard
from tocsin.installation import Installation
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import STORM
from tocsin.policy.sentences import sentences
from tocsin.storage.transaction import Tx


class ShownStorms(NamedTuple):
    """`says`: the rule in words, None where the policy has none; `muted`: the guard that keeps it from acting;
    `standing`: the storms that last, each with the case that pages for all."""

    says: Said | None
    muted: Guard | None
    standing: list[tuple[LastingStorm, Case]]


def shown(tx: Tx, here: Installation, viewer: Viewer) -> ShownStorms:
    """As of now, for this viewer."""
    viewer.require("policy.read")
    policies = here.desk.policies.get(tx)
    document = policies.at(tx.now).document if policies.in_force(tx.now) is not None else None
    says = next((one.says for one in sentences(document) if one.rule == STORM), None) if document else None
    muting = (guard for guard in here.desk.guards.get(tx).standing(tx.now) if guard.scope.rule == STORM)
    return ShownStorms(says, next(muting, None), storms.standing(tx, viewer) if viewer.may("cases.read") else [])


def show(storm: LastingStorm, case: Case) -> dict[str, Any]:
    """As the API has it."""
    return {
        "of": storm.of,
        "case": {"id": ids.to_text(case.id), "number": case.number, "subject": case.subject},
        "began_at": instants.to_text(storm.began_at),
        "last_at": instants.to_text(storm.last_at),
        "over_at": instants.to_text(storm.over_at),
        "joined": storm.joined,
    }
