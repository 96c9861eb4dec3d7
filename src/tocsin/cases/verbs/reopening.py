"""A case that was over begins again; and one that stays over."""

from tocsin.cases import reviving
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.progress import Closed, Reopened
from tocsin.cases.lifecycle import Verb
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.common import begin, required
from tocsin.core.errors import NotAllowed
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import Decision


def reopen(viewer: Viewer, reason: str) -> Plan:
    """Open a case again: its clocks run a new cycle, and while it is escalated its path begins again."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.REOPEN, state)
        draft = Draft(state, scene.now)
        draft.add(Reopened(reason=required(reason, "reason")).event(viewer.actor))
        if state.case.imported:
            draft.add(reviving.woken(draft.state, scene, "it was opened again", viewer.actor))
        last = known(scene)
        reviving.revive(draft, scene, last, again=True, rested=state.case.resolved_at or state.case.closed_at)
        return draft.events

    return plan


def known(scene: Scene) -> Decision:
    """The newest decision; NotAllowed where its facts were erased, since nothing says then what the case needs."""
    last = scene.last()
    if last is None:
        raise NotAllowed("the facts of the case were erased", place="reopen", expected="a new case")
    return last


def close(viewer: Viewer, note: str | None = None) -> Plan:
    """Close a resolved case."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.CLOSE, state)
        return [Closed(note=note).event(viewer.actor)]

    return plan
