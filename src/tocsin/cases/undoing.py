"""Putting a case back as it was before somebody's deed: what that changed, and only that. Pure.

A deed is whatever one person did to a case at one instant, with all that followed at once. The record says how the case
was before and behind it. Where something that the deed changed has changed again since, nothing is put back. Clocks run
on as though they had never been touched; what ran out meanwhile stays so, and is excused where it would not have. Paths
that the deed began stop, and those that it ended begin again from their first step: to page somebody twice is better
than to page nobody.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

import msgspec

from tocsin.cases import expiring, ownership, reclassifying, store
from tocsin.cases.aggregate import LIVE, Aggregate, Escalation, RunningClock
from tocsin.cases.applying import touch
from tocsin.cases.clocks import ticking
from tocsin.cases.drafting import Draft
from tocsin.cases.events import kind_of
from tocsin.cases.happenings.clocks import ClocksCancelled, ClocksExcused
from tocsin.cases.happenings.deciding import Decided, Opened, Reclassified
from tocsin.cases.happenings.family import Linked, Merged, Unlinked
from tocsin.cases.happenings.judging import Overridden
from tocsin.cases.happenings.messages import CustomerUpdated
from tocsin.cases.happenings.parts import Run
from tocsin.cases.happenings.paths import PathDeclined, PathStepped
from tocsin.cases.happenings.people import Alerted
from tocsin.cases.happenings.progress import Resolved
from tocsin.cases.happenings.undoing import ClockRestored, Undone, Value, told
from tocsin.cases.paths import escalating
from tocsin.cases.scene import Scene
from tocsin.clocks.kinds import SILENCE
from tocsin.core import ids
from tocsin.core.errors import NotAllowed
from tocsin.core.wording import say
from tocsin.ledger.journal import Event, Recorded
from tocsin.ledger.kinds import KINDS
from tocsin.policy.decision import Override

PLACE = "undo"
_BECAUSE = "undone"  # of clocks that the deed had begun, or that would not have run out without it
_DECIDING = (Decided.KIND, Reclassified.KIND)
_NOBODYS = frozenset({"engine", "customer", "connector"})  # actors that are no person or token

# Columns that are not put back: what a ticket says, what counts by itself, and what only decisions say.
_ASIDE = frozenset(
    {"id", "number", "source", "external_id", "account", "subject", "opened_at", "updated_at", "occurred_at"}
    | {"active_at", "score", "type", "product_area", "policy_version"}
)
_DECIDED = frozenset({"severity", "team", "triage_at", "triage_level"})  # put back by deciding again, if it was decided
# What may have changed since without anybody having to look: it is put back only where it has not.
_FOLLOWS = frozenset(
    {"acknowledgement_lasts", "nudged_at", "alert_at", "claim_alert_at", "contested_at", "request_due_at", "named"}
    | {"recovered_at", "broken_at", "flapped_at", "waited"}
)
_OF_RUNS = tuple(
    name
    for name in RunningClock.__struct_fields__
    if name not in ("clock", "cycle", "original_due_at", "generation", "warn_at")
)


class Deed(NamedTuple):
    """What one person did at one instant: its events stand from `first` to `last` in the record of the case."""

    actor: str
    at: int
    first: int
    last: int
    events: tuple[Recorded, ...]


def deeds(history: Sequence[Recorded]) -> Iterator[Deed]:
    """What people did to a case, the newest first. Where two did something at the same instant, nothing tells what
    followed from which, so that is left out."""
    end = len(history)
    while end:
        begin = end
        while begin and history[begin - 1].at == history[end - 1].at:
            begin -= 1
        together = tuple(event for event in history[begin:end] if kind_of(event.kind) is not None)
        by = [place for place, event in enumerate(together) if _somebody(event.actor)]
        if by and len({together[place].actor for place in by}) == 1:
            events = together[by[0] :]
            yield Deed(events[0].actor, events[0].at, events[0].seq, events[-1].seq, events)
        end = begin


def of(history: Sequence[Recorded], actor: str, at: int) -> Deed | None:
    """What this one did at that instant."""
    return next((deed for deed in deeds(history) if (deed.actor, deed.at) == (actor, at)), None)


def back(scene: Scene, state: Aggregate, deed: Deed, verb: str, event: int, actor: str) -> list[Event]:
    """The events that put a case back as it was before this deed, which is called `verb` and known by the number of its
    event. NotAllowed where what it changed has changed since, or where the record of it was erased."""
    history = scene.history()
    before, after = _as_of(history, deed.first - 1), _as_of(history, deed.last)
    decided = any(one.kind in _DECIDING for one in deed.events)
    _refuse_changes(history, deed, before, after, state, decided)
    draft = Draft(state, scene.now)
    restores = _columns(before, after, state, decided) | _asked_anew(scene, before, after)
    _require_people(scene, restores)
    clocks, ended, excused = _clocks(scene, before, after, state)
    undone = Undone(
        verb=verb,
        seq=event,
        by=deed.actor,
        at=deed.at,
        **_sent(history, deed),
        restores={name: told(name, value) for name, value in restores.items()},
        clocks=clocks,
    )
    draft.add(undone.event(actor))
    draft.add_all(_unlinked(deed, actor))
    if ended:
        draft.add(ClocksCancelled(clocks=ended, because=_BECAUSE).event(actor))
    if excused:
        draft.add(ClocksExcused(clocks=excused, by=_BECAUSE).event(actor))
    begun = {climb.id for climb in after.escalations} - {climb.id for climb in before.escalations}
    draft.add_all(escalating.stopped(climb, "stopped", actor) for climb in state.live() if climb.id in begun)
    if decided and state.case.state != "merged":
        _decide_again(draft, scene, deed, actor)
    draft.add_all(_paths(scene.again(draft.state), draft.state, before, after))
    return draft.events


def _somebody(actor: str) -> bool:
    """A person or a token; not the engine, at whoever's instance."""
    return actor.partition(":")[0] not in _NOBODYS and " via " not in actor


