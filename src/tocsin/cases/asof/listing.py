"""Lists of cases as of an instant: found by spans, folded from the journal. Looked up as they are today: words, the
tool and the ticket from which a case comes, and the names by which people and customers are ordered."""

from typing import Any

from tocsin.cases import sight, spans
from tocsin.cases.asof import states
from tocsin.cases.asof.states import Then
from tocsin.cases.queries import listing, needs
from tocsin.cases.queries.listing import Filter, ListPosition, Order
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

_NEVER_CHANGES = ("external_id", "source")
_NOT_WRITTEN_DOWN = ("kind", "type")


def listed(tx: Tx, viewer: Viewer, wanted: Filter, at: int) -> tuple[list[Then], ListPosition | None]:
    """What `listing.listed` answered this viewer at that instant, had they had the rights of today. InvalidInput for
    what was not written down then: kind and type, who followed, and what was due; Unavailable where spans are still to
    be written."""
    viewer.require("cases.read")
    spans.require(tx)
    _refuse(wanted)
    conditions, values = _conditions(tx, viewer, wanted)
    opened = wanted.needs is not None or wanted.live or wanted.equal.get("state") == "open"
    held, parameters = (spans.lasted if opened else spans.stood)(at)
    order, ordering = _order(tx, wanted)
    follows, turned, then, ids_turned = order.directions
    further = () if wanted.behind is None else (wanted.behind.key, *wanted.behind)
    behind = f"place {follows} ? OR place = ? AND id {then} ?" if further else "TRUE"
    rows = tx.rows(
        f"SELECT id, place FROM (SELECT case_id AS id, {order.key} AS place FROM {held} held"
        f" WHERE {' AND '.join(conditions)}) chosen WHERE {behind} ORDER BY place {turned}, id {ids_turned} LIMIT ?",
        (*ordering, *parameters, *values, *further, wanted.limit + 1),
    )
    page = rows[: wanted.limit]
    thens = states.states(tx, [row[0] for row in page], at)
    following = ListPosition(page[-1][1], page[-1][0]) if len(rows) > wanted.limit else None
    return [thens[row[0]] for row in page], following


def _refuse(wanted: Filter) -> None:
    asked = {"followed_by": wanted.follower is not None, "sort": wanted.sort == "due"}
    asked |= {column: column in wanted.equal for column in _NOT_WRITTEN_DOWN}
    for place, refused in asked.items():
        if refused:
            raise InvalidInput(
                say("this cannot be told as of an instant"), place=place, expected=say("another one, or no `as_of`")
            )


def _order(tx: Tx, wanted: Filter) -> tuple[Order, list[Any]]:
    """What a list is ordered by, on spans, with its parameters."""
    if wanted.sort == "age":
        return Order("(SELECT opened_at FROM cases WHERE cases.id = case_id)"), []
    if wanted.sort == "severity":
        names = wanted.severities
        ranks = "".join(f" WHEN ? THEN {rank}" for rank in range(len(names)))
        return Order(f"CASE severity{ranks} ELSE {len(names)} END" if names else "0"), list(names)
    return listing.order_of(tx, wanted.sort), []


def _conditions(tx: Tx, viewer: Viewer, wanted: Filter) -> tuple[list[str], list[Any]]:
    """On spans, with their parameters."""
    seen, parameters = sight.of_case(viewer, "case_id")
    conditions, values = [seen], list(parameters)
    for column, value in wanted.equal.items():
        if column not in _NEVER_CHANGES:
            conditions.append(f"{column} = ?")
            values.append(value)
    if wanted.owner is not None:
        conditions.append("owner = ?")
        values.append(wanted.owner.id)
    if wanted.live:
        conditions.append(f"(needs & {needs.WORKED_ON}) <> 0")
    if wanted.needs is not None:
        conditions.append(f"(needs & {needs.bits(wanted.needs)}) <> 0")
    never = {column: value for column, value in wanted.equal.items() if column in _NEVER_CHANGES}
    if never or wanted.words is not None:
        today = listing.cases_of(tx, viewer, Filter(never, words=wanted.words))
        conditions.append(f"case_id IN (SELECT {today.id} {today.text})")
        values += today.values
    return conditions, values
