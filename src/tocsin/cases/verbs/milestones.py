"""Marking that something was reached which the policy has a clock for, such as a warning to an authority."""

from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.messages import Marked
from tocsin.cases.lifecycle import Verb
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.common import begin
from tocsin.clocks import kinds
from tocsin.core.errors import InvalidInput
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


def mark_milestone(viewer: Viewer, milestone: str, note: str | None = None) -> Plan:
    """Mark a milestone by its name; clocks that wait for it stop."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.MARK_MILESTONE, state)
        if not kinds.is_moment(kinds.marked(milestone)):
            expected = "letters, digits, '_', '.' and '-', beginning with a letter or digit"
            raise InvalidInput(f"{milestone[:40]!r} is no name of a milestone", place="milestone", expected=expected)
        return [Marked(milestone=milestone, note=note).event(viewer.actor)]

    return plan
