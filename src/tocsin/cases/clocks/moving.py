"""How clocks move by what happens to a case: those of the policy's own, and built-in ones that no verb names. Pure.

A clock stops by one of its moments; it starts by another, where its condition holds. What the case is decided to be
later may end it, or begin it: then it starts at that decision, where its start has come and its stop has not. When the
case is resolved, a clock ends that waits for nothing which may still come.
"""

from collections.abc import Iterator, Mapping, Sequence

from tocsin.cases import questions
from tocsin.cases.aggregate import Aggregate, RunningClock
from tocsin.cases.applying import is_work
from tocsin.cases.clocks import arming, ticking
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.base import CaseEvent
from tocsin.cases.happenings.clocks import ClocksCancelled, ClocksMet, ClocksStarted
from tocsin.cases.happenings.deciding import Decided, Reclassified, TakenLive
from tocsin.cases.happenings.messages import AnsweredTeam, Marked
from tocsin.cases.happenings.parts import Run
from tocsin.cases.happenings.paths import Escalated
from tocsin.cases.happenings.people import Acknowledged, Assigned
from tocsin.cases.happenings.progress import Reopened
from tocsin.cases.happenings.undoing import standing
from tocsin.cases.scene import Scene
from tocsin.clocks import kinds
from tocsin.clocks.kinds import ClockKind, ClockName
from tocsin.ledger.journal import Event
from tocsin.policy.decision import Decision, from_bytes
from tocsin.policy.versions import Policies


def moved(scene: Scene, state: Aggregate, happened: Sequence[Event]) -> list[Event]:
    """What follows for the clocks from these events, which the state has behind it."""
    policies = scene.around.policies
    declared = scene.policy.document.clocks.declared()
    if state.case.imported or not happened or not (declared or any(map(moves, state.clocks))):
        return []
    again = any(isinstance(event.payload, Reopened) for event in happened)
    hit = frozenset(moment for event in happened for moment in _moments(scene, state, event, again))
    decided = any(isinstance(event.payload, Reclassified | TakenLive) for event in happened)
    woken = any(isinstance(event.payload, TakenLive) for event in happened)
    if not (hit or decided) or (woken and state.case.state != "open"):  # history that somebody ends at once
        return []
    draft = Draft(state, scene.now)
    draft.add_all(_stopped(state, policies, hit))
    draft.add_all(_over(draft.state, policies, hit))
    draft.add_all(_started(scene, draft.state, happened, hit, decided))
    return draft.events


def moves(run: RunningClock) -> bool:
    """Whether a clock is moved here: whatever verbs do not stop themselves."""
    kind = kinds.of(run.clock)
    return kind is None or not kind.stopped_by_verbs


def of_followers(scene: Scene, state: Aggregate) -> list[ClockName]:
    """The clocks that a case shares with the one that it follows."""
    own = [run for run in state.clocks if run.outcome is None and kinds.of(run.clock) is None]
    shares = [run.clock for run in own if ticking.kind_of(run, scene.around.policies).followers == "parent"]
    return [*kinds.OF_FOLLOWERS, *shares]


def shared(scene: Scene, state: Aggregate, met: ClocksMet) -> list[Event]:
    """What a case that follows another has of what was done for that one's clocks."""
    names = {clock for clock, _ in (*met.clocks, *met.late)}
    runs = [run for run in state.clocks if run.clock in names and _waits(state, run)]
    return _met(state, [run for run in runs if ticking.kind_of(run, scene.around.policies).followers == "parent"])


def caught_up(scene: Scene, state: Aggregate, parent: Aggregate) -> list[Event]:
    """The same, of what had been done when it began to follow: since its own clock runs, or once for all."""
    done = []
    for run in state.clocks:
        there = ticking.last_run(parent, run.clock)
        if run.outcome is not None or not moves(run) or there is None or there.outcome != "met":
            continue
        kind = ticking.kind_of(run, scene.around.policies)
        once = all(stop not in kinds.MOMENTS for stop in kind.stop)
        if kind.followers == "parent" and (once or (there.settled_at or 0) >= run.started_at):
            done.append(run)
    return _met(state, done)


def _moments(scene: Scene, state: Aggregate, event: Event, again: bool) -> Iterator[str]:
    """`again`: the case was opened again by these events, so whatever is begun anew begins."""
    said = event.payload
    if not isinstance(said, CaseEvent):
        return
    owner = f"user:{scene.around.directory.name_of(state.case.owner)}"
    if isinstance(said, Assigned):
        if event.actor == owner:
            yield "taken_over"
        elif not event.actor.startswith("engine"):
            yield "handed_over"
    elif isinstance(said, Marked):
        yield kinds.marked(said.milestone)
    elif isinstance(said, AnsweredTeam) and questions.waiting(scene.history()).keys() - {said.team}:
        return  # another team still owes its answer
    elif isinstance(said, TakenLive):
        yield from ("opened", "classified")
    elif not _is_no_moment(state, said, again):
        yield from kinds.moments_of(said.KIND)
        if is_work(event) and event.actor == owner:
            yield "taken_over"


def _is_no_moment(state: Aggregate, said: CaseEvent, again: bool) -> bool:
    """An answer after which somebody else is still wanted; a path that is begun again."""
    if isinstance(said, Acknowledged):
        return said.lasts is None
    return isinstance(said, Escalated) and not again and _climbed(state, said)


def _climbed(state: Aggregate, said: Escalated) -> bool:
    """Whether a path began again, which is no new escalation."""
    place = (said.kind, said.path, said.policy_version)
    return sum((climb.kind, climb.path, climb.policy_version) == place for climb in state.escalations) > 1


