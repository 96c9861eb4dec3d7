"""What people did to a case, told from its record: deeds, how the case was before and behind one, and what was sent
since. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.applying import touch
from tocsin.cases.events import kind_of
from tocsin.cases.happenings.calls import CallEnded, CallPaged
from tocsin.cases.happenings.deciding import Opened
from tocsin.cases.happenings.family import Linked, Merged, Unlinked
from tocsin.cases.happenings.messages import CustomerUpdated
from tocsin.cases.happenings.paths import PathDeclined, PathStepped
from tocsin.cases.happenings.people import Alerted
from tocsin.cases.happenings.progress import Resolved
from tocsin.cases.happenings.undoing import standing
from tocsin.cases.scene import Scene
from tocsin.core import ids
from tocsin.core.errors import NotAllowed
from tocsin.core.wording import say
from tocsin.ledger.journal import Recorded

PLACE = "undo"
_NOBODYS = frozenset({"engine", "customer", "connector"})  # actors that are no person or token


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


def as_of(history: Sequence[Recorded], seq: int) -> Aggregate:
    """The case behind the event of this number; NotAllowed where what it was then was erased."""
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


def calls(deed: Deed) -> list[str]:
    """The ids of the call-ins that ended with the case by this deed, before anybody had answered."""
    return [
        event.payload["call"]
        for event in deed.events
        if event.kind == CallEnded.KIND and event.payload is not None and event.payload["state"] == "over"
    ]


def sent(history: Sequence[Recorded], deed: Deed) -> dict[str, Any]:
    """What had been sent since, as the event says it."""
    since = [event for event in history if event.seq >= deed.first and event.payload is not None]
    paged = _people(since, (PathStepped.KIND, PathDeclined.KIND, CallPaged.KIND))
    freed = any(event.kind in (Resolved.KIND, Merged.KIND) for event in deed.events) and bool(
        _followers(history, deed.first)
    )
    return {
        "paged": len(paged),
        "told": len(_people(since, (Alerted.KIND,)) - paged),
        "customer": any(event.kind == CustomerUpdated.KIND for event in since),
        "freed": freed,
        "calls": len(calls(deed)),
    }


def objected(scene: Scene, deed: Deed) -> Recorded | None:
    """What the customer or the source of the case has said since: of itself, of a case that follows it, or of the one
    in which it ended."""
    history = scene.history()
    own = (event for event in history if event.seq > deed.last)
    return next((event for event in (*own, *_beside(scene, history, deed)) if _objects(event)), None)


def _beside(scene: Scene, history: Sequence[Recorded], deed: Deed) -> Iterator[Recorded]:
    """What happened since to the cases whose customers speak for this one, too."""
    since = [event for event in history if event.seq >= deed.first]
    known = {ids.from_text(case) for case in _followers(history, deed.first) | _followed_by(since)}
    waiting = [*sorted(known), *_ended_in(history)]
    while waiting:
        record = scene.record(case := waiting.pop(0))
        known.add(case)
        yield from (event for event in record if event.at >= deed.at)
        waiting += (other for other in _ended_in(record) if other not in known)


def _objects(event: Recorded) -> bool:
    kind = kind_of(event.kind)
    return kind is not None and kind.OBJECTS


def _ended_in(history: Sequence[Recorded]) -> list[int]:
    """The case into which one was merged, unless that was undone."""
    merged = [event for event in standing(history) if event.kind == Merged.KIND and event.payload is not None]
    return [ids.from_text(event.payload["into"]) for event in merged]


def _followed_by(events: Iterable[Recorded]) -> set[str]:
    """The cases that began to follow this one by these events."""
    links = [event.payload for event in events if event.kind == Linked.KIND and event.payload is not None]
    return {link["case"] for link in links if link["kind"] == "child"}


def _people(events: Sequence[Recorded], kinds: tuple[str, ...]) -> set[str]:
    return {person["user"] for event in events if event.kind in kinds for person in event.payload["notified"]}


def _followers(history: Sequence[Recorded], before: int) -> set[str]:
    """The cases that followed this one before that event."""
    found: set[str] = set()
    for event in history:
        if event.seq < before and event.payload is not None and event.payload.get("kind") == "child":
            if event.kind == Linked.KIND:
                found.add(event.payload["case"])
            elif event.kind == Unlinked.KIND:
                found.discard(event.payload["case"])
    return found


def _somebody(actor: str) -> bool:
    """A person or a token; not the engine, at whoever's instance."""
    return actor.partition(":")[0] not in _NOBODYS and " via " not in actor
