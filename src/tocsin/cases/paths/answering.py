"""Who may answer a path, which ends its paging; and whom to ask instead. Pure.

An answer says that somebody has the case. So it is for those whom the policy would call about it: whoever was paged, or
is named by any step of the path as it resolves now; and for those who answer for its team: its lead, its seniors, and
escalation managers. Whoever only owns the case, or looks at it, says so in a note.
"""

from collections.abc import Iterator, Sequence

from tocsin.cases.addressing import Named
from tocsin.cases.aggregate import Aggregate, Escalation
from tocsin.cases.paths import climbing
from tocsin.cases.scene import Scene
from tocsin.core.errors import Forbidden
from tocsin.core.wording import Said, one_of, say
from tocsin.people.permissions import Permission, Viewer

PAGED = "paged"
_SHOWN = 3  # people whom a refusal names


def able(scene: Scene, climb: Escalation | None) -> list[Named]:
    """Everybody who may answer this escalation, each once: whoever was paged last first. `climb` None: a case that no
    path pages for, of which the team remains."""
    users = scene.around.directory.users
    found: dict[int, Named] = {}
    for one in _called(scene, climb):
        found.setdefault(one.user, one)
    return [one for one in found.values() if one.user in users and users[one.user].may("cases.work")]


def may(user: int | None, scene: Scene, climb: Escalation | None) -> bool:
    return user is not None and any(one.user == user for one in able(scene, climb))


def newest(state: Aggregate) -> list[Escalation | None]:
    """The escalations that an answer is for: those that nobody has answered; else the last, whose path was stopped
    though the case waits, because another pages for it."""
    return [*state.live()] or [*state.escalations[-1:]] or [None]


def require(
    viewer: Viewer, scene: Scene, climbs: Sequence[Escalation | None], place: str = "acknowledge"
) -> list[Escalation | None]:
    """Those of these escalations that this viewer may answer; Forbidden, with whom to ask, where there are none."""
    mine = [climb for climb in climbs if may(viewer.user, scene, climb)]
    if mine:
        return mine
    if viewer.user is None:
        says = say("only a person can acknowledge or decline, and this token or command has no user")
    else:
        says = _stranger(viewer)
    raise Forbidden(says, place=place, expected=whom_to_ask(scene, climbs))


def ends(viewer: Viewer, state: Aggregate, scene: Scene) -> bool:
    """Whether this viewer's word may end what the case pages for: nobody is paged, or they may answer, or they have the
    case, for which others are still called beside them. Whoever acts on the database itself may."""
    case, live = state.case, state.live()
    if not live or (viewer.user is None and not viewer.machine):
        return True
    has = case.acknowledged_at is not None and viewer.user in (case.technical_lead, case.escalation_manager)
    return (has and viewer.user is not None) or any(may(viewer.user, scene, climb) for climb in live)


def require_end(
    viewer: Viewer, state: Aggregate, scene: Scene, place: str, permission: Permission = "cases.work"
) -> None:
    """Forbidden, with whom to ask, for whoever may not end the paging of the case. `permission`: what the verb asks for
    besides, so that nobody is named who could not do it either."""
    if ends(viewer, state, scene):
        return
    if viewer.machine:
        raise Forbidden(
            say("people are being paged about the case, and a token without a user cannot stop that"),
            place=place,
            expected=say("the token of a person, or a note"),
        )
    raise Forbidden(_stranger(viewer), place=place, expected=whom_to_ask(scene, state.live(), permission))


def require_move(viewer: Viewer, state: Aggregate, scene: Scene, team: str | None, place: str) -> None:
    """While people are paged, who answers for a case is changed by those who answer for it now. Forbidden for others,
    who could call in themselves."""
    if team != state.case.team:
        require_end(viewer, state, scene, place)


def require_customer(viewer: Viewer, state: Aggregate, scene: Scene, owner: int | None) -> None:
    """Nobody names themselves, as the owner of the customer, one of those whom a path calls."""
    if owner is not None and owner == viewer.user:
        require_end(viewer, state, scene, "account")


def whom_to_ask(scene: Scene, climbs: Sequence[Escalation | None], permission: Permission = "cases.work") -> Said:
    """Who may, by name, best whoever was paged last; as a refusal says what it expected. Where none of those who may
    answer has the permission: who answers first, after which others may."""
    users = scene.around.directory.users
    people = list({one.user: one for climb in climbs for one in able(scene, climb)}.values())
    if not people:
        return say("somebody named by the path, but at the moment none of them can work on cases")
    wanted = [one for one in people if users[one.user].may(permission)]
    if not wanted:
        return say("an acknowledgement first, by {people}", people=_named(scene, people))
    return _named(scene, wanted)


def _named(scene: Scene, people: list[Named]) -> Said:
    paged = [one for one in people if one.why == PAGED]
    names = [str(scene.around.directory.name_of(one.user)) for one in (paged or people)[:_SHOWN]]
    if not paged:
        return one_of(names)
    if len(names) == 1:
        return say("{name}, who was paged", name=names[0])
    return say("{names}, who were paged", names=one_of(names))


def _stranger(viewer: Viewer) -> Said:
    return say(
        "{name} was not paged about the case, does not lead its team and is not a senior of the team", name=viewer.name
    )


def _called(scene: Scene, climb: Escalation | None) -> Iterator[Named]:
    directory, team = scene.around.directory, scene.around.directory.teams.get(scene.case.team or "")
    if climb is not None:
        yield from (Named(user, PAGED) for user in scene.paged().get(climb.id, ()))
        yield from climbing.ever(scene, climb)
    if team is not None and team.lead is not None:
        yield Named(team.lead, "lead:team")
    if team is not None:
        yield from (Named(user, "team") for user in team.members if directory.users[user].may("cases.confirm"))
    managers = (user for user in directory.users.values() if user.role == "escalation_manager")
    yield from (Named(user.id, "escalation manager") for user in managers)
