"""Whom a target means: of a step of a path, of a clock, of an alert. Pure."""

from typing import NamedTuple

from tocsin.cases.context import Around
from tocsin.cases.happenings.parts import Told
from tocsin.cases.scene import Scene
from tocsin.core import ids


class Named(NamedTuple):
    """Somebody whom a step names, and by which of its targets."""

    user: int
    why: str


def resolve(target: str, scene: Scene) -> list[int]:
    """The active users that a target of a step means now."""
    around, case, now = scene.around, scene.case, scene.now
    kind, _, rest = target.partition(":")
    people: list[int | None] = []
    if kind == "user":
        people = [_by_name(around, rest)]
    elif kind == "oncall":
        roster, _, place = rest.partition(":")
        duty = around.on_call(roster, now)
        name = None if duty is None else duty.backup if place == "backup" else duty.primary
        people = [_by_name(around, name or "")]
    elif kind == "lead":
        team = around.directory.teams.get((case.team or "") if rest == "team" else rest)
        people = [team.lead if team else None]
    elif kind == "role":
        people = [user for inner in scene.policy.document.duties.get(rest, ()) for user in resolve(inner, scene)]
    elif kind == "owner":
        people = [scene.account_owner]
    return [user for user in people if user is not None and around.directory.users[user].active]


def _by_name(around: Around, name: str) -> int | None:
    user = around.directory.by_name.get(name)
    return user.id if user else None


def person(around: Around, named: Named) -> Told:
    """Somebody as events show them."""
    return {"user": ids.to_text(named.user), "name": around.directory.name_of(named.user), "why": named.why}


def everybody(around: Around) -> list[Named]:
    """Who is told where nobody else can be: every lead, and where a page reaches none of them, administrators."""
    leads = [Named(lead, "every lead") for lead in around.directory.leads()]
    if any(one.user in around.reachable for one in leads):
        return leads
    return leads + [Named(user, "administrator") for user in around.directory.administrators()]
