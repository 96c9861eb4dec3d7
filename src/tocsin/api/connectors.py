"""Routes of connectors: those that were added, what is delivered to them, and trying and replaying it."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from tocsin.administration import connectors, editing
from tocsin.administration.connectors import CONNECTOR
from tocsin.api import hooks, versions
from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body
from tocsin.api.once import write_once
from tocsin.api.versions import Match
from tocsin.cases import queries
from tocsin.cases.queries import naming
from tocsin.connectors import deliveries, finding, links, outbox, pack, store
from tocsin.connectors.port import Delivery
from tocsin.core import canonical, ids, instants
from tocsin.storage.transaction import Tx

router = APIRouter(tags=["connectors"])


class NewConnector(Body):
    name: str
    pack: str = Field(default=pack.GENERIC, description="One of the `packs` that `GET /connectors` lists")
    map: dict[str, Any] = Field(default={}, description="Keys of a mapping, which come before those of the pack")
    signed: bool = Field(default=False, description="Take only what is signed, where the pack leaves the choice")
    secret: str | None = Field(default=None, description="The secret that the tool signs with already")
    pull: dict[str, Any] | None = Field(default=None, description="What is asked of the tool, and how often")
    credential: str | None = Field(default=None, min_length=1, max_length=2000, description="For `pull`; kept sealed")


class ConnectorChanges(Body):
    map: dict[str, Any] | None = None
    effects: list[str] | None = Field(default=None, description="What goes out: names of the pack's effects")
    host: str | None = Field(default=None, description="Where effects go, if not where the pack says")
    account: str | None = Field(default=None, description="The name that their system has for us")
    credential: str | None = Field(default=None, min_length=1, max_length=2000, description="For calls; kept sealed")
    pull: dict[str, Any] | None = Field(
        default=None, description="What is asked of the tool, and how often; null: nothing"
    )


class NewSecret(Body):
    secret: str | None = Field(default=None, description="The tool's own; without it Tocsin makes one")


class Sample(Body):
    delivery: Any = Field(default=None, description="What the tool would send; without it the pack's own sample")
    headers: dict[str, str] = Field(default={})


@router.post("/connectors", status_code=201)
def add_connector(body: NewConnector, here: Here, who: Who, again: Again) -> Response:
    """Add a connector: a pack, by a name of its own. Its path, which contains its token, and its secret are shown only
    once; a repeated request with the same key is answered without them."""
    who.require("operate")

    def write(tx: Tx) -> dict[str, Any]:
        made = connectors.add(tx, here, who, connectors.NewConnector(**body.model_dump()))
        once = {"path": made.path, "secret": made.secret}
        return {"id": ids.to_text(made.id), "name": body.name, "pack": body.pack, "shown_once": once}

    return write_once(here, again, 201, write, "shown_once")


@router.get("/connectors")
def list_connectors(here: Here, who: Who) -> Response:
    """Connectors, also revoked ones, and the packs that can be added; paths and secrets are never shown."""
    who.require("operate")
    with here.database.reading() as tx:
        found = editing.stamped(tx, finding.listed(tx))
    return json({"connectors": found, "packs": [pack.named(name).show() for name in pack.names()]})


@router.get("/connectors/{name}")
def show_connector(name: str, here: Here, who: Who) -> Response:
    """One connector, with the mapping that it uses: its own keys before those of its pack."""
    who.require("operate")
    return versions.answer(here, who, CONNECTOR, name)


@router.patch("/connectors/{name}")
def change_connector(name: str, body: ConnectorChanges, here: Here, who: Who, edit: Match) -> Response:
    """Change a connector: its own keys of the mapping, and what goes out by it. What is not named stays."""
    who.require("operate")
    connectors.change(edit, name, body.model_dump(exclude_unset=True))
    return versions.answer(here, who, CONNECTOR, name)


@router.get("/connectors/{name}/effects")
def list_effects(
    name: str, here: Here, who: Who, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Response:
    """What went out by a connector, the newest first: queued, sending, sent, failed or cancelled."""
    who.require("operate")
    before = None if cursor is None else ids.from_text(cursor, "cursor")
    with here.database.reading() as tx:
        numbers = partial(queries.numbers, tx, who)
        found = outbox.listed(tx, finding.id_of(tx, name), before, limit + 1, numbers)
    following = found[limit - 1]["id"] if len(found) > limit else None
    return json({"effects": found[:limit], "cursor": following})


@router.get("/cases/{case}/tickets")
def list_tickets(case: str, here: Here, who: Who) -> Response:
    """The tickets of a case in the systems of connectors, and where they are found."""
    with here.database.reading() as tx:
        return json({"tickets": links.of_case(tx, naming.found(tx, who, case))})


@router.post("/connectors/{name}/secret")
def renew_secret(name: str, body: NewSecret, here: Here, who: Who, again: Again) -> Response:
    """Give a connector a new secret, shown only once. What is signed with the former one is taken for another day."""
    who.require("operate")

    def write(tx: Tx) -> dict[str, Any]:
        made, until = store.renew_secret(tx, here.journal, here.vault, name, body.secret, by=who.actor)
        return {"name": name, "former_secret_until": instants.to_text(until), "secret": made}

    return write_once(here, again, 200, write, "secret")


@router.post("/connectors/{name}/revocation")
def revoke_connector(name: str, here: Here, who: Who, again: Again) -> Response:
    """Revoke a connector: it takes no more deliveries."""
    return hooks.revoke_hook(name, here, who, again)


@router.post("/connectors/{name}/test")
def test_connector(name: str, body: Sample, here: Here, who: Who) -> Response:
    """What a connector would make of a delivery: the signals, what is ignored, and what cannot be read. Nothing is
    written."""
    who.require("operate")
    given = body.delivery is not None
    headers = {key.lower(): value for key, value in body.headers.items()}
    delivery = Delivery(headers, canonical.encode(body.delivery)) if given else None
    return json({"signals": [connectors.meant(each.read) for each in here.entrance.reception.read(name, delivery)]})


@router.get("/connectors/{name}/deliveries")
def list_kept_deliveries(
    name: str, here: Here, who: Who, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Response:
    """The deliveries that are kept, the newest first, each with what became of its signals."""
    who.require("operate")
    before = None if cursor is None else ids.from_text(cursor, "cursor")
    with here.database.reading() as tx:
        numbers = partial(queries.numbers, tx, who)
        found = deliveries.listed(tx, finding.id_of(tx, name), before, limit + 1, numbers)
    following = found[limit - 1]["id"] if len(found) > limit else None
    return json({"deliveries": found[:limit], "cursor": following})


@router.get("/connectors/{name}/deliveries/{delivery}")
def show_delivery(name: str, delivery: str, here: Here, who: Who) -> Response:
    """A delivery with its headers and its body, secrets masked. Of one that was about a confidential case neither is
    shown to whoever may not see that case."""
    who.require("operate")
    wanted = ids.from_text(delivery, "delivery")
    with here.database.reading() as tx:
        numbers = partial(queries.numbers, tx, who)
        return json(deliveries.shown(tx, finding.id_of(tx, name), wanted, numbers))


@router.post("/connectors/{name}/deliveries/{delivery}/replay")
def replay_delivery(name: str, delivery: str, here: Here, who: Who, again: Again) -> Response:
    """Carry a kept delivery out again, by the mapping of today; what becomes of each of its signals."""
    who.require("operate")
    carry_out = here.entrance.reception.replaying(name, ids.from_text(delivery, "delivery"), by=who.actor)
    return write_once(here, again, 200, lambda tx: {"signals": [hooks.shown(who, taken) for taken in carry_out(tx)]})
