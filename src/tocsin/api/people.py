"""Routes of people: users and where to reach them, teams, rosters, who is on call, accounts."""

import base64
import secrets
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field, field_validator

from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body, check
from tocsin.api.once import write_once
from tocsin.core import ids, instants
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.notify import destinations
from tocsin.people import directory, passwords
from tocsin.people.directory import Directory, Team, User
from tocsin.roster import schedules
from tocsin.roster.plan import Roster
from tocsin.runtime import Installation

router = APIRouter(tags=["people"])


def _plain(value: str | None) -> str | None:
    if value is not None and (not value.isprintable() or value != value.strip()):
        raise ValueError("control characters, or space around the text")
    return value


class NewUser(Body):
    name: str = Field(description="What policies say: user:dana")
    role: str = "agent"
    email: str | None = Field(default=None, max_length=254)
    display: str | None = Field(default=None, max_length=200)
    webhook: str | None = Field(default=None, description="Where pages go: a URL that takes signed POSTs")
    password: str | None = Field(default=None, max_length=1000, description="With which they sign in to the pages")

    _printable = field_validator("email", "display")(_plain)


class NewPassword(Body):
    password: str = Field(max_length=1000)


class NewDestination(Body):
    """One of the two."""

    webhook: str | None = Field(default=None, description="A URL that takes signed POSTs")
    email: str | None = Field(default=None, description="An address for letters")


class NewTeam(Body):
    name: str
    lead: str | None = None
    roster: str | None = None
    members: list[str] = Field(default_factory=list)


class UserChanges(Body):
    """What is not named stays."""

    role: str | None = None
    email: str | None = Field(default=None, max_length=254, description="Null: none")
    display: str | None = Field(default=None, max_length=200)
    active: bool | None = Field(default=None, description="False: signed out, and every token of theirs ends")

    _printable = field_validator("email", "display")(_plain)


class TeamChanges(Body):
    """What is not named stays."""

    lead: str | None = Field(default=None, description="Null: nobody")
    roster: str | None = Field(default=None, description="Null: none")
    members: list[str] | None = Field(default=None, max_length=1000, description="Everybody in it, from now on")


@router.get("/users")
def list_users(here: Here, who: Who) -> Response:
    """Users with their roles, and whether anything reaches each of them."""
    who.require("people.read")
    with here.database.reading() as tx:
        people = directory.load(tx)
        reach = destinations.load(tx)
    return json(
        {
            "users": [_shown(user, reach) for user in people.users.values()],
        }
    )


@router.post("/users", status_code=201)
def add_user(body: NewUser, here: Here, who: Who, again: Again) -> Response:
    """A new user; with a webhook, its secret is shown once."""
    who.require("people.write")
    secret = _webhook_secret() if body.webhook else None
    password_hash = passwords.hashed(body.password) if body.password is not None else None

    def write(tx: Any) -> dict[str, Any]:
        user = directory.add_user(
            tx,
            here.mint,
            body.name,
            role=body.role,
            email=body.email,
            display=body.display,
            password_hash=password_hash,
        )
        if body.webhook and secret:
            destinations.add_webhook(
                tx, here.mint, here.vault, user, body.webhook, secret, allow_private=here.allow_private
            )
        return {"id": ids.to_text(user), "name": body.name, "role": body.role, "webhook_secret": secret}

    return write_once(here, again, 201, write, "webhook_secret")


@router.patch("/users/{name}")
def change_user(name: str, body: UserChanges, here: Here, who: Who) -> Response:
    """Change a user. Who is not active any more is signed out, and their tokens end; the last administrator stays."""
    who.require("people.write")
    changes = _named(body, nullable={"email"})
    changed = here.writer.write(lambda tx: directory.change_user(tx, here.mint, name, changes))
    with here.database.reading() as tx:
        return json(_shown(changed, destinations.load(tx)))


@router.put("/users/{name}/password")
def set_password(name: str, body: NewPassword, here: Here, who: Who) -> Response:
    """Give a user a password; whoever is signed in as them is signed out."""
    who.require("people.write")
    password_hash = passwords.hashed(body.password)
    here.writer.write(lambda tx: passwords.set_for(tx, here.mint, name, password_hash))
    return json({"name": name, "password": "set"})


