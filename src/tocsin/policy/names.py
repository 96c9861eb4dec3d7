"""The names of people that a policy uses, and those that exist."""

from collections.abc import Collection
from typing import NamedTuple

from tocsin.policy import addressees
from tocsin.policy.model import Document


class Names(NamedTuple):
    """Teams, rosters and users by name."""

    teams: Collection[str] = ()
    rosters: Collection[str] = ()
    users: Collection[str] = ()


def names_in(document: Document) -> Names:
    """Every team, roster and user that the document names."""
    told = [path.leader for path in document.paths.values()]
    told += [target for path in document.paths.values() for step in path.steps for target in step.notify]
    told += [target for duty in document.duties.values() for target in duty]
    found = [addressees.parse(target) for target in told]
    return Names(
        teams=frozenset(route.team for route in document.route),
        rosters=frozenset(one.name for one in found if one.kind == "oncall"),
        users=frozenset(one.name for one in found if one.kind == "user"),
    )


def duties_in(document: Document) -> frozenset[str]:
    """Every duty that the document fills, and every one that it notifies (`role:NAME`)."""
    notified = [target for path in document.paths.values() for step in path.steps for target in step.notify]
    notified += [target for kind in document.clocks.kinds.values() for target in kind.tell]
    notified += [target for duty in document.duties.values() for target in duty]
    notified += [path.leader for path in document.paths.values()]
    named = (addressees.parse(target) for target in notified if target not in addressees.TOLD)
    return frozenset(document.duties) | {one.name for one in named if one.kind == "role"}
