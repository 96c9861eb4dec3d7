"""More time for a clock, by somebody who answers for it."""

from typing import Annotated

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.clocks import ticking
from tocsin.cases.happenings.clocks import ClocksRelieved
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks, Why
from tocsin.cases.verbs.common import required
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Verb
from tocsin.core import instants
from tocsin.core.errors import InvalidInput, NotAllowed
from tocsin.core.wording import Said, say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


class Extension(Arguments, frozen=True):
    """`due_at` (microseconds): when the clock is due from now on."""

    clock: Annotated[str, Asks("A clock that runs, such as resolve", "clock", "Clock", argument="CLOCK")]
    due_at: Annotated[int, Asks("The new due time, such as 2026-11-24T09:00:00Z", "instant", argument="DUE")]
    reason: Why


def _extend(viewer: Viewer, said: Extension, state: Aggregate, scene: Scene) -> list[Event]:
    """What it was first due at stays on record."""
    run = state.running(said.clock)
    if run is None or not run.ticking:
        raise NotAllowed(
            say("no {clock} clock is running", clock=said.clock[:40]), place="clock", expected=say("a clock that runs")
        )
    if said.due_at <= run.due_at:
        raise InvalidInput(
            say("this is not later than the present due time"),
            place="due_at",
            expected=say("a time after {time}", time=instants.whole(run.due_at)),
        )
    change = ticking.change(run, ticking.moved(run, scene.around, said.due_at), scene.around, scene.now)
    assert change is not None
    return [ClocksRelieved(clocks=[change], reason=required(said.reason, "reason")).event(viewer.actor)]


def _to_extend(state: Aggregate) -> Said | None:
    return None if any(run.ticking for run in state.clocks) else say("no clock is running")


extend = Verb(
    "extend",
    "Give a running clock more time; the first due time stays on record",
    Extension,
    _extend,
    Route("relief"),
    Command(
        "has until {due_at} for {clock}",
        "extend 17 resolve 2026-11-24T09:00:00Z --reason 'agreed with the customer'",
        ("relieve",),
    ),
    Form("Give a clock more time", "The clock has more time."),
    permission="cases.relieve",
    allowed=Allowed(live=True, unless=_to_extend),
    who="administrators",
)
