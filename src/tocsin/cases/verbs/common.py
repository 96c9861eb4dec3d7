"""What the verbs share."""

from collections.abc import Container

from tocsin.cases import ownership
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.parts import Run
from tocsin.cases.paths.escalating import stopped
from tocsin.core import texts
from tocsin.core.errors import Forbidden, InvalidInput
from tocsin.core.wording import Number, Said, say
from tocsin.ledger.journal import Event
from tocsin.people.directory import Directory, User
from tocsin.people.permissions import Viewer, any_of, role_name

LONGEST = 20_000
_REASON = say("a sentence that says why")


def required(text: str | None, place: str, expected: Said = _REASON) -> str:
    """A text that must say something, without the space around it, and within bounds."""
    if text is None or texts.blank(text):
        raise InvalidInput(say("the field is empty"), place=place, expected=expected)
    if len(text) > LONGEST:
        raise InvalidInput(
            say("the text is too long"),
            place=place,
            expected=say("at most {longest} characters", longest=Number(LONGEST)),
        )
    return text.strip()


def stops(state: Aggregate, *clocks: str) -> list[Run]:
    """The running ones of these clocks, or all that run, as events name them."""
    return [
        (run.clock, run.cycle) for run in state.clocks if run.outcome is None and (not clocks or run.clock in clocks)
    ]


def claimed(state: Aggregate, since: int | None, *clocks: str) -> list[Run]:
    """Those of these clocks that a claim of that instant stopped, as events name them."""
    runs = (run for run in state.clocks if run.claimed_at is not None and run.claimed_at == since)
    return [(run.clock, run.cycle) for run in runs if run.clock in clocks]


def stopped_paths(state: Aggregate, how: str, actor: str, kept: Container[int] = ()) -> list[Event]:
    """`path.stopped` for every path that nobody has answered. `kept`: escalations whose path goes on."""
    return [stopped(climb, how, actor) for climb in state.live() if climb.id not in kept]


def became(is_so: bool, claimed_at: str | None, what: str) -> str:
    """What is true of a case after a claim: that it is so, that it waits to be confirmed, or neither."""
    if is_so:
        return f"is {what}"
    return f"is marked as {what}; a senior has to confirm" if claimed_at else f"is not {what}"


def require_confirming(viewer: Viewer, state: Aggregate) -> None:
    """Forbidden for whoever may not confirm on this case."""
    if state.case.level != "standard":
        if viewer.machine:
            raise Forbidden(
                say("a token without a user cannot confirm or reject"), expected=say("the token of a person")
            )
        viewer.require("cases.confirm_relationship" if state.case.kind == "relationship" else "cases.confirm")


def active_user(directory: Directory, name: str, place: str) -> User:
    """The active user of that name."""
    user = directory.by_name.get(name)
    if user is None or not user.active:
        raise InvalidInput(
            say("there is no active user {name}", name=repr(name[:40])), place=place, expected=say("the name of a user")
        )
    return user


def owner_named(directory: Directory, name: str) -> User:
    """The active user of that name, who may own a case: somebody whose role may work on it."""
    user = active_user(directory, name, "owner")
    if not ownership.may_own(user):
        raise InvalidInput(
            say("{name} has the role {role}, which does not work on cases", name=name[:40], role=role_name(user.role)),
            place="owner",
            expected=any_of("cases.work"),
        )
    return user
