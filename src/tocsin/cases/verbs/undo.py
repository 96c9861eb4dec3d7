"""Undoing what somebody has just done to a case. Which verbs can be undone, and for how long, they say themselves."""

from collections.abc import Iterator, Sequence
from typing import Annotated, NamedTuple

from tocsin.cases import retracing, undoing
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.family import Merged
from tocsin.cases.happenings.progress import Contained, Resolved
from tocsin.cases.happenings.undoing import Undone, standing
from tocsin.cases.lifecycle import EVER, Allowed
from tocsin.cases.paths import answering
from tocsin.cases.retracing import PLACE, Deed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks
from tocsin.cases.verbs.common import require_confirming
from tocsin.cases.verbs.links import link
from tocsin.cases.verbs.verb import UNDOABLE, AnyVerb, Arguments, Command, Form, Route, Verb
from tocsin.core import ids
from tocsin.core.errors import NotAllowed
from tocsin.core.wording import say
from tocsin.ledger.journal import Event, Recorded
from tocsin.people.permissions import Viewer
from tocsin.policy.levels import LevelName, raised


class Undoing(Arguments, frozen=True):
    """`event`: the number of one of the events of what is undone; None: what was done last, and not twice."""

    event: Annotated[
        int | None,
        Asks("The number of an event of what is undone, as the timeline has it; else the last thing", "number"),
    ] = None


class Undoable(NamedTuple):
    """Something that was done and can be undone until `until` (microseconds). `event`: the one that says it."""

    verb: AnyVerb
    event: Recorded
    deed: Deed
    until: int


def past(state: Aggregate, scene: Scene) -> list[Undoable]:
    """What people did to a case and can still be undone by its time, the newest first."""
    longest = max(verb.undo.within for verb in UNDOABLE.values() if verb.undo is not None)
    if state.case.updated_at < scene.now - longest:
        return []
    history = scene.history()
    stands = {event.seq for event in standing(history)}
    found = [one for deed in _recent(history, scene.now - longest) if (one := _known(deed)) is not None]
    return [one for one in found if one.event.seq in stands and one.until >= scene.now]


def _recent(history: Sequence[Recorded], since: int) -> Iterator[Deed]:
    for deed in retracing.deeds(history):
        if deed.at < since:
            return
        yield deed


def _known(deed: Deed) -> Undoable | None:
    """The verb that a deed was; None where it was none that can be undone, or more than one."""
    own = [event for event in deed.events if event.actor == deed.actor]
    for verb in UNDOABLE.values():
        undo = verb.undo
        assert undo is not None
        kinds = {kind.KIND for kind in (*undo.of, *undo.beside)}
        said = [event for event in own if undo.says(event)]
        if said and all(event.kind in kinds for event in own):
            return Undoable(verb, said[0], deed, deed.at + undo.within)
    return None


def other_end(done: Undoable) -> int | None:
    """The case at the other end of the link that is undone; None where none is."""
    if done.verb is not link:
        return None
    return ids.from_text(done.event.payload["into" if done.event.kind == Merged.KIND else "case"])


def meant(state: Aggregate, scene: Scene, event: int | None = None) -> Undoable:
    """What is undone; NotAllowed where there is nothing, or where that event is of nothing that can be undone. Without
    an event, the same request sent twice undoes one thing."""
    found = past(state, scene)
    if found and event is None and _undone_last(scene.history()):
        says = say("what was done last is undone already; name the event")
        expected = say("the number of an event of what can still be undone; `undo` of the case says which")
        raise NotAllowed(says, place=PLACE, expected=expected)
    if event is not None:
        found = [one for one in found if one.deed.first <= event <= one.deed.last]
    if found:
        return found[0]
    says = say("nothing was done that can still be undone")
    if event is not None:
        says = say(
            "event {event} cannot be undone: it was undone already, or its time is over, or nothing undoes it",
            event=event,
        )
    raise NotAllowed(says, place=PLACE)


def _undone_last(history: Sequence[Recorded]) -> bool:
    """Whether what somebody did last to the case was to undo something."""
    last = next(retracing.deeds(history), None)
    return last is not None and any(event.kind == Undone.KIND for event in last.events)


def _undo(viewer: Viewer, said: Undoing, state: Aggregate, scene: Scene) -> list[Event]:
    return put_back(viewer, meant(state, scene, said.event), state, scene)


def put_back(viewer: Viewer, done: Undoable, state: Aggregate, scene: Scene) -> list[Event]:
    """The events that undo it. Whoever may do the verb may undo it; what would end a paging, or lower a case, asks for
    what that asks for."""
    viewer.require(done.verb.permission)
    other = other_end(done)
    if other is not None and not scene.sees(viewer, other):  # not even by its id is it told
        says = say("it was done to another case, too, which you may not see")
        raise NotAllowed(says, place=PLACE, expected=say("somebody who sees both"))
    draft = Draft(state, scene.now)
    draft.add_all(undoing.back(scene, state, done.deed, done.verb.name, done.event.seq, viewer.actor))
    _require(viewer, done, state, draft.state, scene)
    return draft.events


def _require(viewer: Viewer, done: Undoable, state: Aggregate, after: Aggregate, scene: Scene) -> None:
    """Forbidden where what is undone was the word of somebody who may say more than this viewer, or where undoing does
    more than they may."""
    before, case, own = state.case, after.case, viewer.actor == done.deed.actor
    if not own and done.event.kind in (Contained.KIND, Resolved.KIND):
        require_confirming(viewer, state)
    still = {climb.id for climb in after.live()}
    if any(climb.id not in still for climb in state.live()):
        answering.require_end(viewer, state, scene, PLACE, done.verb.permission)
    if before.team != case.team:
        answering.require_move(viewer, state, scene, case.team, PLACE)
    if not own and _is_less(before.level, case.level, before.severity, case.severity, scene):
        viewer.require("cases.lower")


def _is_less(level: LevelName, lower_level: LevelName, severity: str, other: str, scene: Scene) -> bool:
    """Whether the case gets less attention than it has, which lowers it."""
    order = list(scene.policy.document.severities)
    graver = severity in order and other in order and order.index(severity) < order.index(other)
    return raised(lower_level, level) or (level != "standard" and graver)


def _to_undo(viewer: Viewer, state: Aggregate, scene: Scene) -> object:
    newest = next(iter(past(state, scene)), None)
    return put_back(viewer, newest or meant(state, scene), state, scene)


undo = Verb(
    "undo",
    "Undo what was just done to the case: it is put back as it was, and the record keeps both",
    Undoing,
    _undo,
    Route("undo", by_hand=True),
    Command(lambda told: told["undone"]["says"] if told.get("undone") else "is as it was before", "undo 17"),
    Form("Undo", "Undone."),
    allowed=Allowed(EVER),
    requires=_to_undo,
    more="Within the time that each verb names; refused where what it changed has changed since. What was sent"
    " meanwhile is said",
    who="who may do what is undone; what ends a paging is undone by"
    " [those who may answer](cases.md#who-ends-the-paging)",
)
