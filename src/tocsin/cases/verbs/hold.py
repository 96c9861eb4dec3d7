"""Waiting on the customer: some clocks pause, for as long as the policy allows."""

from typing import Annotated

from tocsin.cases import expiring
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.parts import Run
from tocsin.cases.happenings.progress import Held, Released
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks, MaybeWhy, Why
from tocsin.cases.verbs.common import required
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Undo, Verb
from tocsin.core import instants
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Said, say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


class Hold(Arguments, frozen=True):
    """`until` (microseconds): None is the policy's longest time."""

    reason: Why
    until: Annotated[int | None, Asks("At the latest, such as 2026-11-24T09:00:00Z", "instant")] = None


class Resumption(Arguments, frozen=True):
    """`reason`: for the record."""

    reason: MaybeWhy = None


def _hold(viewer: Viewer, said: Hold, state: Aggregate, scene: Scene) -> list[Event]:
    """It ends with the customer's reply, by `resume`, or at `until`. Holds that follow one another without a reply
    share the policy's time."""
    rules, latest = scene.policy.document.clocks, longest(state, scene)
    end = latest if said.until is None else said.until
    if not scene.now < end <= latest:
        passed = end <= scene.now
        says = say("this time has passed already") if passed else say("the hold would be too long")
        expected = say("a time after now, and at most {latest}", latest=instants.whole(latest))
        raise InvalidInput(says, place="until", expected=expected)
    pausing = [run for run in state.clocks if run.ticking and run.clock in rules.pause_clocks]
    paused: list[Run] = [(run.clock, run.cycle) for run in pausing]
    return [Held(reason=required(said.reason, "reason"), until=end, clocks=paused).event(viewer.actor)]


def longest(state: Aggregate, scene: Scene) -> int:
    """Until when a hold may last; InvalidInput where the policy allows no more of it before the customer's reply."""
    left = scene.policy.document.clocks.pause_at_most.microseconds - state.case.waited
    if left <= 0:
        raise InvalidInput(
            say("the case has been on hold as long as the policy allows"),
            place="until",
            expected=say("the customer's reply first"),
        )
    return scene.now + left


def _resume(viewer: Viewer, said: Resumption, state: Aggregate, scene: Scene) -> list[Event]:
    return [expiring.released(scene, state, scene.now, said.reason or say("it waits no longer"), viewer.actor)]


def _to_hold(state: Aggregate) -> Said | None:
    return say("the case is on hold already") if state.case.held_at is not None else None


def _to_resume(state: Aggregate) -> Said | None:
    return None if state.case.held_at is not None else say("the case is not on hold")


hold = Verb(
    "hold",
    "Put the case on hold while it waits for the customer: clocks pause as the policy says",
    Hold,
    _hold,
    Route("hold"),
    Command("is on hold until {held_until}", "hold 17 --reason 'we wait for their logs' --until 2026-11-24T09:00:00Z"),
    Form("Hold", "On hold: it waits for the customer."),
    allowed=Allowed(live=True, unless=_to_hold),
    requires=lambda viewer, state, scene: longest(state, scene),
    more="At most as long as the policy allows",
    undo=Undo((Held,)),
)
resume = Verb(
    "resume",
    "End the hold: the paused clocks run on",
    Resumption,
    _resume,
    Route("hold", ("release", True), "End the hold instead"),
    Command("is no longer on hold", "resume 17", ("release",)),
    Form("End the hold", "The clocks run on."),
    allowed=Allowed(unless=_to_resume),
    undo=Undo((Released,)),
)
