"""Routes of the places where pages reach people. What a place is made of, its channel says."""

from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import ConfigDict

from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body
from tocsin.api.once import write_once
from tocsin.core import ids
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.notify import destinations
from tocsin.notify.channels import registry
from tocsin.notify.destinations import Destination, New
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
    who.require("people.write")
    place = new_place(here, body.model_dump())

    def write(tx: Any) -> dict[str, Any]:
        user = existing(tx, name)
        destination = destinations.add(tx, here.mint, here.journal, here.vault, user, place.new, by=who.actor)
        return {
            "id": ids.to_text(destination),
            "user": name,
            "channel": place.new.channel,
            "address": place.new.address,
            "webhook_secret": place.once,
        }

    return write_once(here, again, 201, write, "webhook_secret")


@router.get("/users/{name}/destinations")
def list_destinations(name: str, here: Here, who: Who) -> Response:
    """The destinations of a user."""
    who.require("people.write")
    with here.database.reading() as tx:
        found = destinations.load(tx).get(existing(tx, name), ())
    return json({"destinations": [_shown(one) for one in found]})


@router.delete("/users/{name}/destinations/{destination}")
def end_destination(name: str, destination: str, here: Here, who: Who) -> Response:
    """Remove a destination; messages that wait for it are cancelled."""
    who.require("people.write")
    wanted = ids.from_text(destination, "destination")
    here.writer.write(
        lambda tx: destinations.end(tx, here.mint, here.journal, existing(tx, name), wanted, by=who.actor)
    )
    return Response(status_code=204)


def existing(tx: Any, name: str) -> int:
    """The id of a user; NotFound where there is none of that name."""
    user = directory.load(tx).by_name.get(name)
    if user is None:
        raise NotFound(f"there is no user {name!r}", place="user", expected="a name from `tocsin user list`")
    return user.id


def new_place(here: Installation, given: dict[str, Any]) -> NewPlace:
    """What its channel makes of these fields. InvalidInput where they name no destination, or one that nothing leads
    to from here."""
    channel, address, options = registry.read(given)
    if channel.name not in here.reachable_by:
        called = channel.called[:1].upper() + channel.called[1:]
        raise InvalidInput(
            f"{called} is not set up on this installation", place=channel.address.name, expected=channel.needs
        )
    checked = channel.check(address, options, here.allow_private)
    return NewPlace(New(channel.name, checked.address, checked.secret, options), checked.once)


def _shown(one: Destination) -> dict[str, Any]:
    return {
        "id": ids.to_text(one.id),
        "channel": one.channel,
        "address": one.address,
        "options": dict(one.options),
        "wakes": registry.wakes(one.channel, one.options),
    }
