"""Cases that have to do with each other: related, one following another as its parent, one merged into another.

A link changes two cases. Each of the two plans says what it means for one of them; `linking` carries both out.
"""

from collections.abc import Sequence
from typing import Annotated

from tocsin.cases import alerting, reviving
from tocsin.cases.acting import Plan
from tocsin.cases.addressing import Named
from tocsin.cases.aggregate import Aggregate, Case
from tocsin.cases.confirming import confirms
from tocsin.cases.drafting import Draft
from tocsin.cases.family import following, gravity, inheriting
from tocsin.cases.happenings.claims import Claimed
from tocsin.cases.happenings.clocks import ClocksCancelled, ClocksExcused
from tocsin.cases.happenings.family import Linked, LinkKept, Merged, ParentDismissed, Unlinked
from tocsin.cases.happenings.paths import PathStopped
from tocsin.cases.happenings.people import Acknowledged
from tocsin.cases.happenings.progress import Contained
from tocsin.cases.lifecycle import UNMERGED, Allowed
from tocsin.cases.mentions import called
from tocsin.cases.paths import answering
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks, MaybeWhy
from tocsin.cases.verbs.common import required, stopped_paths, stops
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Undo, Verb
from tocsin.clocks import kinds
from tocsin.core import ids
from tocsin.core.errors import InvalidInput, NotAllowed
from tocsin.core.wording import UserName, say
from tocsin.ledger.journal import Event, Recorded
from tocsin.people.permissions import Viewer

KINDS = ("related", "parent", "merged")
_KIND = Asks(
    "related, parent or merged: what the other case is to this one",
    "choice",
    "This case",
    (("related", "has to do with"), ("parent", "follows"), ("merged", "is the same as, and ends in")),
    argument="KIND",
)
_OTHER = Asks(
    "The other case, by its number, its id, or its ticket's own number",
    "case",
    "The other one: its number, such as #17, or its ticket's",
    argument="OTHER",
)
_BACK = {"related": "related", "parent": "child", "merged": "merged_from"}


class Link(Arguments, frozen=True):
    """`kind`: what the other case is to this one. `reason`: needed to merge."""

    kind: Annotated[str, _KIND]
    case: Annotated[Aggregate, _OTHER]
    reason: Annotated[str | None, Asks("Why; needed to merge", "area", "Why")] = None


class Unlink(Arguments, frozen=True):
    """`kind`: related, or parent; `child` is the other end of that."""

    kind: Annotated[str, _KIND._replace(label="This case no longer", choices=_KIND.choices[:2])]
    case: Annotated[Case, _OTHER]


class Dismissal(Arguments, frozen=True):
    """`reason`: for the record."""

    case: Annotated[Case, _OTHER]
    reason: MaybeWhy = None


def _link(viewer: Viewer, said: Link, state: Aggregate, scene: Scene) -> list[Event]:
    """What a link means for the case itself: `parent` and `merged` say what the other one is to it. A case that
    follows a parent pages and warns no more; one that was merged is over."""
    kind, whole, other = said.kind, said.case, said.case.case
    _check(state.case, kind, other)
    if kind == "parent" and state.case.parent == other.id and state.case.provisional_until is not None:
        return [LinkKept().event(viewer.actor)]
    if kind != "related":
        _require_answer(viewer, state, scene, whole)
    linked = _linked(kind, other, viewer)
    if kind == "parent":
        caught_up = following.caught_up(scene, state, whole, viewer)
        return [linked, *caught_up, *stopped_paths(state, "stopped", viewer.actor, following.own_paths(state))]
    if kind == "merged":
        merged = Merged(into=ids.to_text(other.id), number=other.number, reason=required(said.reason, "reason"))
        cancelled = ClocksCancelled(clocks=stops(state), because="merged").event(viewer.actor)
        paths = stopped_paths(state, "stopped", viewer.actor)
        return [*([cancelled] if stops(state) else []), *paths, merged.event(viewer.actor)]
    return [linked]


