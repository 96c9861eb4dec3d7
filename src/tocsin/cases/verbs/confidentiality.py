"""Legal, security, press: a case that only those named may see."""

from typing import Annotated

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.people import Confided
from tocsin.cases.lifecycle import EVER, Allowed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks, Why
from tocsin.cases.verbs.common import active_user, required
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Undo, Verb
from tocsin.core import ids
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer

_NAMES = Asks(
    "The users who may see it; without names, everybody",
    "names",
    "Only these users may see it (names with commas between; empty: everybody)",
    argument="USER...",
)


class Restriction(Arguments, frozen=True):
    """`names`: of the users who may see the case; empty: it is no longer confidential."""

    names: Annotated[list[str], _NAMES]
    reason: Why


def _restrict(viewer: Viewer, said: Restriction, state: Aggregate, scene: Scene) -> list[Event]:
    """Beside those named, whoever works on the case sees it, whoever is being paged about it or called in, and whoever
    says so."""
    people, case = scene.around.directory, state.case
    named = [active_user(people, name, "names").id for name in said.names]
    if named:
        working = (viewer.user, case.owner, case.technical_lead, case.escalation_manager)
        named += [user for user in working if user is not None]
        named += [user for users in scene.paged().values() for user in users]
        named += [ids.from_text(user) for call in state.calling() for user in call.called.split()]
    wanted = [ids.to_text(user) for user in dict.fromkeys(named)]
    return [Confided(named=wanted, reason=required(said.reason, "reason")).event(viewer.actor)]


restrict = Verb(
    "restrict",
    "Make the case confidential: only those named and those who work on it see it; without names, end that",
    Restriction,
    _restrict,
    Route("confidentiality"),
    Command(
        lambda told: "is confidential" if told["names"] else "is open to everybody",
        "restrict 17 dana lea --reason 'the regulator asks'",
        ("confide",),
    ),
    Form("Keep confidential", "Done."),
    permission="cases.confide",
    allowed=Allowed(EVER),
    who="escalation managers, leads",
    undo=Undo((Confided,)),
)
