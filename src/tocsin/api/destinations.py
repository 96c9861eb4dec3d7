"""Routes of the places where pages reach people, teams and roles. What a place is made of, its channel says."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import ConfigDict

from tocsin.administration import places
from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body
from tocsin.api.once import write_once
from tocsin.core import ids
from tocsin.core.addresses import masked
from tocsin.notify import destinations
from tocsin.notify.destinations import Owner

router = APIRouter(tags=["people"])


class NewDestination(Body):
    """Its fields are those of the channels, which are read by the registry."""

    model_config = ConfigDict(extra="allow")


@router.post("/users/{name}/destinations", status_code=201)
def add_destination(name: str, body: NewDestination, here: Here, who: Who, again: Again) -> Response:
    """A further place where pages reach a user; the secret of a webhook is shown once."""
    return _add("user", places.existing, name, body, here, who, again)


@router.get("/users/{name}/destinations")
def list_destinations(name: str, here: Here, who: Who) -> Response:
    """The destinations of a user."""
    return _list(places.existing, name, here, who)


@router.delete("/users/{name}/destinations/{destination}")
def end_destination(name: str, destination: str, here: Here, who: Who) -> Response:
    """Remove a destination of a user; messages that wait for it are cancelled."""
    return _end(places.existing, name, destination, here, who)


@router.post("/teams/{name}/destinations", status_code=201)
def add_destination_of_team(name: str, body: NewDestination, here: Here, who: Who, again: Again) -> Response:
    """A place that is told of every page about a case of this team; the secret of a webhook is shown once."""
    return _add("team", places.of_team, name, body, here, who, again)


@router.get("/teams/{name}/destinations")
def list_destinations_of_team(name: str, here: Here, who: Who) -> Response:
    """The destinations of a team."""
    return _list(places.of_team, name, here, who)


@router.delete("/teams/{name}/destinations/{destination}")
def end_destination_of_team(name: str, destination: str, here: Here, who: Who) -> Response:
    """Remove a destination of a team; messages that wait for it are cancelled."""
    return _end(places.of_team, name, destination, here, who)


@router.post("/roles/{name}/destinations", status_code=201)
def add_destination_of_role(name: str, body: NewDestination, here: Here, who: Who, again: Again) -> Response:
    """A place that is told of every page that names this role (`role:NAME` in paths); the secret of a webhook is shown
    once."""
    return _add("role", places.of_role, name, body, here, who, again)


@router.get("/roles/{name}/destinations")
def list_destinations_of_role(name: str, here: Here, who: Who) -> Response:
    """The destinations of a role."""
    return _list(places.of_role, name, here, who)


@router.delete("/roles/{name}/destinations/{destination}")
def end_destination_of_role(name: str, destination: str, here: Here, who: Who) -> Response:
    """Remove a destination of a role; messages that wait for it are cancelled."""
    return _end(places.of_role, name, destination, here, who)


Find = Callable[[Any, str], Owner]


def _add(kind: str, find: Find, name: str, body: NewDestination, here: Here, who: Who, again: Again) -> Response:
    who.require("people.write")
    place = places.checked(here, body.model_dump())

    def write(tx: Any) -> dict[str, Any]:
        destination = places.add(tx, here, who, find(tx, name), place)
        return {
            "id": ids.to_text(destination),
            kind: name,
            "channel": place.new.channel,
            "address": masked(place.new.address),
            "webhook_secret": place.once,
        }

    return write_once(here, again, 201, write, "webhook_secret")


def _list(find: Find, name: str, here: Here, who: Who) -> Response:
    who.require("people.write")
    with here.database.reading() as tx:
        found = destinations.of(tx, find(tx, name))
    return json({"destinations": [places.shown(one) for one in found]})


def _end(find: Find, name: str, destination: str, here: Here, who: Who) -> Response:
    who.require("people.write")
    wanted = ids.from_text(destination, "destination")
    here.writer.write(lambda tx: places.end(tx, here, who, find(tx, name), wanted))
    return Response(status_code=204)