def linked_back(viewer: Viewer, kind: str, other: Aggregate) -> Plan:
    """What the link means for the case at its other end. It is as grave as those that follow it; and as one that was
    merged into it, whose clocks it keeps where they are the stricter: merging buys no time."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        link.begin(viewer, state)
        if kind == "parent" and other.case.parent == state.case.id and other.case.provisional_until is not None:
            return []  # it is linked already; somebody only says so
        draft = Draft(state, scene.now)
        draft.add(_linked(_BACK[kind], other.case, viewer))
        if kind != "related":
            draft.add_all(_told(viewer, state, scene, other))
        if kind == "parent":
            why = say("{case} follows it", case=called(other.case))
            draft.add_all(following.as_grave(scene, draft.state, other, why, viewer.actor))
            draft.add_all(inheriting.taken_over(scene.again(draft.state), draft.state, other, viewer.actor))
        elif kind == "merged":
            why = say("{case} was merged into it", case=called(other.case))
            if not other.case.imported:
                reviving.take_live(draft, scene, why, viewer.actor)
            draft.add_all(gravity.lifted(scene.again(draft.state), draft.state, other, why, viewer.actor))
            contained = draft.state.case.contained_at is not None and confirms(viewer, draft.state)
            kept = {run.clock for run in other.clocks} - (set(kinds.stopped_by("contained")) if contained else set())
            draft.add_all(gravity.hurried(scene.again(draft.state), draft.state, other, kept))
            here = scene.again(draft.state)
            draft.add_all(inheriting.taken_over(here, draft.state, other, viewer.actor))
            draft.add_all(inheriting.owner(here, draft.state, other, viewer.actor))
        return draft.events

    return plan


def _unlink(viewer: Viewer, said: Unlink, state: Aggregate, scene: Scene) -> list[Event]:
    """The case follows its parent no more, and where nobody has it pages for itself again; or it has nothing more to
    do with the other."""
    if said.kind == "parent" and state.case.parent != said.case.id:
        raise NotAllowed(say("the case does not follow case {number}", number=said.case.number), place="case")
    return following.left(scene, state, said.kind, said.case, viewer.actor)


def _dismiss(viewer: Viewer, said: Dismissal, state: Aggregate, scene: Scene) -> list[Event]:
    """It is another problem: a label, by which the other case is not offered again."""
    if said.case.id == state.case.id:
        raise InvalidInput(say("a case is of its own problem"), place="case", expected=say("another case"))
    if state.case.parent == said.case.id:
        raise NotAllowed(
            say("the case follows case {number}", number=said.case.number),
            place="case",
            expected=say("unlink it first"),
        )
    dismissed = ParentDismissed(case=ids.to_text(said.case.id), number=said.case.number, reason=said.reason)
    return [dismissed.event(viewer.actor)]


def related(history: Sequence[Recorded]) -> set[int]:
    """The cases to which the record says that this one is related, and not that this has ended."""
    found: set[int] = set()
    for event in history:
        if event.kind not in (Linked.KIND, Unlinked.KIND) or not event.payload or event.payload["kind"] != "related":
            continue
        change = found.add if event.kind == Linked.KIND else found.discard
        change(ids.from_text(event.payload["case"]))
    return found


def _to_unlink(viewer: Viewer, state: Aggregate, scene: Scene) -> None:
    """NotAllowed where there is no link that this viewer could undo."""
    parent = state.case.parent
    others = related(scene.history()) | ({parent} if parent is not None else set())
    if not others:
        raise NotAllowed(say("it follows no other case and is related to none"), place="unlink")
    if not any(scene.sees(viewer, other) for other in others):
        says = say("it is linked to another case, which you may not see")
        raise NotAllowed(says, place="unlink", expected=say("somebody who sees both"))


def _require_answer(viewer: Viewer, state: Aggregate, scene: Scene, whole: Aggregate) -> None:
    """While people are paged about a case, one that joins another is answered by whoever has that one. Forbidden where
    neither they nor the viewer may answer this case; nor does it join one of another team, by somebody who could not
    move it there."""
    answering.require_move(viewer, state, scene, whole.case.team, "case")
    if _joins(scene, state, whole):
        climbs = answering.newest(state)
        if not any(answering.may(_holder(whole.case), scene, climb) for climb in climbs):
            answering.require(viewer, scene, climbs)


def _told(viewer: Viewer, state: Aggregate, scene: Scene, other: Aggregate) -> list[Event]:
    """Whoever has a case hears that another, about which people were paged, has joined it."""
    holder = _holder(state.case)
    if not _joins(scene, other, state) or holder is None or holder == viewer.user:
        return []
    says = say(
        "{name} says that {case} is the same problem, so you have it too",
        name=UserName(viewer.name),
        case=called(other.case),
    )
    return [alerting.alert(scene, "joined", says, [Named(holder, "has it")])]


def _joins(scene: Scene, case: Aggregate, whole: Aggregate) -> bool:
    """Whether the paging for a case would end because somebody has the other; one that nobody has pages for both."""
    return bool(case.live()) and whole.case.acknowledged_at is not None and gravity.covers(scene, whole, case)


def _holder(case: Case) -> int | None:
    return case.escalation_manager if case.kind == "relationship" else case.technical_lead


def _check(case: Case, kind: str, other: Case) -> None:
    if kind not in KINDS:
        raise InvalidInput(
            say("{kind} is not a kind of link", kind=repr(kind[:40])),
            place="kind",
            expected=say("one of {choices}", choices=", ".join(KINDS)),
        )
    if other.id == case.id:
        raise InvalidInput(say("a case cannot be linked to itself"), place="case", expected=say("another case"))
    if kind == "related":
        return
    if case.state != "open":
        raise NotAllowed(say("the case is {state}", state=case.state), place="kind", expected=say("an open case"))
    if other.state != "open":
        raise NotAllowed(
            say("case {number} is {state}", number=other.number, state=other.state),
            place="case",
            expected=say("an open case"),
        )
    if other.parent is not None:
        raise NotAllowed(
            say("case {number} follows another case itself", number=other.number),
            place="case",
            expected=say("that one's parent"),
        )


def _linked(kind: str, other: Case, viewer: Viewer) -> Event:
    return Linked(kind=kind, case=ids.to_text(other.id), number=other.number).event(viewer.actor)


link = Verb(
    "link",
    "Link the case to another, let it follow the other as its parent, or merge it into the other",
    Link,
    _link,
    Route("links", by_hand=True),
    Command("is linked to {case}, {kind}", "link 18 parent 17", switches={"undo": "unlink"}),
    Form("Link", "Linked."),
    allowed=Allowed(UNMERGED),
    more="A `parent` alone pages and warns (but for a relationship with its own customer), is raised with the case, and"
    " lets it go, telling its owner, when it is resolved itself; `merged`: the other stands for it. Whoever has"
    " acknowledged it has the other too, where that is no graver",
    undo=Undo(
        (Linked, Merged),
        (Acknowledged, Contained, ClocksExcused, Claimed, PathStopped, ClocksCancelled),
        {"kind": KINDS},
    ),
)
unlink = Verb(
    "unlink",
    "Undo a link to another case, related or parent",
    Unlink,
    _unlink,
    Route("links", ("unlink", True), "Undo the link instead", by_hand=True),
    Command("is no longer linked to {case}", "unlink 18 parent 17"),
    Form("Unlink", "Unlinked."),
    allowed=Allowed(UNMERGED),
    requires=_to_unlink,
)
dismiss_parent = Verb(
    "dismiss-parent",
    "Say that the case is of another problem than the one that was offered as its parent",
    Dismissal,
    _dismiss,
    Route("dismissed-parents", by_hand=True),
    Command("is of another problem than {case}", "dismiss-parent 18 17 --reason 'theirs is the invoice'"),
    Form("Another problem", "It is not offered again."),
    allowed=Allowed(UNMERGED),
    more="It is kept as a label, and the other case is [not offered again](same-problem.md)",
)
