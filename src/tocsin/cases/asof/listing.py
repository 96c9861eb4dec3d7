"""Lists of cases as of an instant: found by spans, folded from the journal. Whose they are and what they said is looked
up as it is today: words, and the tool and the ticket from which a case comes."""

from typing import Any

from tocsin.cases import sight, spans
from tocsin.cases.asof import states
from tocsin.cases.asof.states import Then
from tocsin.cases.queries import listing, needs
from tocsin.cases.queries.listing import Filter, ListPosition
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

_NEVER_CHANGES = ("external_id", "source")


def listed(tx: Tx, viewer: Viewer, wanted: Filter, at: int) -> tuple[list[Then], ListPosition | None]:
    """What `listing.listed` answered this viewer at that instant, had they had the rights of today. InvalidInput for
    what was not written down then: who followed, and what was due; Unavailable where spans are still to be written."""
    viewer.require("cases.read")
    spans.require(tx)
    _refuse(wanted)
    conditions, values = _conditions(tx, viewer, wanted)
    opened = wanted.needs is not None or wanted.live or wanted.equal.get("state") == "open"
    held, parameters = (spans.lasted if opened else spans.stood)(at)
    place = listing.place(wanted.sort, viewer)
    behind, ordered, further = listing.onwards(place, wanted.behind)
    rows = tx.rows(
        f"SELECT id, place FROM (SELECT case_id AS id, {place.key} AS place FROM {held} held"
        f" WHERE {' AND '.join(conditions)}) chosen WHERE {behind} ORDER BY {ordered} LIMIT ?",
        (*parameters, *values, *further, wanted.limit + 1),
    )
    page = rows[: wanted.limit]
    thens = states.states(tx, [row[0] for row in page], at)
    following = ListPosition(page[-1][1], page[-1][0]) if len(rows) > wanted.limit else None
    return [thens[row[0]] for row in page], following


def _refuse(wanted: Filter) -> None:
    for place, asked in (("followed_by", wanted.follower is not None), ("sort", wanted.sort == "due")):
        if asked:
            raise InvalidInput(
                say("this cannot be told as of an instant"), place=place, expected=say("another one, or no `as_of`")
            )


def _conditions(tx: Tx, viewer: Viewer, wanted: Filter) -> tuple[list[str], list[Any]]:
    """On spans, with their parameters."""
    seen, parameters = sight.of_case(viewer, "case_id")
    conditions, values = [seen], list(parameters)
    today: list[str] = []
    asked: list[Any] = []
    for column, value in wanted.equal.items():
        (today if column in _NEVER_CHANGES else conditions).append(f"{column} = ?")
        (asked if column in _NEVER_CHANGES else values).append(value)
    if wanted.owner is not None:
        conditions.append("owner = ?")
        values.append(wanted.owner.id)
    if wanted.live:
        conditions.append(f"(needs & {needs.WORKED_ON}) <> 0")
    if wanted.needs is not None:
        conditions.append(f"(needs & {needs.bits(wanted.needs)}) <> 0")
    if wanted.words is not None:
        condition, words = listing.words(tx, wanted.words)
        today.append(condition)
        asked += words
    if today:
        conditions.append(f"case_id IN (SELECT id FROM cases WHERE {' AND '.join(today)})")
        values += asked
    return conditions, values
