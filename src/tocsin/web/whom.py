"""Whom somebody asks for what their role does not let them do."""

from typing import NamedTuple

from tocsin.core.wording import say, worded
from tocsin.people.directory import Directory
from tocsin.people.permissions import NotGranted, Permission, allows, any_of, role_name
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.web import rendering

_MOST = 5


class Ask(NamedTuple):
    """`role`: of whoever reads; `needs`: which ones it takes, both in words. `names`: some people who have one, first
    those who lead a team of theirs; `others`: how many more."""

    role: str
    needs: str
    names: tuple[str, ...]
    others: int


def to_ask(here: Installation, signed: Session, permission: Permission, language: str) -> Ask:
    reader = rendering.reader(language)
    with here.database.reading() as tx:
        people = here.desk.directory.get(tx)
    leads = _leads(people, signed.viewer.user)
    able = [user for user in people.users.values() if user.may(permission)]
    able.sort(key=lambda user: (user.id not in leads, user.display or user.name))
    names = tuple(user.display or user.name for user in able[:_MOST])
    role = worded(role_name(signed.viewer.role), reader)
    return Ask(role, worded(any_of(permission), reader), names, max(0, len(able) - _MOST))


def heading(error: NotGranted, language: str) -> str:
    """The title of such a refusal: what is not allowed."""
    return worded(say("You may not {what}", what=allows(error.permission)), rendering.reader(language))


def _leads(people: Directory, user: int | None) -> set[int]:
    """Who leads a team in which somebody is."""
    return {team.lead for team in people.teams.values() if team.lead is not None and user in team.members}
