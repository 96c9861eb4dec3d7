"""Somebody who works on no case any more: what they had answered is unanswered at once, and what they owned is told."""

from collections.abc import Sequence

from tocsin.cases import acting, alerting, expiring, store
from tocsin.cases.aggregate import Aggregate, Escalation
from tocsin.cases.context import Desk
from tocsin.cases.happenings.paths import PathDeclined
from tocsin.cases.paths import climbing
from tocsin.cases.scene import Scene
from tocsin.core import ids
from tocsin.core.wording import say
from tocsin.ledger.journal import Event
from tocsin.people.directory import User
from tocsin.storage.transaction import Tx

_THEIRS = (
    "SELECT id FROM cases WHERE state = 'open' AND owner = ?"
    " UNION SELECT id FROM cases WHERE state = 'open' AND level <> 'standard' AND (technical_lead = ? OR"
    " escalation_manager = ?) UNION SELECT c.id FROM cases c JOIN escalations e ON e.case_id = c.id"
    " WHERE c.state = 'open' AND e.answers LIKE ? ORDER BY 1"
)


def left(tx: Tx, desk: Desk, user: User) -> int:
    """Call in the transaction in which somebody was deactivated, or got a role that works on no cases: what they had
    acknowledged is paged again now, and not when that expires; how many cases were theirs. Nothing for anybody else."""
    if user.may("cases.work"):
        return 0
    rows = tx.rows(_THEIRS, (user.id, user.id, user.id, f"% {ids.to_text(user.id)} %"))
    cases = [row[0] for row in rows]
    if cases:
        store.lock(tx, cases)
        acting.act_many(tx, desk, dict.fromkeys(cases, _plan(user)))
    return len(cases)


def _plan(user: User) -> acting.Plan:
    def plan(state: Aggregate, scene: Scene) -> Sequence[Event]:
        case = state.case
        if case.state != "open" or case.imported:
            return []
        events = expiring.left(scene, state, user.id)
        events += [_unanswered(scene, climb, user) for climb in state.live() if _counts(climb, user)]
        if case.owner == user.id:
            says = say("{name}, who owns it, no longer works on cases", name=user.name)
            events.append(alerting.alert(scene, "owner_away", says, alerting.lead(scene)))
        return events

    return plan


def _counts(climb: Escalation, user: User) -> bool:
    """Whether their answer is one of several for which a path waits."""
    return f" {ids.to_text(user.id)} " in climb.answers


def _unanswered(scene: Scene, climb: Escalation, user: User) -> Event:
    passed, step = climbing.last_fired(scene, climb)
    declined = PathDeclined(
        escalation=ids.to_text(climb.id),
        by=ids.to_text(user.id),
        passed=-1 - passed,
        step=step,
        notified=[],
        unreachable=[],
        next_at=climbing.waited(scene, climb, None),
    )
    return declined.event()
