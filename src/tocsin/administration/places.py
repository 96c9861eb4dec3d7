"""The places where pages reach people, teams and roles. What a place is made of, its channel says."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tocsin.core import ids, names
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.wording import say, verbatim
from tocsin.notify import destinations
from tocsin.notify.channels import registry
from tocsin.notify.destinations import Destination, New, Owner, Room
from tocsin.people import directory
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx


class NewPlace(NamedTuple):
    """`once`: a secret that is shown this one time."""

    new: New
    once: str | None


def checked(here: Installation, given: Mapping[str, Any]) -> NewPlace:
    """What its channel makes of these fields. InvalidInput where they name no destination, or one that nothing leads
    to from here."""
    channel, address, options = registry.read(given)
    if channel.name not in here.outgoing.reachable_by:
        called = channel.called[:1].upper() + channel.called[1:]
        raise InvalidInput(
            say("{called} is not set up on this installation", called=called),
            place=channel.address.name,
            expected=verbatim(channel.needs),
        )
    found = channel.check(address, options, here.outgoing.allow_private)
    return NewPlace(New(channel.name, found.address, found.secret, options), found.once)


def add(tx: Tx, here: Installation, who: Viewer, owner: Owner, place: NewPlace) -> int:
    """Reach this owner there, too; the id of the destination."""
    return destinations.add(tx, here.mint, here.journal, here.vault, owner, place.new, by=who.actor)


def end(tx: Tx, here: Installation, who: Viewer, owner: Owner, destination: int) -> None:
    """Send nothing more there; messages that wait for it are cancelled."""
    destinations.end(tx, here.mint, here.journal, owner, destination, by=who.actor)


def existing(tx: Tx, name: str) -> int:
    """The id of a user; NotFound where there is none of that name."""
    user = directory.load(tx).by_name.get(name)
    if user is None:
        raise NotFound(
            say("there is no user {name}", name=repr(name)),
            place="user",
            expected=say("the name of a user (`tocsin user list`)"),
        )
    return user.id


def of_team(tx: Tx, name: str) -> Room:
    """A team that has destinations; NotFound where there is none of that name."""
    team = directory.load(tx).teams.get(name)
    if team is None:
        raise NotFound(
            say("there is no team {name}", name=repr(name[:100])),
            place="team",
            expected=say("the name of a team (`tocsin team list`)"),
        )
    return Room(team=team.id)


def of_role(tx: Tx, name: str) -> Room:
    """A role that has destinations: any by which a policy may name people."""
    names.check(name, "role")
    return Room(role=name)


def shown(one: Destination) -> dict[str, Any]:
    """`wakes`: whether it wakes somebody at night; None where nobody has said so."""
    return {
        "id": ids.to_text(one.id),
        "channel": one.channel,
        "address": one.address,
        "options": dict(one.options),
        "wakes": registry.wakes(one.channel, one.options),
    }