def _as_of(history: Sequence[Recorded], seq: int) -> Aggregate:
    """The case behind the event of this number."""
    state: Aggregate | None = None
    for event in history:
        kind = kind_of(event.kind)
        if event.seq > seq:
            break
        if kind is None:
            continue
        if event.payload is None:
            raise NotAllowed(say("what the case was before was erased"), place=PLACE)
        said = kind.of(event.payload)
        if state is None:
            assert isinstance(said, Opened)
            state = said.begun(event.chain, event.at)
        else:
            said.apply(state, event.at)
            touch(state, kind, event.at, event.actor)
    if state is None:
        raise NotAllowed(say("a case begins with its ticket, which cannot be undone"), place=PLACE)
    return state


def _changed(before: Any, after: Any, names: Sequence[str]) -> list[str]:
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _hard(before: Aggregate, after: Aggregate, decided: bool) -> list[str]:
    """The columns that a deed changed, and that must stand as it left them."""
    aside = _ASIDE | _FOLLOWS | (_DECIDED if decided else frozenset())
    return [
        name for name in _changed(before.case, after.case, type(before.case).__struct_fields__) if name not in aside
    ]


def _refuse_changes(
    history: Sequence[Recorded], deed: Deed, before: Aggregate, after: Aggregate, state: Aggregate, decided: bool
) -> None:
    """NotAllowed, with what happened since, where something that the deed changed is not as it left it."""
    columns = _hard(before, after, decided)

    def differs(there: Aggregate) -> bool:
        if _changed(after.case, there.case, columns):
            return True
        return any(_touched(one, other, now) for one, other, now in _pairs(before, after, there))

    since = [event for event in history if event.seq > deed.last and kind_of(event.kind) is not None]
    if decided and (again := [event for event in since if event.kind == Overridden.KIND]):
        raise _since(again[0].kind)
    begun = {climb.id for climb in after.escalations} - {climb.id for climb in before.escalations}
    if any(climb.id in begun and climb.state == "acknowledged" for climb in state.escalations):
        raise NotAllowed(say("somebody has answered the paging that it began"), place=PLACE)
    if not differs(state):
        return
    there = store.copy(after)
    for event in since:
        kind = kind_of(event.kind)
        if kind is not None and event.payload is not None:
            kind.of(event.payload).apply(there, event.at)
            if differs(there):
                raise _since(event.kind)
    raise NotAllowed(say("what it changed has changed since"), place=PLACE)


def _since(kind: str) -> NotAllowed:
    says = KINDS[kind].says
    return NotAllowed(say("since then: {event}", event=f"{says[:1].lower()}{says[1:]}"), place=PLACE)


