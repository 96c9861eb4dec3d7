"""Marking that something was reached which the policy has a clock for, such as a warning to an authority."""

from typing import Annotated

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.clocks import ticking
from tocsin.cases.happenings.messages import Marked
from tocsin.cases.lifecycle import UNMERGED, Allowed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks, How
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Verb
from tocsin.clocks import kinds
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say, verbatim
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer
from tocsin.policy.structure import near

_NAME = Asks(
    "Its name, as clocks of the policy have it: `authority-warned`",
    "name",
    "Its name, such as authority-warned",
    argument="MILESTONE",
)


class Milestone(Arguments, frozen=True):
    """`milestone`: its name. `note`: for colleagues."""

    milestone: Annotated[str, _NAME]
    note: How = None


def _mark(viewer: Viewer, said: Milestone, state: Aggregate, scene: Scene) -> list[Event]:
    if not kinds.is_moment(kinds.marked(said.milestone)):
        expected = say("letters, digits, '_', '.' and '-', beginning with a letter or digit")
        raise InvalidInput(
            say("{milestone} is no name of a milestone", milestone=repr(said.milestone[:40])),
            place="milestone",
            expected=expected,
        )
    known = _known(state, scene)
    if known and said.milestone not in known:
        problem = say("no clock of the policy waits for a milestone {milestone}", milestone=repr(said.milestone[:40]))
        expected = near(said.milestone, sorted(known)) or verbatim(", ".join(sorted(known)))
        raise InvalidInput(problem, place="milestone", expected=expected)
    return [Marked(milestone=said.milestone, note=said.note).event(viewer.actor)]


def _known(state: Aggregate, scene: Scene) -> set[str]:
    """The milestones for which clocks wait: those of the policy, and those that the case has by an older version."""
    policies = scene.around.policies
    own = [*scene.policy.document.clocks.declared().values(), *(ticking.kind_of(run, policies) for run in state.clocks)]
    moments = {moment for kind in own for moment in (kind.start, *kind.stop)}
    return {name for moment in moments if (name := moment.removeprefix(kinds.marked(""))) != moment}


mark_milestone = Verb(
    "mark-milestone",
    "Mark a milestone, such as a warning to an authority; clocks of the policy that wait for it stop",
    Milestone,
    _mark,
    Route("milestones"),
    Command("has reached {milestone}", "mark-milestone 17 authority-warned --note 'by the portal'"),
    Form("Mark a milestone", "Marked."),
    allowed=Allowed(UNMERGED),
)
