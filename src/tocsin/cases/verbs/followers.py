"""Following a case: being told of what becomes of it, without working on it."""

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.people import Followed, Unfollowed
from tocsin.cases.lifecycle import EVER, UNMERGED, Allowed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Verb
from tocsin.core import ids
from tocsin.core.errors import Forbidden, NotAllowed
from tocsin.core.wording import say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


class Nothing(Arguments, frozen=True):
    """Nothing is said with it."""


def _follow(viewer: Viewer, said: Nothing, state: Aggregate, scene: Scene) -> list[Event]:
    require_not_following(viewer, state, scene)
    return [Followed(user=ids.to_text(viewer.user or 0)).event(viewer.actor)]


def _unfollow(viewer: Viewer, said: Nothing, state: Aggregate, scene: Scene) -> list[Event]:
    require_following(viewer, state, scene)
    return [Unfollowed(user=ids.to_text(viewer.user or 0)).event(viewer.actor)]


def require_not_following(viewer: Viewer, state: Aggregate, scene: Scene) -> None:
    _require_person(viewer)
    if state.case.followed_by(viewer.user):
        raise NotAllowed(say("you follow the case already"), place="follow")


def require_following(viewer: Viewer, state: Aggregate, scene: Scene) -> None:
    _require_person(viewer)
    if not state.case.followed_by(viewer.user):
        raise NotAllowed(say("you do not follow the case"), place="unfollow")


def _require_person(viewer: Viewer) -> None:
    if viewer.user is None:
        raise Forbidden(say("only a person can follow a case"), expected=say("the token of a person"))


follow = Verb(
    "follow",
    "Follow the case: you are told when its level or owner changes, and when it is contained, over or open again",
    Nothing,
    _follow,
    Route("following"),
    Command("is followed", "follow 17"),
    Form("Follow", "You follow it, and are told of what becomes of it."),
    permission="cases.read",
    allowed=Allowed(UNMERGED),
    requires=require_not_following,
    more="Nobody is told of what they do themselves. [What followers are told](cases.md#following-a-case)",
    who="a person who may see the case",
)
unfollow = Verb(
    "unfollow",
    "Follow the case no more",
    Nothing,
    _unfollow,
    Route("following", ("unfollow", True), "Follow it no more"),
    Command("is not followed any more", "unfollow 17"),
    Form("Unfollow", "You follow it no more."),
    permission="cases.read",
    allowed=Allowed(EVER),
    requires=require_following,
    who="a person who follows it",
)
