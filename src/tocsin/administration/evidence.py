"""The evidence of a case as every face shows it: what was asked for, what came, and how it reads."""

from base64 import b64encode
from typing import Any, NamedTuple

from tocsin.core import ids, instants
from tocsin.core.errors import InvalidInput, NotAllowed, NotFound, TocsinError
from tocsin.core.wording import Reader, say, worded
from tocsin.evidence import collecting, reading, store
from tocsin.evidence.reading import ReadAnswer
from tocsin.evidence.store import COLLECTED, Item
from tocsin.installation import Installation
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx


class ShownEvidence(NamedTuple):
    """`shown` None: nothing came, or what came was erased, or was too much to be read as its kind."""

    item: Item
    shown: ReadAnswer | None


def of_case(tx: Tx, case: int) -> list[ShownEvidence]:
    """All of a case that the caller may see, the newest first."""
    items = store.of_case(tx, case)
    bodies = store.bodies(tx, [item.digest for item in items])
    return [ShownEvidence(item, _read(item, bodies.get(item.digest or ""))) for item in items]


def again(tx: Tx, here: Installation, who: Viewer, case: int, collector: str) -> Item:
    """Ask a collector of the policy in force once more, or for the first time. InvalidInput names the collectors that
    there are; NotAllowed while it is being asked."""
    who.require("cases.work")
    policy = here.desk.policies.get(tx).at(tx.now)
    names = [one.id for one, _ in policy.evidence]
    if collector not in names:
        raise InvalidInput(
            say("there is no collector {name}", name=repr(collector[:40])),
            place="collector",
            expected=say("one of {choices}", choices=", ".join(names) or "none"),
        )
    items = collecting.request(tx, here.mint, policy, case, who.actor, tx.now, collector)
    if not items:
        raise NotAllowed(say("{name} is being asked already", name=collector), place="collector")
    return items[0]


def show(one: ShownEvidence, to: Reader) -> dict[str, Any]:
    """As the API has it, without what it says."""
    item = one.item
    return {
        "id": ids.to_text(item.id),
        "collector": item.collector,
        "kind": item.kind,
        "policy_version": item.policy_version,
        "state": item.state,
        "asked_at": instants.to_text(item.asked_at),
        "asked_by": item.asked_by,
        "from": instants.to_text(item.begins),
        "to": instants.to_text(item.ends),
        "address": item.address,
        "done_at": None if item.done_at is None else instants.to_text(item.done_at),
        "sha256": item.digest,
        "size": item.size,
        "cut": item.cut,
        "error": item.error,
        "says": None if one.shown is None else worded(one.shown.says(), to),
    }


def whole(tx: Tx, case: int, item: str, to: Reader) -> dict[str, Any]:
    """One, with what came: as it is read, and its bytes in base64. NotFound where the case has none of this id."""
    found = store.found(tx, case, _id(item))
    body = store.bodies(tx, [found.digest]).get(found.digest or "")
    shown = _read(found, body)
    read = (
        None
        if shown is None
        else {
            "head": shown.head,
            "rows": shown.rows,
            "lines": shown.lines,
            "series": [{"name": one.name, "points": one.points} for one in shown.series],
            "left_out": shown.left_out,
        }
    )
    content = None if body is None else b64encode(body).decode()
    return show(ShownEvidence(found, shown), to) | {"reads": read, "content": content}


def _id(item: str) -> int:
    try:
        return ids.from_text(item)
    except InvalidInput:
        raise NotFound(say("there is no such evidence"), place="evidence") from None


def _read(item: Item, body: bytes | None) -> ReadAnswer | None:
    if item.state != COLLECTED or body is None:
        return None
    try:
        return reading.shown("http" if item.cut else item.kind, body)
    except TocsinError:
        return None