@router.post("/users/{name}/destinations", status_code=201)
def add_destination(name: str, body: NewDestination, here: Here, who: Who, again: Again) -> Response:
    """A further place where pages reach a user; the secret of a webhook is shown once."""
    who.require("people.write")
    secret = _webhook_secret() if body.webhook is not None else None

    def write(tx: Any) -> dict[str, Any]:
        destination = _reach(tx, here, _existing(tx, name), body, secret)
        return {"id": ids.to_text(destination), "user": name, "webhook_secret": secret}

    return write_once(here, again, 201, write, "webhook_secret")


@router.get("/users/{name}/destinations")
def list_destinations(name: str, here: Here, who: Who) -> Response:
    """Where pages reach a user."""
    who.require("people.write")
    with here.database.reading() as tx:
        found = destinations.load(tx).get(_existing(tx, name), ())
    shown = [{"id": ids.to_text(one.id), "channel": one.channel, "address": one.address} for one in found]
    return json({"destinations": shown})


@router.delete("/users/{name}/destinations/{destination}")
def end_destination(name: str, destination: str, here: Here, who: Who) -> Response:
    """Send nothing more to this place; what waits for it is cancelled."""
    who.require("people.write")
    wanted = ids.from_text(destination, "destination")
    here.writer.write(lambda tx: destinations.end(tx, here.mint, _existing(tx, name), wanted))
    return Response(status_code=204)


def _existing(tx: Any, name: str) -> int:
    user = directory.load(tx).by_name.get(name)
    if user is None:
        raise NotFound(f"there is no user {name!r}", place="user", expected="a name from `tocsin user list`")
    return user.id


def _reach(tx: Any, here: Installation, user: int, body: NewDestination, secret: str | None) -> int:
    """The id of the destination; InvalidInput where the body names none, or two, or one that nothing leads to."""
    if body.webhook is not None and body.email is None:
        allowed = here.allow_private
        return destinations.add_webhook(
            tx, here.mint, here.vault, user, body.webhook, secret or "", allow_private=allowed
        )
    if body.email is None or body.webhook is not None:
        raise InvalidInput("this is not one destination", place="body", expected="either webhook or email")
    if "email" not in here.reachable_by:
        raise InvalidInput(
            "this installation sends no e-mail",
            place="email",
            expected="TOCSIN_SMTP_URL and TOCSIN_MAIL_FROM where the server runs",
        )
    return destinations.add_email(tx, here.mint, here.vault, user, body.email)


@router.get("/teams")
def list_teams(here: Here, who: Who) -> Response:
    """Teams with their leads, members and rosters."""
    who.require("people.read")
    with here.database.reading() as tx:
        people = directory.load(tx)
    return json(
        {
            "teams": [_shown_team(team, people) for team in people.teams.values()],
        }
    )


@router.post("/teams", status_code=201)
def add_team(body: NewTeam, here: Here, who: Who, again: Again) -> Response:
    """A new team, with whoever leads it, is in it, and the roster that it is on call by."""
    who.require("people.write")

    def write(tx: Any) -> dict[str, Any]:
        people = directory.load(tx)
        _require_roster(tx, body.roster)
        team = directory.add_team(
            tx,
            here.mint,
            body.name,
            lead=_user(people, body.lead, "lead") if body.lead else None,
            roster=body.roster,
            people=tuple(_user(people, name, "members") for name in body.members),
        )
        return {"id": ids.to_text(team), "name": body.name}

    return write_once(here, again, 201, write)


@router.patch("/teams/{name}")
def change_team(name: str, body: TeamChanges, here: Here, who: Who) -> Response:
    """Change who leads a team, who is in it, or its roster."""
    who.require("people.write")
    changes = _named(body, nullable={"lead", "roster"})

    def write(tx: Any) -> dict[str, Any]:
        people = directory.load(tx)
        _require_roster(tx, changes.get("roster"))
        found = dict(changes)
        if body.lead is not None:
            found["lead"] = _user(people, body.lead, "lead")
        if body.members is not None:
            found["members"] = [_user(people, member, "members") for member in body.members]
        team = directory.change_team(tx, here.mint, name, found)
        return _shown_team(team, people)

    return json(here.writer.write(write))


