"""Waiting on the customer: some clocks pause, for as long as the policy allows."""

from tocsin.cases import expiring
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.parts import Run
from tocsin.cases.happenings.progress import Held
from tocsin.cases.lifecycle import Verb
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.common import begin, required
from tocsin.core import instants
from tocsin.core.errors import InvalidInput
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


def hold(viewer: Viewer, reason: str, until: int | None = None) -> Plan:
    """Pause the clocks that the policy lets pause. It ends with the customer's reply, by `release`, or at `until`
    (microseconds), which is the policy's longest time where nothing is said. Holds that follow one another without a
    reply share that time."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.HOLD, state)
        rules, latest = scene.policy.document.clocks, longest(state, scene)
        end = latest if until is None else until
        if not scene.now < end <= latest:
            says = "this time has passed already" if end <= scene.now else "the hold would be too long"
            expected = f"a time after now, and at most {instants.whole(latest)}"
            raise InvalidInput(says, place="until", expected=expected)
        pausing = [run for run in state.clocks if run.ticking and run.clock in rules.pause_clocks]
        paused: list[Run] = [(run.clock, run.cycle) for run in pausing]
        return [Held(reason=required(reason, "reason"), until=end, clocks=paused).event(viewer.actor)]

    return plan


def longest(state: Aggregate, scene: Scene) -> int:
    """Until when a hold may last; InvalidInput where the policy allows no more of it before the customer's reply."""
    left = scene.policy.document.clocks.pause_at_most.microseconds - state.case.waited
    if left <= 0:
        raise InvalidInput(
            "the case has been on hold as long as the policy allows",
            place="until",
            expected="the customer's reply first",
        )
    return scene.now + left


def release(viewer: Viewer, reason: str | None = None) -> Plan:
    """Let the paused clocks run on."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.RELEASE, state)
        return [expiring.released(scene, state, scene.now, reason or "it waits no longer", viewer.actor)]

    return plan
