"""A case that was escalated by mistake: wrong severity, a duplicate, a false alarm."""

from typing import Annotated

import msgspec

from tocsin.cases import raising, reclassifying
from tocsin.cases.aggregate import Aggregate, RunningClock
from tocsin.cases.clocks import arming, ticking
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.clocks import ClocksCancelled, ClocksCorrected, ClocksExcused
from tocsin.cases.happenings.judging import Corrected
from tocsin.cases.happenings.parts import ClockChange
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.paths import answering
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks, Why, choices
from tocsin.cases.verbs.common import required
from tocsin.cases.verbs.escalation import lowered, overridden
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Verb
from tocsin.clocks import durations, targets
from tocsin.core.clock import MINUTE
from tocsin.core.errors import InvalidInput, NotAllowed
from tocsin.core.wording import say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer
from tocsin.policy.decide import decide
from tocsin.policy.decision import Decision, Override
from tocsin.policy.levels import raised

MISTAKES = ("wrong_severity", "duplicate", "false_alarm")


class Correction(Arguments, frozen=True):
    """`what`: one of `MISTAKES`. `severity`: the right one, where that was wrong."""

    what: Annotated[str, Asks(" or ".join(MISTAKES), "name", "What was wrong", choices(*MISTAKES), argument="MISTAKE")]
    reason: Why
    severity: Annotated[
        str | None, Asks("The right one, where it was wrong", "severity", "The right severity, if it was wrong")
    ] = None


def _correct(viewer: Viewer, said: Correction, state: Aggregate, scene: Scene) -> list[Event]:
    """Put right a mistaken escalation, within the policy's time since it began. A wrong severity is decided again; a
    duplicate and a false alarm become standard. Clocks get the targets that they should have had, those without one are
    cancelled, breaches since it began stay and are excused. Of a resolved case the mistake is recorded, and its
    breaches are excused."""
    require_able(viewer, state, scene)
    what = said.what
    why = _checked(state, scene, what, said.reason, said.severity)
    corrected = Corrected(what=what, reason=why).event(viewer.actor)
    excused = _excused(state, scene, what, viewer.actor)
    if state.case.state != "open":
        return [corrected, *excused]
    wanted = Override(reason=f"{what}: {why}", by=viewer.actor, severity=said.severity)
    override, decision = _right(scene, state, wanted)
    draft = Draft(state, scene.now)
    draft.add(corrected)
    draft.add(overridden(override, viewer))
    if raised(decision.level, state.case.level):
        draft.add_all(lowered(viewer, draft.state, scene.again(draft.state), override))
    else:
        draft.add_all(raising.decided(scene.again(draft.state), draft.state, override, viewer.actor))
    draft.add_all(_clocks(draft.state, scene, decision, what, viewer.actor))
    draft.add_all(excused)
    return draft.events


def _checked(state: Aggregate, scene: Scene, what: str, reason: str, severity: str | None) -> str:
    if what not in MISTAKES:
        raise InvalidInput(
            say("{what} is not a known mistake", what=repr(what[:40])),
            place="what",
            expected=say("one of {choices}", choices=", ".join(MISTAKES)),
        )
    names = scene.around.policies.at(scene.now).document.severities
    if what == "wrong_severity" and severity not in names:
        raise InvalidInput(
            say("the right severity is missing"),
            place="severity",
            expected=say("one of {choices}", choices=", ".join(names)),
        )
    if what != "wrong_severity" and severity is not None:
        raise InvalidInput(say("only a wrong severity names one"), place="severity", expected=say("nothing"))
    if severity is not None and state.case.state != "open":
        raise NotAllowed(
            say("the case is {state}", state=state.case.state),
            place="severity",
            expected=say("an open case; reopen it first"),
        )
    return required(reason, "reason")