def _columns(before: Aggregate, after: Aggregate, state: Aggregate, decided: bool) -> dict[str, Value]:
    """What the columns of the case have again."""
    case, names = before.case, _hard(before, after, decided)
    names += [
        name for name in _changed(case, after.case, sorted(_FOLLOWS)) if not _changed(after.case, state.case, [name])
    ]
    found = {name: getattr(case, name) for name in names}
    claims = [
        found.get(name, getattr(state.case, name)) for name in ("containment_claimed_at", "resolution_claimed_at")
    ]
    if claims == [None, None] and (state.case.contested_at or state.case.claim_alert_at):
        found |= {"contested_at": None, "claim_alert_at": None}
    if found.get("confidential", state.case.confidential) and found.keys() & {"confidential", "named"}:
        found["named"] = _named(found, state)
    return found


def _asked_anew(scene: Scene, before: Aggregate, after: Aggregate) -> dict[str, Value]:
    """Until when what was asked waits for an answer again: nothing is answered by silence that nobody could break."""
    case, found = before.case, dict[str, Value]()
    if case.request_due_at is not None and after.case.request_due_at is None and case.request_due_at <= scene.now:
        found["request_due_at"] = scene.now + scene.policy.document.cases.request_answer.microseconds
    if case.triage_at is not None and after.case.triage_at is None and case.triage_at <= scene.now:
        found["triage_at"] = scene.now + scene.policy.expiry
    return found


def _named(found: dict[str, Value], state: Aggregate) -> str:
    """Whoever may see a confidential case: those named before, and whoever works on it now."""
    case = state.case
    holders = [found.get(name, getattr(case, name)) for name in ("owner", "technical_lead", "escalation_manager")]
    users = [
        *str(found.get("named", case.named)).split(),
        *(ids.to_text(one) for one in holders if isinstance(one, int)),
    ]
    return "".join(f" {user}" for user in dict.fromkeys(users)) + " "


def _require_people(scene: Scene, restores: dict[str, Value]) -> None:
    """NotAllowed where the case would go back to somebody who works on cases no more."""
    for name in ("owner", "technical_lead", "escalation_manager"):
        user = restores.get(name)
        found = scene.around.directory.users.get(user) if isinstance(user, int) else None
        if user is not None and (found is None or not ownership.may_own(found)):
            called = scene.around.directory.name_of(cast(int, user))
            raise NotAllowed(
                say("{called}, who had the case before, works on cases no more", called=called), place=PLACE
            )


_Pair = tuple[RunningClock, RunningClock, RunningClock]


def _pairs(before: Aggregate, after: Aggregate, state: Aggregate) -> Iterator[_Pair]:
    """The runs of clocks that a deed changed: before it, behind it, and now."""
    behind = {(run.clock, run.cycle): run for run in after.clocks}
    now = {(run.clock, run.cycle): run for run in state.clocks}
    for run in before.clocks:
        other = behind[run.clock, run.cycle]
        if _changed(run, other, _OF_RUNS):
            yield run, other, now[run.clock, run.cycle]


def _kept(before: RunningClock, after: RunningClock, now: RunningClock) -> bool:
    """Whether a run stays as it is: it came to its end since, it ran out then, or it was only begun anew by work on the
    case."""
    if now.outcome is not None and (after.outcome is None or (after.outcome == "breached" and before.outcome is None)):
        return True
    return before.clock == SILENCE and not _changed(before, after, ("outcome", "paused_at", "claimed_at"))


def _touched(before: RunningClock, after: RunningClock, now: RunningClock) -> bool:
    """Whether what a deed changed of a run has changed since."""
    if _kept(before, after, now):
        return False
    names = [name for name in _changed(before, after, _OF_RUNS) if before.clock != SILENCE or name in _STANDS]
    return bool(_changed(after, now, names))


_STANDS = ("outcome", "paused_at", "claimed_at")


