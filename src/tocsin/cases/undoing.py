"""Putting a case back as it was before somebody's deed (`retracing.py`): what that changed, and only that. Pure.

Where something that the deed changed has changed again since, nothing is put back. Clocks run on as though they had
never been touched (`clocks/restoring.py`). Paths that the deed began stop, and those that it ended begin again from
their first step: to page somebody twice is better than to page nobody. Call-ins that it began end, where nobody has
answered them.
"""

from collections.abc import Sequence
from typing import cast

import msgspec

from tocsin.cases import calling, expiring, ownership, reclassifying, retracing, store
from tocsin.cases.aggregate import LIVE, Aggregate, Call, Escalation
from tocsin.cases.clocks import restoring
from tocsin.cases.clocks.restoring import differing
from tocsin.cases.drafting import Draft
from tocsin.cases.events import kind_of
from tocsin.cases.happenings.calls import call_of, called
from tocsin.cases.happenings.clocks import ClocksCancelled, ClocksExcused
from tocsin.cases.happenings.deciding import Decided, Reclassified
from tocsin.cases.happenings.family import Linked, Unlinked
from tocsin.cases.happenings.judging import Overridden
from tocsin.cases.happenings.undoing import Undone, Value, standing, told
from tocsin.cases.paths import escalating
from tocsin.cases.retracing import Deed
from tocsin.cases.scene import Scene
from tocsin.core import ids
from tocsin.core.errors import NotAllowed
from tocsin.core.wording import Said, say
from tocsin.ledger.journal import Event, Recorded
from tocsin.ledger.kinds import KINDS
from tocsin.policy.decision import Override

_BECAUSE = "undone"  # of clocks that the deed had begun, or that would not have run out without it
_DECIDING = (Decided.KIND, Reclassified.KIND)

# Columns that are not put back: what a ticket says, what counts by itself, and what only decisions say.
_ASIDE = frozenset(
    {"id", "number", "source", "external_id", "account", "subject", "opened_at", "updated_at", "occurred_at"}
    | {"active_at", "score", "type", "product_area", "policy_version"}
)
_WAITS = ("held_at", "containment_claimed_at", "resolution_claimed_at")  # with which a case rests, while it is open
_DECIDED = frozenset({"severity", "team", "triage_at", "triage_level"})  # put back by deciding again, if it was decided
# What may have changed since without anybody having to look: it is put back only where it has not.
_FOLLOWS = frozenset(
    {"acknowledgement_lasts", "nudged_at", "alert_at", "claim_alert_at", "contested_at", "request_due_at", "named"}
    | {"recovered_at", "broken_at", "flapped_at", "waited", "followers"}
)


def back(scene: Scene, state: Aggregate, deed: Deed, verb: str, event: int, actor: str) -> list[Event]:
    """The events that put a case back as it was before this deed, which is called `verb` and known by the number of its
    event. NotAllowed where what it changed has changed since, or where the record of it was erased."""
    history = scene.history()
    before, after = retracing.as_of(history, deed.first - 1), retracing.as_of(history, deed.last)
    decided = any(one.kind in _DECIDING for one in deed.events)
    _refuse_changes(history, deed, before, after, state, decided)
    draft = Draft(state, scene.now)
    restores = _columns(before, after, state, decided) | _asked_anew(scene, before, after)
    _refuse_silence(scene, deed, restores)
    _require_people(scene, restores)
    calls = calling.withdrawn(_begun(before, after, state), actor)
    clocks, ended, excused = restoring.restored(scene, before, after, state)
    undone = Undone(
        verb=verb,
        seq=event,
        by=deed.actor,
        at=deed.at,
        **retracing.sent(history, deed),
        restores={name: told(name, value) for name, value in restores.items()},
        clocks=clocks,
    )
    draft.add(undone.event(actor))
    draft.add_all(calls)
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
    draft.add_all(_tell_callers(scene.again(draft.state), draft.state, deed))
    return draft.events


def _hard(before: Aggregate, after: Aggregate, decided: bool) -> list[str]:
    """The columns that a deed changed, and that must stand as it left them."""
    aside = _ASIDE | _FOLLOWS | (_DECIDED if decided else frozenset())
    return [
        name for name in differing(before.case, after.case, type(before.case).__struct_fields__) if name not in aside
    ]