def require_able(viewer: Viewer, state: Aggregate, scene: Scene) -> None:
    """NotAllowed where the escalation began too long ago; Forbidden, while people are paged, for
    whoever may not end that."""
    answering.require_end(viewer, state, scene, "correct", "cases.correct")
    within = scene.policy.document.cases.correct_within.microseconds
    if scene.now - _escalated_at(state, scene.last()) > within:
        raise NotAllowed(
            say("more than {minutes} minutes have passed", minutes=within // MINUTE),
            place="correct",
            expected=say("lower the case, then give its clocks more time"),
        )


def _escalated_at(state: Aggregate, last: Decision | None) -> int:
    """When the newest escalation began: a path that began again, because whoever had answered it has the case no more,
    is none. Where a person has set the level, the first: raising a case buys no time for corrections."""
    begun, answered = state.case.opened_at, set()
    said = reclassifying.of_person(last.override) if last is not None else None
    by_person = said is not None and said.level is not None
    for climb in state.escalations[:1] if by_person else state.escalations:
        place = (climb.kind, climb.path, climb.policy_version)
        begun = begun if place in answered else max(begun, climb.started_at)
        if climb.state == "acknowledged":
            answered.add(place)
    return begun


def _right(scene: Scene, state: Aggregate, said: Override) -> tuple[Override, Decision]:
    """What is set, and the decision that the case has without the mistake: standard, or what follows from the right
    severity."""
    last = scene.last()
    if last is None:
        raise NotAllowed(
            say("the facts of the case were erased"),
            place="correct",
            expected=say("lower the case, then give its clocks more time"),
        )
    policy = scene.around.policies.at(scene.now)

    def again(override: Override) -> Decision:
        return decide(policy, last.facts, scene.now, override, opened_at=state.case.opened_at)

    if said.severity is None:
        said = msgspec.structs.replace(said, level="standard")
    decision = again(raising.joined(last, said))
    if raised(decision.level, state.case.level):  # to be lowered, which only a person's word does
        said = msgspec.structs.replace(said, level=decision.level)
    return said, decision


def _clocks(state: Aggregate, scene: Scene, decision: Decision, what: str, actor: str) -> list[Event]:
    running = [run for run in state.clocks if run.outcome is None and not run.stands]
    wrong = [(run.clock, run.cycle) for run in running if run.clock not in decision.targets]
    found = [_corrected(run, scene, decision, state) for run in running if run.clock in decision.targets]
    changes = [change for change in found if change]
    events = []
    if changes:
        events.append(ClocksCorrected(clocks=changes).event(actor))
    if wrong:
        events.append(ClocksCancelled(clocks=wrong, because=what).event(actor))
    return events


def _excused(state: Aggregate, scene: Scene, what: str, actor: str) -> list[Event]:
    """What was missed since the escalation began; what was late before had nothing to do with it."""
    begun = _escalated_at(state, scene.last())
    late = [run for run in state.clocks if run.outcome == "breached" and not run.excused_by and run.due_at >= begun]
    missed = [run for run in late if ticking.kind_of(run, scene.around.policies).excusable]
    clocks = [(run.clock, run.cycle) for run in missed]
    return [ClocksExcused(clocks=clocks, by=what).event(actor)] if clocks else []


def _corrected(run: RunningClock, scene: Scene, decision: Decision, state: Aggregate) -> ClockChange | None:
    """What is new of a clock under the right target, from its own start: later than before, if that is what is right. A
    paused one first gets the pause so far, and pauses anew."""
    policy = scene.around.policies.at(scene.now)
    target = arming.target_of(policy, decision, run.clock)
    assert target is not None
    resumed = targets.resume(ticking.running(run, scene.around), scene.now)
    after = targets.start(
        run.clock,
        durations.parse(target.duration),
        policy.document.calendars[target.calendar],
        scene.now,
        cycle=run.cycle,
        since=state.case.opened_at if target.origin == "opened" else run.started_at,
        pauses=resumed.pauses,
    )
    due_at = max(after.due_at, scene.now + policy.document.clocks.grace.microseconds)
    paused_at = None if run.paused_at is None else scene.now
    new = {
        "policy_version": decision.policy_version,
        "target": target.duration,
        "calendar": target.calendar,
        "origin": target.origin,
    }
    after = msgspec.structs.replace(after, due_at=due_at, paused_at=paused_at, started_at=run.started_at)
    return ticking.change(run, after, scene.around, scene.now, **new)


correct = Verb(
    "correct",
    "Correct an escalation that was a mistake, soon after it began; breaches since then stay and are excused",
    Correction,
    _correct,
    Route("correction"),
    Command("is corrected", "correct 17 false_alarm --reason 'a drill'"),
    Form("Correct a mistake", "Corrected."),
    permission="cases.correct",
    allowed=Allowed(frozenset({"open", "resolved"}), live=True),
    requires=require_able,
    more="A resolved case keeps its level",
    who="leads; while people are paged, those of them who [may answer](cases.md#who-ends-the-paging)",
)
