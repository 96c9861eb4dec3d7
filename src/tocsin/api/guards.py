"""Routes of what people set for a time over what happens by itself: whether automation is on; and for each kind of
guard a list, and how one is set and ended."""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field, create_model

from tocsin.administration import guards
from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import A_TIME, Body
from tocsin.api.once import write_once
from tocsin.guards import planned
from tocsin.guards.kinds import ASKED, AUTOMATION, KINDS, GuardKind, ScopeField

router = APIRouter(tags=["automation"])
_TEXT = Annotated[str | None, Field(max_length=40)]
_TIME = Annotated[str | None, Field(max_length=40, json_schema_extra=A_TIME)]


class Switch(Body):
    on: bool = Field(description="Whether the policy escalates by itself")
    reason: str = Field(max_length=500, description="Why, for the record")


class PlannedWork(Body):
    calendar: str = Field(max_length=2 * planned.MOST_BYTES, description="An iCalendar, as text")
    reason: str = Field(default="", max_length=300, description="What stands before the name of each event")
    areas: list[str] = Field(default=[], max_length=50, description="Product areas of the policy that they cover")
    accounts: list[str] = Field(default=[], max_length=50, description="Accounts that they cover, by either id")
    tags: list[str] = Field(default=[], max_length=50, description="Tags of tickets that they cover")
    mode: Literal["quiet", "annotate"] = Field(default="quiet", description="Whether pages wait")


@router.post("/windows/calendar")
def import_windows(body: PlannedWork, here: Here, who: Who, again: Again) -> Response:
    """A maintenance window for each occurrence of a calendar's events within sixty days, repeated ones too; all of
    them, or none where something does not fit. What stands there already stays."""
    given = body.model_dump(exclude={"calendar"})
    return write_once(here, again, 200, lambda tx: guards.from_calendar(tx, here, who, body.calendar, given))


@router.get("/automation")
def show_automation(here: Here, who: Who) -> Response:
    """Whether automation is on, and every guard that stands or is to come."""
    who.require("policy.read")
    with here.database.reading(here.clock.now()) as tx:
        return json(guards.status(tx, here))


@router.post("/automation")
def turn_automation(body: Switch, here: Here, who: Who, again: Again) -> Response:
    """Turn automation off, so that every new decision goes to triage; or on again. It holds on every node with the next
    decision."""
    return write_once(here, again, 200, lambda tx: guards.automation(tx, here, who, body.on, body.reason))


def _add(kind: GuardKind) -> None:
    """The routes of one kind."""
    path, noun = f"/{kind.plural}", kind.name
    for suffix, method, endpoint, does in (
        ("", "GET", _lister(kind), f"Those of the kind `{noun}`: what stands or is to come, then what is over."),
        ("", "POST", _adder(kind), f"{kind.does.text}."),
        ("/{guard}", "GET", _shower(kind), f"One of the kind `{noun}`."),
        ("/{guard}", "DELETE", _ender(kind), "End one before its time. What it had kept from paging pages at once."),
    ):
        name = {"GET": "show" if suffix else "list", "POST": "add", "DELETE": "end"}[method]
        router.add_api_route(
            f"{path}{suffix}",
            endpoint,
            methods=[method],
            name=f"{name}_{kind.plural if name == 'list' else noun}",
            description=does,
            status_code={"POST": 201, "DELETE": 204}.get(method, 200),
        )


def _lister(kind: GuardKind) -> Callable[..., Response]:
    def endpoint(here: Here, who: Who) -> Response:
        who.require("policy.read")
        with here.database.reading(here.clock.now()) as tx:
            return json({kind.plural: guards.listed(tx, kind)})

    return endpoint


def _shower(kind: GuardKind) -> Callable[..., Response]:
    def endpoint(guard: str, here: Here, who: Who) -> Response:
        who.require("policy.read")
        with here.database.reading(here.clock.now()) as tx:
            return json(guards.one(tx, kind, guard))

    return endpoint


def _adder(kind: GuardKind) -> Callable[..., Response]:
    def endpoint(here: Here, who: Who, again: Again, body: Body) -> Response:
        given = body.model_dump(exclude_none=True)
        return write_once(here, again, 201, lambda tx: guards.add(tx, here, who, kind, given))

    _take(endpoint, _body(kind))
    return endpoint


def _ender(kind: GuardKind) -> Callable[..., Response]:
    def endpoint(guard: str, here: Here, who: Who) -> Response:
        here.writer.write(lambda tx: guards.end(tx, here, who, kind, guard))
        return Response(status_code=204)

    return endpoint


def _body(kind: GuardKind) -> type[Body]:
    fields: dict[str, Any] = {
        "reason": (str, Field(max_length=500, description="Why, for the record")),
        "ends_at": (_TIME, Field(default=None, description="When it ends; RFC 3339, with a zone")),
        "lasts": (_TEXT, Field(default=None, description="Or how long it lasts, such as 90m or 2d")),
    }
    if kind.planned:
        says = "When it begins; without it, at once; RFC 3339, with a zone"
        fields["starts_at"] = (_TIME, Field(default=None, description=says))
    for name in kind.asks:
        fields[name] = _field(ASKED[name])
    return create_model(f"{kind.name.title()}Body", __base__=Body, **fields)


def _field(asked: ScopeField) -> Any:
    kind: Any = Literal[tuple(value for value, _ in asked.choices)] if asked.choices else str
    if asked.many:
        return list[str], Field(default_factory=list, max_length=100, description=asked.says)
    return kind | None, Field(default=None, description=asked.says)


def _take(endpoint: Any, made: type[Body]) -> None:
    """Let an endpoint take a body of this kind."""
    taken = signature(endpoint)
    body = Parameter("body", Parameter.KEYWORD_ONLY, annotation=made)
    parameters = [each for name, each in taken.parameters.items() if name != "body"]
    endpoint.__signature__ = taken.replace(parameters=[*parameters, body])


for _kind in KINDS.values():
    if _kind is not AUTOMATION:
        _add(_kind)
