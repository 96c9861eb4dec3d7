"""What was changed besides cases, and by whom, as it is shown."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tocsin.core import addresses, ids
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say, verbatim
from tocsin.events import KEPT, KINDS
from tocsin.ledger import changes
from tocsin.ledger.chain import thing_of
from tocsin.ledger.changes import Place
from tocsin.ledger.journal import Recorded
from tocsin.ledger.keeping import name_of
from tocsin.people import directory
from tocsin.storage.transaction import Tx

_SECRET = {kind.name: kept.secret for kept in KEPT for kind in kept.kinds}


class ShownChange(NamedTuple):
    """An event, its payload without secrets; `thing`: how people call what it is about, such as `user dana`; `people`:
    names of users by id, for its sentence."""

    event: Recorded
    payload: dict[str, Any] | None
    thing: str | None
    id: str | None
    people: dict[str, str]


class ShownChanges(NamedTuple):
    """`following`: the cursor where older ones go on; None where there are none."""

    changes: list[ShownChange]
    following: str | None


def families() -> list[str]:
    """The families of events by which changes can be asked for."""
    return sorted({kind.partition(".")[0] for kind in KINDS})


def listed(tx: Tx, wanted: Sequence[str], limit: int, cursor: str | None = None) -> ShownChanges:
    """Changes, the newest first. InvalidInput for a family or a cursor that is unknown."""
    known = families()
    for one in wanted:
        if one not in known:
            raise InvalidInput(
                say("there is no family {one}", one=repr(one[:40])), place="family", expected=verbatim(", ".join(known))
            )
    page = changes.listed(tx, wanted, limit, None if cursor is None else _place(cursor))
    people = {ids.to_text(user.id): user.name for user in directory.load(tx).users.values()}
    following = None if page.following is None else ".".join(map(str, page.following))
    return ShownChanges([_shown(tx, event, people) for event in page.events], following)


def _shown(tx: Tx, event: Recorded, people: dict[str, str]) -> ShownChange:
    thing, payload = thing_of(event.chain), event.payload and _masked(event.payload)
    for name in _SECRET.get(event.kind, ()):
        if payload is not None and payload.get(name) is not None:
            payload = payload | {name: "(secret)"}
    called = None if thing is None else name_of(tx, KEPT, thing)
    return ShownChange(event, payload, called, None if thing is None else ids.to_text(thing), people)


def _masked(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: addresses.masked(value) if isinstance(value, str) else value for name, value in payload.items()}


def _place(cursor: str) -> Place:
    try:
        at, chain, seq = map(int, cursor.split("."))
    except ValueError:
        raise InvalidInput(
            say("this is not a cursor of this list"), place="cursor", expected=say("the cursor of an answer")
        ) from None
    return at, chain, seq