def _refuse_changes(
    history: Sequence[Recorded], deed: Deed, before: Aggregate, after: Aggregate, state: Aggregate, decided: bool
) -> None:
    """NotAllowed, with what happened since, where something that the deed changed is not as it left it."""
    columns = _hard(before, after, decided)

    def differs(there: Aggregate) -> bool:
        return bool(differing(after.case, there.case, columns)) or restoring.touched(before, after, there)

    since = [event for event in history if event.seq > deed.last and kind_of(event.kind) is not None]
    if decided and (again := [event for event in standing(since) if event.kind == Overridden.KIND]):
        raise _since(again[0].kind)
    begun = {climb.id for climb in after.escalations} - {climb.id for climb in before.escalations}
    if any(climb.id in begun and climb.state == "acknowledged" for climb in state.escalations):
        raise NotAllowed(say("somebody has answered the paging that it began"), place=retracing.PLACE)
    if not differs(state):
        return
    there = store.copy(after)
    for event in since:
        kind = kind_of(event.kind)
        if kind is not None and event.payload is not None:
            kind.of(event.payload).apply(there, event.at)
            if differs(there):
                raise _since(event.kind)
    raise NotAllowed(say("what it changed has changed since"), place=retracing.PLACE)


def _refuse_silence(scene: Scene, deed: Deed, restores: dict[str, Value]) -> None:
    """NotAllowed where the case would rest again, or wait with a claim, and its customer or its source has spoken up
    since, or that of a case for which it speaks: they had opened it, ended its hold or contested the claim, had the
    deed not done so before."""
    rests = restores.get("state", "open") != "open" or restores.get("imported") is True
    if not rests and all(restores.get(name) is None for name in _WAITS):
        return
    if (said := retracing.objected(scene, deed)) is not None:
        raise _since(said.kind)


def _since(kind: str) -> NotAllowed:
    says = KINDS[kind].says
    return NotAllowed(say("since then: {event}", event=f"{says[:1].lower()}{says[1:]}"), place=retracing.PLACE)


def _columns(before: Aggregate, after: Aggregate, state: Aggregate, decided: bool) -> dict[str, Value]:
    """What the columns of the case have again."""
    case, names = before.case, _hard(before, after, decided)
    names += [
        name for name in differing(case, after.case, sorted(_FOLLOWS)) if not differing(after.case, state.case, [name])
    ]
    found = {name: getattr(case, name) for name in names}
    if "parent" in found:  # what it followed before may be over by now: it speaks for itself
        found["parent"] = None
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
                say("{called}, who had the case before, works on cases no more", called=called), place=retracing.PLACE
            )


def _begun(before: Aggregate, after: Aggregate, state: Aggregate) -> list[Call]:
    """The call-ins that the deed began."""
    known = {call.id for call in before.calls}
    begun = {call.id for call in after.calls if call.id not in known}
    return [call for call in state.calls if call.id in begun]


def _unlinked(deed: Deed, actor: str) -> list[Event]:
    """The end of links that the deed made."""
    made = [event.payload for event in deed.events if event.kind == Linked.KIND]
    return [Unlinked(kind=link["kind"], case=link["case"], number=link["number"]).event(actor) for link in made]


def _decide_again(draft: Draft, scene: Scene, deed: Deed, actor: str) -> None:
    """What people had set before counts again, without what this deed set."""
    last = scene.last()
    if last is None:
        raise NotAllowed(say("the facts of the case were erased"), place=retracing.PLACE)
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


def _tell_callers(scene: Scene, state: Aggregate, deed: Deed) -> list[Event]:
    """Whoever had called somebody in is told that this has ended, though the case is open."""
    if state.case.state != "open":
        return []
    ended = [call_of(state, one) for one in retracing.calls(deed)]
    return [event for call in ended for event in calling.tell_caller(scene, call, _stays_ended(call))]


def _stays_ended(call: Call) -> Said:
    return say("the case is open again, and the call-in of {who} stays ended; call again", who=called(call.target))


def _is_wanted(state: Aggregate, climb: Escalation) -> bool:
    if any(other.kind == climb.kind for other in state.live()):
        return False
    return state.case.beside(climb.kind) or (state.case.acknowledged_at is None and state.case.parent is None)
