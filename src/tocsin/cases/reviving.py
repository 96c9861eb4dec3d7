"""A case that begins again: it was resolved and is open once more, or it was imported and is worked on from now on.

It gets what a new case gets: clocks, and, while its level is above standard, a path that pages people. What it has
already goes on. Pure.
"""

from tocsin.cases.aggregate import Aggregate, RunningClock
from tocsin.cases.clocks import arming, ticking
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.clocks import ClocksStarted
from tocsin.cases.happenings.deciding import TakenLive
from tocsin.cases.happenings.parts import ClockStart
from tocsin.cases.paths import escalating
from tocsin.cases.scene import Scene
from tocsin.clocks import durations, kinds, targets
from tocsin.clocks.kinds import BUILT_IN, ClockName
from tocsin.core.wording import Said, plain, words_of
from tocsin.ledger.journal import Event
from tocsin.policy.decision import Decision


def woken(state: Aggregate, scene: Scene, reason: Said | str, actor: str) -> Event:
    """`case.taken_live`: an imported case is worked on from now on. What triage asks about it is asked now."""
    answer_by = None if state.case.triage_at is None else scene.now + scene.policy.expiry
    return TakenLive(reason=plain(reason), answer_by=answer_by, words=words_of(reason)).event(actor)


def take_live(draft: Draft, scene: Scene, reason: Said | str, actor: str) -> None:
    """An imported case is worked on from now on; nothing for any other, and for one that is over."""
    case = draft.state.case
    if not case.imported or case.state != "open":
        return
    draft.add(woken(draft.state, scene, reason, actor))
    last = scene.last()
    if last is not None:
        revive(draft, scene.again(draft.state), last, again=False)


def revive(draft: Draft, scene: Scene, decision: Decision, *, again: bool, rested: int | None = None) -> None:
    """Add what the case lacks. `decision`: its last one. `again`: clocks that have come to their end run once more, and
    since `rested` nothing was asked of them; otherwise only those start that never ran."""
    state = draft.state
    clocks = _clocks(state, scene, decision, _lacking(state, again), rested)
    if clocks:
        draft.add(ClocksStarted(clocks=clocks).event())
    if state.case.level == "standard" or state.case.acknowledged_at is not None or state.climbing():
        return
    if state.case.parent is not None:  # which pages for it
        return
    if decision.level == state.case.level:
        policy = scene.around.policies.compiled(decision.policy_version)
        draft.add_all(escalating.escalate(policy, decision, scene.mint, draft.now))
    else:  # decided lower since, but only a person lowers a case
        draft.add_all(escalating.path_of(scene, state, state.case.level))


def _lacking(state: Aggregate, again: bool) -> list[ClockName]:
    case = state.case
    wanted = [clock for clock in kinds.AT_OPENING if not case.has_done(BUILT_IN[clock].done)]
    if case.level != "standard":
        wanted += kinds.AT_ESCALATION
    held = {run.clock for run in state.clocks if run.outcome is None or not again}
    return [clock for clock in wanted if clock not in held]


def _clocks(
    state: Aggregate, scene: Scene, decision: Decision, wanted: list[ClockName], rested: int | None
) -> list[ClockStart]:
    """By the decision's targets; a clock that it has none for, because it was decided lower since, by its last one."""
    cycles, opened_at, now = arming.next_cycles(state), state.case.opened_at, scene.now
    policy = scene.around.policies.compiled(decision.policy_version)
    found = arming.starts(policy, decision, wanted, now, opened_at, cycles)
    for clock in wanted:
        last = ticking.last_run(state, clock)
        if clock not in decision.targets and last is not None:
            found.append(ticking.once_more(last, scene.around, cycles[clock], now, opened_at))
    return [_cumulative(state, scene, started, rested) for started in found]


def _cumulative(state: Aggregate, scene: Scene, started: ClockStart, rested: int | None) -> ClockStart:
    """A clock that counts from the opening goes on where it stood: the time in which the case rested, and the pauses
    before, do not count; nor does a pause in which it was resolved."""
    last: RunningClock | None = ticking.last_run(state, started["clock"])
    if started["origin"] != "opened" or last is None or rested is None:
        return started
    document = scene.around.policies.compiled(started["policy_version"]).document
    begun = last.settled_at if last.outcome == "met" and last.settled_at is not None else rested
    pauses = (*ticking.spans(last.pauses), (min(begun, rested), scene.now))
    run = targets.start(
        started["clock"],
        durations.parse(started["target"]),
        document.calendars[started["calendar"]],
        scene.now,
        since=started["started_at"],
        pauses=pauses,
    )
    warn_at = ticking.next_warning(scene.around, started["policy_version"], run, scene.now)
    return {**started, "due_at": run.due_at, "pauses": ticking.text(pauses), "warn_at": warn_at}
