"""The clock that watches for an owner's silence is restarted whenever somebody works on the case; while the case waits,
where the policy lets this clock pause, it is paused from its beginning. Pure."""

from collections.abc import Sequence

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.applying import is_work
from tocsin.cases.clocks import arming, ticking
from tocsin.cases.happenings.clocks import ClocksRelieved, ClocksRestarted, ClocksStarted
from tocsin.cases.scene import Scene
from tocsin.clocks.kinds import SILENCE
from tocsin.ledger.journal import Event


def renewed(scene: Scene, state: Aggregate, planned: Sequence[Event]) -> list[Event]:
    """`clocks.restarted`, or the next cycle where the last one had run out."""
    if state.case.state != "open" or not any(is_work(event) for event in planned):
        return []
    relieved = [event.payload for event in planned if isinstance(event.payload, ClocksRelieved)]
    if any(said.clocks[0]["clock"] == SILENCE for said in relieved):
        return []  # it has just been given more time
    run = ticking.last_run(state, SILENCE)
    if run is None or run.outcome == "cancelled":
        return []
    if run.outcome is not None:
        cycle = run.cycle + 1
        clock = ticking.once_more(run, scene.around, cycle, scene.now, state.case.opened_at)
        return [ClocksStarted(clocks=arming.on_hold(scene.policy, state, [clock], scene.now)).event()]
    change = ticking.restarted(run, scene.around, scene.now) if run.ticking else None
    return [ClocksRestarted(clocks=[change]).event()] if change else []
