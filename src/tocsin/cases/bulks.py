"""One verb on many cases at once: what it did to which, kept so that it can be undone together."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tocsin.cases import acting
from tocsin.cases.acting import Done, Plan
from tocsin.cases.context import Desk
from tocsin.cases.events import BULKS
from tocsin.cases.verbs.verb import UNDOABLE
from tocsin.core import canonical, ids
from tocsin.core.errors import NotFound, TocsinError
from tocsin.core.ids import IdMint
from tocsin.core.wording import Said, packed, say, unpacked
from tocsin.ledger.journal import Journal
from tocsin.storage.transaction import Tx


class Bulk(NamedTuple):
    """`events`: by case, the number of the event that says what was done. `left`: of each that stayed as it was, why,
    which older releases kept in English; None where it was so already. `undone_at`: when some was last undone."""

    id: int
    verb: str
    by: str
    done_at: int
    events: dict[int, int]
    left: dict[int, Said | str | None]
    undone_at: int | None


def keep(
    tx: Tx, mint: IdMint, journal: Journal, verb: str, became: Mapping[int, Done | TocsinError], by: str
) -> int | None:
    """Keep what a verb did to these cases, and why it left others; its id, None where it did nothing to any."""
    told: list[tuple[str, int | None] | tuple[str, None, Any]] = []
    for case, one in became.items():
        name = ids.to_text(case)
        told.append((name, one.first) if isinstance(one, Done) else (name, None, packed(one.says)))
    if not any(each[1] for each in told):
        return None
    made = mint.new(tx.now)
    BULKS.add(tx, journal, (made, verb, by, tx.now, canonical.encode(told), None), by)
    return made


def carried_out(
    tx: Tx, desk: Desk, verb: str, plans: Mapping[int, Plan], by: str
) -> tuple[dict[int, Done | TocsinError], int | None]:
    """Carry a verb out on these cases: what became of each, and the id under which it is kept."""
    became = acting.act_many(tx, desk, plans)
    return became, keep(tx, desk.mint, desk.journal, verb, became, by)


def undoable(bulk: Bulk, now: int) -> bool:
    """Whether it can be undone still, where nothing else was done since."""
    verb = UNDOABLE.get(bulk.verb)
    in_time = verb is not None and verb.undo is not None and now < bulk.done_at + verb.undo.within
    return in_time and bulk.undone_at is None


def taken_back(tx: Tx, desk: Desk, bulk: Bulk, plans: Mapping[int, Plan], by: str) -> dict[int, Done | TocsinError]:
    """Undo it on these of its cases: what became of each."""
    became = acting.act_many(tx, desk, plans)
    if any(isinstance(one, Done) for one in became.values()):
        undone(tx, desk.journal, bulk.id, by)
    return became


def named(tx: Tx, text: str) -> Bulk:
    """What was done under this id; NotFound where nothing was."""
    row = tx.row("SELECT id, verb, done_by, done_at, cases, undone_at FROM bulks WHERE id = ?", (ids.from_text(text),))
    if row is None:
        expected = say("the `id` of an answer of POST /cases/bulk")
        raise NotFound(
            say("nothing was done to many cases under the id {given}", given=repr(text[:40])),
            place="id",
            expected=expected,
        )
    events: dict[int, int] = {}
    left: dict[int, Said | str | None] = {}
    made, verb, by, done_at, told, undone_at = row
    for name, event, *why in canonical.decode(bytes(told)):
        if event:
            events[ids.from_text(name)] = event
        else:
            left[ids.from_text(name)] = unpacked(why[0]) if why else None
    return Bulk(made, verb, by, done_at, events, left, undone_at)


def undone(tx: Tx, journal: Journal, bulk: int, by: str) -> None:
    """Write down that some of it was undone; the cases say what."""
    BULKS.change(tx, journal, bulk, {"undone_at": tx.now}, by, "undone")
