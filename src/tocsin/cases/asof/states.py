"""One case as it stood at an instant: what its events until then add up to."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

import msgspec

from tocsin.cases import queries, spans, store
from tocsin.cases.aggregate import Aggregate, Case
from tocsin.cases.queries import tickets
from tocsin.cases.queries.tickets import TicketView
from tocsin.cases.record.folding import Folding
from tocsin.cases.spans import Stands
from tocsin.core import ids
from tocsin.core.errors import Conflict, InvalidInput, NotFound
from tocsin.core.wording import say
from tocsin.ledger import journal
from tocsin.ledger.journal import PastEvent, Recorded
from tocsin.people import accounts
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

ERASED = "(erased)"  # in the place of a subject
_NEVER_CHANGES = ("number", "source", "external_id", "occurred_at")


class Then(NamedTuple):
    """`decision`: the newest until then, as it is stored; None once erased. `erased`: what the record does not tell any
    more: names of columns, and `clocks`, `escalations`, `calls`."""

    state: Aggregate
    decision: bytes | None
    erased: frozenset[str]


def require_past(at: int, now: int) -> int:
    """The instant itself; InvalidInput for one that is not over."""
    if at > now:
        raise InvalidInput(say("this instant lies ahead"), place="as_of", expected=say("an instant that is over"))
    return at


def fold(events: Iterable[PastEvent]) -> Then:
    """The case that these events add up to, the first of its chain first. Pure. Conflict where they make none."""
    folding, decision = Folding(), None
    for event in events:
        folding.add(event)
        if event.kind in queries.DECIDING:
            decision = event.body
    if folding.state is None or folding.error is not None:
        raise Conflict(
            say("the record of the case does not tell how it was"),
            place="as_of",
            expected=say("`tocsin audit verify` to be clean"),
        )
    lost = folding.lost if decision is None else folding.lost - {"subject"}  # each decision says it anew
    return Then(_ordered(folding.state), decision, frozenset(lost))


def _ordered(state: Aggregate) -> Aggregate:
    """With its parts in the order in which they are loaded."""
    clocks = sorted(state.clocks, key=lambda run: (run.cycle, run.clock))
    by_id = attrgetter("id")
    return Aggregate(state.case, clocks, sorted(state.escalations, key=by_id), sorted(state.calls, key=by_id))


def load(tx: Tx, viewer: Viewer, case: int, at: int) -> Then:
    """A case at an instant. NotFound where there is none for this viewer, or there was none yet."""
    viewer.require("cases.read")
    queries.require(tx, viewer, case)
    found = states(tx, [case], at).get(case)
    if found is None:
        raise NotFound(
            say("the case {case} was opened later", case=ids.to_text(case)),
            place="as_of",
            expected=say("an instant at which there was the case"),
        )
    return found


def standing(tx: Tx, viewer: Viewer, asked: Then, at: int) -> Then:
    """The case that stood for a merged one at an instant, where the viewer may see that; else the case itself."""
    found = asked
    while found.state.case.state == "merged" and found.state.case.parent is not None:
        found = states(tx, [found.state.case.parent], at)[found.state.case.parent]
    return found if queries.numbers(tx, viewer, [found.state.case.id]) else asked


def states(tx: Tx, cases: Iterable[int], at: int) -> dict[int, Then]:
    """These cases at an instant, by id, without those that were opened later. What content that was erased said is
    taken from what else is known of them, as far as that goes."""
    found = {case: fold(events) for case, events in journal.until(tx, cases, at).items()}
    incomplete = [case for case, then in found.items() if then.erased]
    if incomplete:
        stored, stood = store.rows_of(tx, incomplete), spans.at(tx, incomplete, at)
        for case in incomplete:
            found[case] = _completed(found[case], stored[case], stood.get(case))
    return found


def timeline(tx: Tx, viewer: Viewer, case: int, at: int) -> list[Recorded]:
    """What had happened to a case by then, as `queries.timeline`."""
    return [event for event in queries.timeline(tx, viewer, case) if event.at <= at]


def said(tx: Tx, thens: Sequence[Then]) -> dict[int, TicketView]:
    """What the tickets of these cases said, by case; the customers by the names that they have today."""
    known = accounts.by_id(tx, [then.state.case.account for then in thens if then.state.case.account is not None])
    return {then.state.case.id: tickets.said(then.decision, known.get(then.state.case.account or 0)) for then in thens}


def _completed(then: Then, stored: Case, stood: Stands | None) -> Then:
    """With what never changes, and how the case stood, in the place of what was erased."""
    known = {name: getattr(stored, name) for name in _NEVER_CHANGES}
    if stood is not None:
        known |= {name: value for name, value in stood._asdict().items() if name != "needs"}
    lost = then.erased - known.keys()
    again = {name: value for name, value in known.items() if name in then.erased}
    if "subject" in lost:
        again["subject"] = ERASED
    return then._replace(
        state=msgspec.structs.replace(then.state, case=msgspec.structs.replace(then.state.case, **again)), erased=lost
    )