@router.get("/rosters")
def list_rosters(here: Here, who: Who) -> Response:
    """Rosters as they were put: members, zone, handoff, overrides."""
    who.require("people.read")
    with here.database.reading() as tx:
        return json({"rosters": schedules.listed(tx)})


@router.put("/rosters/{name}")
def put_roster(name: str, body: dict[str, Any], here: Here, who: Who) -> Response:
    """Create or replace a roster: `{members, zone, handoff, days, first, overrides}`."""
    who.require("people.write")
    try:
        check(body)
    except ValueError as error:
        raise InvalidInput(str(error), place="body") from None

    def write(tx: Any) -> int:
        _require_users(directory.load(tx), schedules.read(name, body))
        return schedules.put(tx, here.mint, here.journal, name, body, by=who.actor)

    roster = here.writer.write(write)
    return json({"id": ids.to_text(roster), "name": name})


@router.get("/oncall")
def on_call(here: Here, who: Who, roster: str | None = None, at: str | None = None) -> Response:
    """Who is on call, on one roster or on all."""
    who.require("people.read")
    instant = instants.from_text(at, "at") if at else here.clock.now()
    with here.database.reading() as tx:
        rosters = schedules.load(tx)
    if roster is not None and roster not in rosters.by_name:
        raise NotFound(f"there is no roster {roster!r}", place="roster")
    found = []
    for name in [roster] if roster else rosters.by_name:
        duty = rosters.on_call(name, instant)
        if duty:
            found.append(
                {
                    "roster": name,
                    "primary": duty.primary,
                    "backup": duty.backup,
                    "until": instants.to_text(duty.until),
                    "reasons": duty.reasons,
                }
            )
    return json({"at": instants.to_text(instant), "oncall": found})


def _named(body: Body, nullable: set[str]) -> dict[str, Any]:
    """The changes that a body names; InvalidInput where it names none, or null for what cannot be without a value."""
    changes = body.model_dump(include=body.model_fields_set)
    if not changes:
        raise InvalidInput("nothing is to be changed", place="body", expected=", ".join(type(body).model_fields))
    for name, value in changes.items():
        if value is None and name not in nullable:
            raise InvalidInput("this cannot be without a value", place=name, expected="a value, or no such field")
    return changes


def _shown(user: User, reach: destinations.Destinations) -> dict[str, Any]:
    return {
        "id": ids.to_text(user.id),
        "name": user.name,
        "display": user.display,
        "email": user.email,
        "role": user.role,
        "active": user.active,
        "reachable": user.id in reach,
    }


def _shown_team(team: Team, people: Directory) -> dict[str, Any]:
    return {
        "id": ids.to_text(team.id),
        "name": team.name,
        "lead": people.name_of(team.lead),
        "roster": team.roster,
        "members": [people.name_of(member) for member in team.members],
    }


def _require_roster(tx: Any, roster: str | None) -> None:
    if roster is not None and roster not in schedules.load(tx).by_name:
        raise InvalidInput(
            f"there is no roster {roster[:100]!r}", place="roster", expected="a name from `tocsin roster list`"
        )


def _webhook_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _require_users(people: Directory, roster: Roster) -> None:
    """InvalidInput that names everybody on a roster who is no user."""
    called = (*roster.rotation.members, *(override.user for override in roster.overrides))
    unknown = [name for name in dict.fromkeys(called) if name not in people.by_name]
    if unknown:
        raise InvalidInput(
            f"there is no user {', '.join(name[:100] for name in unknown[:20])}",
            place="members",
            expected="names from `tocsin user list`",
        )


def _user(people: Directory, name: str, place: str) -> int:
    user = people.by_name.get(name)
    if user is None:
        raise InvalidInput(f"there is no user {name!r}", place=place, expected="the name of a user")
    return user.id