def _stopped(state: Aggregate, policies: Policies, hit: frozenset[str]) -> list[Event]:
    wanted = hit | {"contained"} if "resolved" in hit else hit  # what is solved is contained
    waiting = [run for run in state.clocks if moves(run) and _waits(state, run)]
    return _met(state, [run for run in waiting if wanted.intersection(ticking.kind_of(run, policies).stop)])


def _waits(state: Aggregate, run: RunningClock) -> bool:
    """Whether what a clock asks for is still to be done, also where it has run out."""
    return run.owed and (run.outcome is None or ticking.last_run(state, run.clock) is run)


def _met(state: Aggregate, runs: Sequence[RunningClock]) -> list[Event]:
    clocks: list[Run] = [(run.clock, run.cycle) for run in runs if run.outcome is None]
    late: list[Run] = [(run.clock, run.cycle) for run in runs if run.outcome is not None]
    return [ClocksMet(clocks=clocks, late=late).event()] if runs else []


def _over(state: Aggregate, policies: Policies, hit: frozenset[str]) -> list[Event]:
    """What ends because the case is resolved, or because it is open again."""
    own = [run for run in state.clocks if kinds.of(run.clock) is None and _waits(state, run)]
    if state.case.state != "open":
        return _cancelled([run for run in own if not ticking.kind_of(run, policies).outlives], "resolved")
    if "reopened" in hit:
        return _cancelled([run for run in own if ticking.kind_of(run, policies).start == "resolved"], "reopened")
    return []


def _cancelled(runs: Sequence[RunningClock], because: str) -> list[Event]:
    clocks: list[Run] = [(run.clock, run.cycle) for run in runs]
    return [ClocksCancelled(clocks=clocks, because=because).event()] if clocks else []


def _started(
    scene: Scene, state: Aggregate, happened: Sequence[Event], hit: frozenset[str], decided: bool
) -> list[Event]:
    """What starts, each by the newest decision."""
    declared = scene.policy.document.clocks.declared()
    recurring = [
        kinds.BUILT_IN[run.clock] for run in state.clocks if run.outcome is not None and _recurs(state, run, hit)
    ]
    asked = [kind for kind in declared.values() if kind.start in hit or (decided and kind.when is not None)]
    if not asked and not recurring:
        return []
    decision = _newest(happened) or scene.last()
    if decision is None:  # its facts were erased
        return []
    policy = scene.around.policies.compiled(decision.policy_version)
    events = _cancelled(_no_more(state, decision, declared) if decided else [], "when")
    begun = [kind for kind in asked if _begins(scene, state, kind, decision, happened, hit)]
    replaced = [run for kind in begun if (run := state.running(kind.name)) is not None]
    events += _cancelled(replaced, "restarted")
    wanted = [kind.name for kind in (*begun, *recurring)]
    cycles = arming.next_cycles(state)
    clocks = arming.starts(policy, decision, wanted, scene.now, state.case.opened_at, cycles)
    if clocks:
        events.append(ClocksStarted(clocks=arming.on_hold(policy, state, clocks, scene.now)).event())
    return events


def _recurs(state: Aggregate, run: RunningClock, hit: frozenset[str]) -> bool:
    """Whether a clock that was just stopped begins again: as long as the case is one that has it."""
    kind = kinds.of(run.clock)
    stopped = kind is not None and kind.recurs and run.outcome is not None and bool(hit.intersection(kind.stop))
    if not stopped or state.running(run.clock) is not None:
        return False
    case = state.case
    return case.state == "open" and case.level != "standard" and ticking.last_run(state, run.clock) is run


def _newest(happened: Sequence[Event]) -> Decision | None:
    made = [event.body for event in happened if isinstance(event.payload, Decided | Reclassified)]
    return from_bytes(made[-1]) if made and made[-1] is not None else None


def _no_more(state: Aggregate, decision: Decision, declared: Mapping[ClockName, ClockKind]) -> list[RunningClock]:
    """What runs though its condition does not hold any more."""
    running = [run for run in state.clocks if run.outcome is None and run.clock in declared]
    return [run for run in running if declared[run.clock].when is not None and not _holds(decision, run.clock)]


def _holds(decision: Decision, clock: ClockName) -> bool:
    return f"clocks.{clock}" in decision.rules


def _begins(
    scene: Scene, state: Aggregate, kind: ClockKind, decision: Decision, happened: Sequence[Event], hit: frozenset[str]
) -> bool:
    if kind.name not in decision.targets or (state.case.state != "open" and not kind.outlives):
        return False
    last = ticking.last_run(state, kind.name)
    if kind.start in hit:
        return last is None or kind.restart or not _waits(state, last)
    ended = last is None or (last.outcome == "cancelled" and last.cancelled_because == "when")
    return ended and _holds(decision, kind.name) and _is_owed(scene, kind, happened)


def _is_owed(scene: Scene, kind: ClockKind, happened: Sequence[Event]) -> bool:
    """Whether what starts a clock has come, and what stops it has not come since."""
    owed = False
    told = [(event.kind, event.payload or {}) for event in standing(scene.history())]
    told += [(event.kind, {"milestone": getattr(event.payload, "milestone", "")}) for event in happened]
    for name, said in told:
        moments = {kinds.marked(said.get("milestone", ""))} if name == Marked.KIND else kinds.moments_of(name)
        owed = (owed or kind.start in moments) and not set(kind.stop).intersection(moments)
    return owed
