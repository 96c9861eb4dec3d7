"""Routes of whoever asks: who they are, what they prefer, their password."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from tocsin.administration import preferences
from tocsin.administration.preferences import PREFERENCES
from tocsin.api import versions
from tocsin.api.access import Here, Who, json
from tocsin.api.bodies import Body, named
from tocsin.api.versions import Match
from tocsin.core import ids, instants
from tocsin.notify import destinations, profile
from tocsin.notify.profile import Duty, Reached
from tocsin.people import own_password

router = APIRouter(tags=["people"])


class PreferenceChanges(Body):
    """Fields left out stay as they are; null: as it is for whoever has said nothing."""

    language: str | None = Field(default=None, max_length=20, description="The language in which you read, such as de")
    zone: str | None = Field(
        default=None, max_length=60, description="The IANA name of the zone in which you read times"
    )
    theme: Literal["system", "light", "dark"] | None = Field(default=None, description="How pages look")
    density: Literal["comfortable", "compact"] | None = Field(default=None, description="How close lines stand")
    default_view: str | None = Field(default=None, max_length=20, description="The id of the view that you see first")
    shortcuts: bool | None = Field(default=None, description="Whether single keys do something on pages")


class OwnPassword(Body):
    old: str = Field(max_length=1000, description="The password that you have now")
    new: str = Field(max_length=1000, description="The one from now on: 10 characters or more")


@router.get("/me")
def show_me(here: Here, who: Who) -> Response:
    """Who you are: name, role, what you may do, your teams, what reaches you and whether it wakes you, whether you are
    on call and when next. For a token that belongs to nobody, its name and what it may."""
    who.require("people.read")
    with here.database.reading(here.clock.now()) as tx:
        found = profile.of(who, here.desk.around(tx), destinations.load(tx))
    user = found.user
    shown = {
        "id": None if user is None else ids.to_text(user.id),
        "name": who.name,
        "display": None if user is None else user.display,
        "email": None if user is None else user.email,
        "role": who.role,
        "permissions": found.permissions,
        "teams": [{"name": team.name, "lead": user is not None and team.lead == user.id} for team in found.teams],
        "destinations": [_place(place) for place in found.places],
        "reachable": bool(found.places),
        "wakes": found.wakes,
        "on_call": [_duty(duty) for duty in found.duties],
        "next_on_call": [_duty(duty) for duty in found.coming],
        "preferences": None if user is None else preferences.shown(user),
    }
    return json(shown)


@router.get("/preferences")
def show_preferences(here: Here, who: Who) -> Response:
    """What you prefer, with its version."""
    who.require("people.read")
    return versions.answer(here, who, PREFERENCES, "")


@router.patch("/preferences")
def change_preferences(body: PreferenceChanges, here: Here, who: Who, edit: Match) -> Response:
    """Change what you prefer. `default_view`: a view that you have or that is shared with you."""
    preferences.change(edit, named(body, nullable=set(PreferenceChanges.model_fields)))
    return versions.answer(here, who, PREFERENCES, "")


@router.put("/me/password")
def change_own_password(body: OwnPassword, request: Request, here: Here, who: Who) -> Response:
    """Change your own password; all of your sessions end. After too many wrong ones you wait, as at signing in."""
    own_password.change(
        here.entrance.attempts,
        here.mint,
        here.journal,
        who,
        body.old,
        body.new,
        address=request.client.host if request.client else "",
        now=here.clock.now(),
    )
    return json({"name": who.name, "password": "set"})


def _place(reached: Reached) -> dict[str, Any]:
    place = reached.destination
    return {"id": ids.to_text(place.id), "channel": place.channel, "address": place.address, "wakes": reached.wakes}


def _duty(duty: Duty) -> dict[str, Any]:
    return {
        "roster": duty.roster,
        "role": duty.role,
        "start": instants.to_text(duty.start),
        "end": instants.to_text(duty.end),
    }
