"""Routes of the places where pages reach people, teams and roles. What a place is made of, its channel says."""

from collections.abc import Callable
from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import ConfigDict

from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body
from tocsin.api.once import write_once
from tocsin.core import ids, names
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.wording import say, verbatim
from tocsin.notify import destinations
from tocsin.notify.channels import registry
from tocsin.notify.destinations import Destination, New, Owner, Room
from tocsin.people import directory
from tocsin.runtime import Installation

router = APIRouter(tags=["people"])


class NewDestination(Body):
    """Its fields are those of the channels, which are read by the registry."""

    model_config = ConfigDict(extra="allow")


class NewPlace(NamedTuple):
    """`once`: a secret that is shown this one time."""

    new: New
    once: str | None


@router.post("/users/{name}/destinations", status_code=201)
def add_destination(name: str, body: NewDestination, here: Here, who: Who, again: Again) -> Response:
    """A further place where pages reach a user; the secret of a webhook is shown once."""
    return _add("user", existing, name, body, here, who, again)


@router.get("/users/{name}/destinations")
def list_destinations(name: str, here: Here, who: Who) -> Response:
    """The destinations of a user."""
    return _list(existing, name, here, who)


@router.delete("/users/{name}/destinations/{destination}")
def end_destination(name: str, destination: str, here: Here, who: Who) -> Response:
    """Remove a destination of a user; messages that wait for it are cancelled."""
    return _end(existing, name, destination, here, who)


@router.post("/teams/{name}/destinations", status_code=201)
def add_destination_of_team(name: str, body: NewDestination, here: Here, who: Who, again: Again) -> Response:
    """A place that is told of every page about a case of this team; the secret of a webhook is shown once."""
    return _add("team", _team, name, body, here, who, again)


@router.get("/teams/{name}/destinations")
def list_destinations_of_team(name: str, here: Here, who: Who) -> Response:
    """The destinations of a team."""
    return _list(_team, name, here, who)


@router.delete("/teams/{name}/destinations/{destination}")
def end_destination_of_team(name: str, destination: str, here: Here, who: Who) -> Response:
    """Remove a destination of a team; messages that wait for it are cancelled."""
    return _end(_team, name, destination, here, who)


@router.post("/roles/{name}/destinations", status_code=201)
def add_destination_of_role(name: str, body: NewDestination, here: Here, who: Who, again: Again) -> Response:
    """A place that is told of every page that names this role (`role:NAME` in paths); the secret of a webhook is shown
    once."""
    return _add("role", _role, name, body, here, who, again)


@router.get("/roles/{name}/destinations")
def list_destinations_of_role(name: str, here: Here, who: Who) -> Response:
    """The destinations of a role."""
    return _list(_role, name, here, who)


@router.delete("/roles/{name}/destinations/{destination}")
def end_destination_of_role(name: str, destination: str, here: Here, who: Who) -> Response:
    """Remove a destination of a role; messages that wait for it are cancelled."""
    return _end(_role, name, destination, here, who)


Find = Callable[[Any, str], Owner]


def _add(kind: str, find: Find, name: str, body: NewDestination, here: Here, who: Who, again: Again) -> Response:
    who.require("people.write")
    place = new_place(here, body.model_dump())

    def write(tx: Any) -> dict[str, Any]:
        owner = find(tx, name)
        destination = destinations.add(tx, here.mint, here.journal, here.vault, owner, place.new, by=who.actor)
        return {
            "id": ids.to_text(destination),
            kind: name,
            "channel": place.new.channel,
            "address": place.new.address,
            "webhook_secret": place.once,
        }

    return write_once(here, again, 201, write, "webhook_secret")


def _list(find: Find, name: str, here: Here, who: Who) -> Response:
    who.require("people.write")
    with here.database.reading() as tx:
        found = destinations.of(tx, find(tx, name))
    return json({"destinations": [_shown(one) for one in found]})


def _end(find: Find, name: str, destination: str, here: Here, who: Who) -> Response:
    who.require("people.write")
    wanted = ids.from_text(destination, "destination")
    here.writer.write(lambda tx: destinations.end(tx, here.mint, here.journal, find(tx, name), wanted, by=who.actor))
    return Response(status_code=204)


def _team(tx: Any, name: str) -> Room:
    team = directory.load(tx).teams.get(name)
    if team is None:
        raise NotFound(
            say("there is no team {name}", name=repr(name[:100])),
            place="team",
            expected=say("a name from `tocsin team list`"),
        )
    return Room(team=team.id)


def _role(tx: Any, name: str) -> Room:
    names.check(name, "role")
    return Room(role=name)


def existing(tx: Any, name: str) -> int:
    """The id of a user; NotFound where there is none of that name."""
    user = directory.load(tx).by_name.get(name)
    if user is None:
        raise NotFound(
            say("there is no user {name}", name=repr(name)),
            place="user",
            expected=say("a name from `tocsin user list`"),
        )
    return user.id


def new_place(here: Installation, given: dict[str, Any]) -> NewPlace:
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
    checked = channel.check(address, options, here.outgoing.allow_private)
    return NewPlace(New(channel.name, checked.address, checked.secret, options), checked.once)


def _shown(one: Destination) -> dict[str, Any]:
    return {
        "id": ids.to_text(one.id),
        "channel": one.channel,
        "address": one.address,
        "options": dict(one.options),
        "wakes": registry.wakes(one.channel, one.options),
    }
