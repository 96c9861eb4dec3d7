"""Calling people into a case."""

from typing import Annotated

from tocsin.cases import calling
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.calls import CallStarted, called
from tocsin.cases.happenings.people import Bridged
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs import bridges
from tocsin.cases.verbs.asks import Asks
from tocsin.cases.verbs.common import active_user, required
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Undo, Verb
from tocsin.core import ids
from tocsin.core.errors import InvalidInput, NotAllowed
from tocsin.core.wording import say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer, any_of, role_name


class CallIn(Arguments, frozen=True):
    """One of `user`, `roster` and `team`, by its name. `bridge`: where they find the others, as `bridge` sets it."""

    user: Annotated[str | None, Asks("The person who is called in", "colleague", "A person", none="nobody")] = None
    roster: Annotated[
        str | None, Asks("The roster whose people on call are called in", "roster", "An on-call schedule", none="none")
    ] = None
    team: Annotated[str | None, Asks("The team whose people on call are called in", "team", "A team", none="none")] = (
        None
    )
    reason: Annotated[str | None, Asks("What they are needed for", "area", "What they are needed for")] = None
    bridge: Annotated[str | None, Asks("The call or chat to join: https://… or tel:…", "line", "Bridge")] = None


def _call_in(viewer: Viewer, said: CallIn, state: Aggregate, scene: Scene) -> list[Event]:
    """They are paged at once, by the settling that follows."""
    target = _target(viewer, said, scene)
    if any(call.target == target for call in state.calling()):
        says = say("{who} is being called in already", who=called(target))
        raise NotAllowed(says, place="call-in", expected=say("to wait until they answer, or somebody else"))
    _require_reachable(scene, target, viewer.user)
    reason = None if said.reason is None else required(said.reason, "reason", say("what they are needed for"))
    started = CallStarted(
        call=ids.to_text(scene.mint.new(scene.now)),
        target=target,
        caller=None if viewer.user is None else ids.to_text(viewer.user),
        reason=reason,
    )
    return [*bridges.changed(viewer, said.bridge, state), started.event(viewer.actor)]


def _target(viewer: Viewer, said: CallIn, scene: Scene) -> str:
    given = [(kind, name) for kind in ("user", "roster", "team") if (name := getattr(said, kind)) is not None]
    if len(given) != 1:
        says = say("nobody is named") if not given else say("more than one is named")
        raise InvalidInput(says, place="user", expected=say("one of user, roster or team"))
    [(kind, name)] = given
    around = scene.around
    if kind == "user":
        user = active_user(around.directory, name, "user")
        if user.id == viewer.user:
            raise InvalidInput(say("you are here already"), place="user", expected=say("somebody else"))
        if not user.may("cases.work"):
            says = say("{name} has the role {role}, which does not work on cases", name=name, role=role_name(user.role))
            raise InvalidInput(says, place="user", expected=any_of("cases.work"))
    elif kind == "roster" and name not in around.rosters.by_name:
        says = say("there is no roster {roster}", roster=repr(name[:40]))
        raise InvalidInput(says, place=kind, expected=say("the name of a roster"))
    elif kind == "team" and name not in around.directory.teams:
        says = say("there is no team {team}", team=repr(name[:40]))
        raise InvalidInput(says, place=kind, expected=say("the name of a team"))
    return f"{kind}:{name}"


def _require_reachable(scene: Scene, target: str, caller: int | None) -> None:
    """InvalidInput where no page would reach anybody: whoever calls for help must not wait in vain."""
    people = [one for rounds in range(calling.ROUNDS) for one in calling.meant(scene, target, rounds, caller)]
    if any(one.user in scene.around.reachable for one in people):
        return
    kind, _, name = target.partition(":")
    says = say("nobody on call for {who} can be reached", who=called(target))
    if kind == "user":
        says = say("no page reaches {name}", name=name)
    raise InvalidInput(
        says, place=kind, expected=say("somebody who can be paged (`tocsin user reach` adds a destination)")
    )


call_in = Verb(
    "call-in",
    "Call somebody in: a person, or whoever is on call for a roster or a team, is paged at once",
    CallIn,
    _call_in,
    Route("call-ins"),
    Command("has somebody called in", "call-in 17 --roster database --reason 'we need the replica promoted'"),
    Form("Call somebody in", "They are paged. You are told whether they come."),
    allowed=Allowed(live=True),
    undo=Undo((CallStarted,), (Bridged,), within=calling.ROUNDS * calling.AGAIN),
    more="They are paged again every 5 minutes, 3 times in all, from the second time with the backup or the team's"
    " lead; then whoever called is told that nobody came. [How they answer](cases.md#calling-somebody-in)",
)
