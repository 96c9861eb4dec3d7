"""Connectors: as they are shown, added, changed, and what they would make of a delivery."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tocsin.administration.editing import Edit, Editable
from tocsin.connectors import finding, pack, pulling, store
from tocsin.connectors.port import Read
from tocsin.core import ids
from tocsin.core.errors import InvalidInput
from tocsin.intake.mapping.deliveries import Ignored
from tocsin.people.permissions import Viewer
from tocsin.policy import remarks
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx


class NewConnector(NamedTuple):
    """A connector to be. `map`: keys of a mapping, which come before those of the pack; `secret`: the one that the tool
    signs with already; `pull`: what is asked of the tool; `credential`: for that."""

    name: str
    pack: str = pack.GENERIC
    map: Mapping[str, Any] = {}
    signed: bool = False
    secret: str | None = None
    pull: Mapping[str, Any] | None = None
    credential: str | None = None


class Added(NamedTuple):
    """What is shown once: the path to which the tool delivers, and the secret that it signs with, if Tocsin made it."""

    id: int
    path: str
    secret: str | None


def add(tx: Tx, here: Installation, who: Viewer, new: NewConnector) -> Added:
    """Add a connector: a pack, by a name of its own."""
    made = store.add(
        tx,
        here.mint,
        here.journal,
        here.vault,
        new.name,
        new.map,
        signed=new.signed,
        by=who.actor,
        pack=new.pack,
        secret=new.secret,
    )
    if new.pull is not None or new.credential is not None:
        settings = finding.Settings(pull=new.pull)
        _change(tx, here, who, new.name, store.Changes(settings=settings, credential=new.credential))
    return Added(made.id, f"/hooks/{new.pack}/{made.token}", made.secret)


def change(edit: Edit, name: str, said: Mapping[str, Any]) -> None:
    """Change what is named of a connector: `map`, `effects`, `host`, `account`, `pull`, `credential`."""

    def write(tx: Tx) -> None:
        settings = finding.by_name(tx, name).settings
        named: dict[str, Any] = {key: said[key] for key in ("host", "account", "pull") if key in said}
        if "effects" in said:
            named["effects"] = tuple(said["effects"] or ())
        changes = store.Changes(said.get("map"), settings._replace(**named) if named else None, said.get("credential"))
        _change(tx, edit.here, edit.who, name, changes)

    edit.carry_out(CONNECTOR, name, said, write)


def meant(read: Read) -> dict[str, Any]:
    """What a signal of a delivery would be, why it is ignored, or why it cannot be read."""
    if isinstance(read, Ignored):
        return {"outcome": "ignored", "says": read.reason}
    if isinstance(read, InvalidInput):
        return {"outcome": "refused", "says": str(read)}
    source, external_id = read.key
    return {
        "outcome": "signal",
        "source": source,
        "external_id": external_id,
        "kind": read.kind,
        "states": read.says.value,
        "fields": read.given,
        "remarks": remarks.in_english(read.remarks),
    }


def _change(tx: Tx, here: Installation, who: Viewer, name: str, changes: store.Changes) -> None:
    private = here.outgoing.allow_private
    store.change(tx, here.mint, here.journal, here.vault, name, changes, by=who.actor, allow_private=private)


def _found(here: Installation, tx: Tx, who: Viewer, name: str) -> dict[str, Any]:
    [found] = finding.listed(tx, name)
    chosen = pack.named(found["pack"])
    pulled = None if found["pull"] is None else pulling.shown(tx, ids.from_text(found["id"]))
    return {**found, "of_pack": chosen.show(), "mapping": chosen.document(found["map"]), "pulled": pulled}


CONNECTOR = Editable("connector", _found, "operate")
