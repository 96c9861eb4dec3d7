"""A case that was over begins again; and one that stays over."""

from tocsin.cases import reviving
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.deciding import TakenLive
from tocsin.cases.happenings.progress import Closed, Reopened
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import How, Why
from tocsin.cases.verbs.common import required
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Undo, Verb
from tocsin.core.errors import NotAllowed
from tocsin.core.wording import say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import Decision


class Reopening(Arguments, frozen=True):
    """`reason`: for the record."""

    reason: Why


class Closure(Arguments, frozen=True):
    """`note`: for colleagues."""

    note: How = None


def _reopen(viewer: Viewer, said: Reopening, state: Aggregate, scene: Scene) -> list[Event]:
    """Its clocks run a new cycle, and while it is escalated its path begins again."""
    draft = Draft(state, scene.now)
    draft.add(Reopened(reason=required(said.reason, "reason")).event(viewer.actor))
    if state.case.imported:
        draft.add(reviving.woken(draft.state, scene, "it was opened again", viewer.actor))
    last = known(scene)
    reviving.revive(draft, scene, last, again=True, rested=state.case.resolved_at or state.case.closed_at)
    return draft.events


def known(scene: Scene) -> Decision:
    """The newest decision; NotAllowed where its facts were erased, since nothing says then what the case needs."""
    last = scene.last()
    if last is None:
        raise NotAllowed(say("the facts of the case were erased"), place="reopen", expected=say("a new case"))
    return last


def _close(viewer: Viewer, said: Closure, state: Aggregate, scene: Scene) -> list[Event]:
    return [Closed(note=said.note).event(viewer.actor)]


reopen = Verb(
    "reopen",
    "Open a resolved or closed case again: its clocks run a new cycle, and an escalated one pages again",
    Reopening,
    _reopen,
    Route("reopening"),
    Command("is open again", "reopen 17 --reason 'it is back'"),
    Form("Reopen", "Reopened."),
    allowed=Allowed(frozenset({"resolved", "closed"})),
    requires=lambda viewer, state, scene: known(scene),
    undo=Undo((Reopened,), (TakenLive,), {"source": (None,)}),
)
close = Verb(
    "close",
    "Close a resolved case",
    Closure,
    _close,
    Route("closure"),
    Command("is closed", "close 17"),
    Form("Close", "Closed."),
    allowed=Allowed(frozenset({"resolved"}), instead={"open": say("the case is open; resolve it first")}),
    undo=Undo((Closed,)),
)
