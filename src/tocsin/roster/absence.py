"""Who on a roster cannot be called: passed over, and said so. Pure."""

from collections.abc import Collection

from tocsin.core.wording import Said, say
from tocsin.people.directory import Directory
from tocsin.people.permissions import role_name
from tocsin.roster.plan import Away, Roster


def away(roster: Roster, people: Directory, reachable: Collection[int]) -> Away:
    """Everybody on the roster who would not hear a page, or could not answer it, by name, and why. `reachable`: users
    with a destination."""
    found: dict[str, Said] = {}
    for name in everybody(roster):
        user = people.by_name.get(name)
        if user is None:
            found[name] = say("there is no such user")
        elif not user.active:
            found[name] = say("is no longer active")
        elif not user.may("cases.work"):
            found[name] = say("has the role {role}, which does not work on cases", role=role_name(user.role))
        elif user.id not in reachable:
            found[name] = say("has no destination for pages")
    return found


def everybody(roster: Roster) -> tuple[str, ...]:
    """Members, and whoever overrides name, each once."""
    return tuple(dict.fromkeys((*roster.rotation.members, *(made.user for made in roster.overrides))))