def _clocks(
    scene: Scene, before: Aggregate, after: Aggregate, state: Aggregate
) -> tuple[list[ClockRestored], list[Run], list[Run]]:
    """What runs have again; those that the deed began, which end; and those that ran out only because of it."""
    restored: list[ClockRestored] = []
    excused: list[Run] = []
    for run, behind, now in _pairs(before, after, state):
        if not _kept(run, behind, now):
            restored.append(_restored(scene, run, behind, now))
        elif now.outcome == "breached" and not now.excused_by and now.clock != SILENCE and run.due_at >= scene.now:
            excused.append((now.clock, now.cycle))
    ran = {(run.clock, run.cycle) for run in before.clocks}
    began = {(run.clock, run.cycle) for run in after.clocks} - ran
    goes_on = before.case.state == after.case.state == "open"
    runs = [run for run in state.clocks if (run.clock, run.cycle) in began and not (run.clock == SILENCE and goes_on)]
    excused += [(run.clock, run.cycle) for run in runs if run.outcome == "breached" and not run.excused_by]
    return restored, [(run.clock, run.cycle) for run in runs if run.outcome is None], excused


def _restored(scene: Scene, before: RunningClock, after: RunningClock, now: RunningClock) -> ClockRestored:
    names = _changed(before, after, _OF_RUNS)
    again = msgspec.structs.replace(now, **{name: getattr(before, name) for name in names})
    if again.claimed_at is None:
        again.contested_at = None
    if again.outcome is None:
        running = ticking.running(again, scene.around)
        again.warn_at = ticking.next_warning(scene.around, again.policy_version, running, scene.now)
    new = {name: getattr(again, name) for name in _changed(now, again, (*_OF_RUNS, "warn_at"))}
    return cast(ClockRestored, {"clock": before.clock, "cycle": before.cycle, **new})


def _sent(history: Sequence[Recorded], deed: Deed) -> dict[str, Any]:
    """What had been sent since, as the event says it."""
    since = [event for event in history if event.seq >= deed.first and event.payload is not None]
    paged = _people(since, (PathStepped.KIND, PathDeclined.KIND))
    freed = any(event.kind in (Resolved.KIND, Merged.KIND) for event in deed.events) and _followers(history, deed.first)
    return {
        "paged": len(paged),
        "told": len(_people(since, (Alerted.KIND,)) - paged),
        "customer": any(event.kind == CustomerUpdated.KIND for event in since),
        "freed": freed,
    }


def _people(events: Sequence[Recorded], kinds: tuple[str, ...]) -> set[str]:
    return {person["user"] for event in events if event.kind in kinds for person in event.payload["notified"]}


def _followers(history: Sequence[Recorded], before: int) -> bool:
    """Whether cases followed this one before that event."""
    found: set[str] = set()
    for event in history:
        if event.seq < before and event.payload is not None and event.payload.get("kind") == "child":
            if event.kind == Linked.KIND:
                found.add(event.payload["case"])
            elif event.kind == Unlinked.KIND:
                found.discard(event.payload["case"])
    return bool(found)


def _unlinked(deed: Deed, actor: str) -> list[Event]:
    """The end of links that the deed made."""
    made = [event.payload for event in deed.events if event.kind == Linked.KIND]
    return [Unlinked(kind=link["kind"], case=link["case"], number=link["number"]).event(actor) for link in made]


def _decide_again(draft: Draft, scene: Scene, deed: Deed, actor: str) -> None:
    """What people had set before counts again, without what this deed set."""
    last = scene.last()
    if last is None:
        raise NotAllowed(say("the facts of the case were erased"), place=PLACE)
    made = [event.payload for event in scene.history() if event.kind in _DECIDING and event.seq < deed.first]
    said = made[-1].get("override") if made else None
    left = None if said is None else msgspec.convert(said, Override)
    reclassifying.decide_without(draft, scene.again(draft.state), last, reclassifying.of_person(left), actor)


def _paths(scene: Scene, state: Aggregate, before: Aggregate, after: Aggregate) -> list[Event]:
    """The paths that the deed ended begin again, where people are still to be paged."""
    case = state.case
    if case.state != "open" or case.imported or case.level == "standard":
        return []
    behind = {climb.id: climb.state for climb in after.escalations}
    ended = [climb for climb in before.escalations if climb.state in LIVE and behind[climb.id] not in LIVE]
    begun = [expiring.begun_again(scene, climb) for climb in ended if _is_wanted(state, climb)]
    waits = case.acknowledged_at is None and case.parent is None
    if waits and not state.live() and not begun:
        return escalating.path_of(scene, state, case.level)
    return begun


def _is_wanted(state: Aggregate, climb: Escalation) -> bool:
    if any(other.kind == climb.kind for other in state.live()):
        return False
    return state.case.beside(climb.kind) or (state.case.acknowledged_at is None and state.case.parent is None)
