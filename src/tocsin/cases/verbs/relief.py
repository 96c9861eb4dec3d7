"""More time for a clock, by somebody who answers for it."""

from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.clocks import ticking
from tocsin.cases.happenings.clocks import ClocksRelieved
from tocsin.cases.lifecycle import Verb
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.common import begin, required
from tocsin.core import instants
from tocsin.core.errors import InvalidInput, NotAllowed
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


def relieve(viewer: Viewer, clock: str, due_at: int, reason: str) -> Plan:
    """Let a running clock be due later, at `due_at` (microseconds). What it was first due at stays on record."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.relieve", Verb.RELIEVE, state)
        run = state.running(clock)
        if run is None or not run.ticking:
            raise NotAllowed(f"no {clock[:40]} clock is running", place="clock", expected="a clock that runs")
        if due_at <= run.due_at:
            raise InvalidInput(
                "this is not later than the present due time",
                place="due_at",
                expected=f"a time after {instants.whole(run.due_at)}",
            )
        change = ticking.change(run, ticking.moved(run, scene.around, due_at), scene.around, scene.now)
        assert change is not None
        return [ClocksRelieved(clocks=[change], reason=required(reason, "reason")).event(viewer.actor)]

    return plan
