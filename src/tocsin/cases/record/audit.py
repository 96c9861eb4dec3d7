"""The projections under proof: every case is folded from its events again and compared with the rows that screens and
verbs read, its timer included."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from tocsin.cases import attention, spans, store
from tocsin.cases.aggregate import Aggregate, Call, Case, Escalation, RunningClock
from tocsin.cases.happenings.base import CALLS, CLOCKS, ESCALATIONS
from tocsin.cases.record.folding import adopt
from tocsin.cases.record.spanning import Spanning
from tocsin.cases.tables import case_spans
from tocsin.cases.writing import TIMER
from tocsin.core import ids
from tocsin.ledger import backlog, work
from tocsin.ledger.chain import case_of
from tocsin.ledger.findings import Finding, RecordPlace
from tocsin.ledger.walk import StoredEvent
from tocsin.storage.transaction import Row, Tx

_SPAN_COLUMNS = tuple(column.name for column in case_spans.columns)
_CLOCK_COLUMNS = RunningClock.__struct_fields__
_ESCALATION_COLUMNS = tuple("pass" if name == "passed" else name for name in Escalation.__struct_fields__)


class _Window(NamedTuple):
    """What is stored of some cases. Parts whose case's row is missing are kept apart."""

    cases: dict[int, Case]
    clocks: dict[int, list[RunningClock]]
    escalations: dict[int, list[Escalation]]
    calls: dict[int, list[Call]]
    timers: dict[int, Row]
    spans: dict[int, list[Row]]


@dataclass(slots=True)
class Projections:
    """A witness. `unproved` counts the values that rested on erased payloads, and so were not compared."""

    unproved: int = 0
    _stored: _Window = field(default_factory=lambda: _Window({}, {}, {}, {}, {}, {}))
    _folding: Spanning = field(default_factory=Spanning)
    _loads: Counter[int] = field(default_factory=Counter)

    def look(self, tx: Tx, low: int, high: int) -> None:
        self._stored = _read(tx, low, high)

    def hear(self, event: StoredEvent) -> None:
        if case_of(event.chain) is not None:
            self._folding.add(event)

    def judge(self, chain: int, sound: bool) -> Iterator[Finding]:
        if case_of(chain) is None:
            return
        folding, self._folding = self._folding, Spanning()
        window = self._stored
        row = window.cases.pop(chain, None)
        parts = window.clocks.pop(chain, []), window.escalations.pop(chain, []), window.calls.pop(chain, [])
        timer, stood = window.timers.pop(chain, None), window.spans.pop(chain, [])
        state = folding.state
        if sound and folding.error:
            yield Finding(RecordPlace("events", chain), f"the events do not make a case: {folding.error}")
        elif sound and state is not None:
            self.unproved += len(folding.lost)
            if row is None:
                yield Finding(RecordPlace("cases", chain), "the row of the case is missing")
            else:
                stored = Aggregate(row, *parts)
                adopt(state, stored, folding.lost)
                yield from _compare(state, stored, timer)
                if not folding.lost:
                    told = [span.row() for span in folding.spans()]
                    yield from _rows("case_spans", chain, _SPAN_COLUMNS, _stood(told), _stood(stood))
            row = state.case
        self._count(row)

    def leftovers(self) -> Iterator[Finding]:
        window = self._stored
        chains = [rows.keys() for rows in window]
        for table, found in zip(("cases", CLOCKS, ESCALATIONS, CALLS, "work", "case_spans"), chains, strict=True):
            for chain in sorted(found):
                place = RecordPlace(table, chain, row="without history")
                yield Finding(place, "a row belongs to no case of the journal")

    def conclude(self, tx: Tx) -> Iterator[Finding]:
        yield from _loads(tx, self._loads)
        yield from _keys(tx)

    def _count(self, case: Case | None) -> None:
        if case is not None and case.state == "open" and case.owner is not None:
            self._loads[case.owner] += 1


def _read(tx: Tx, low: int, high: int) -> _Window:
    window = _Window({}, {}, {}, {}, {}, {})
    for case in store.cases_between(tx, low, high):
        window.cases[case.id] = case
    for chain, run in store.clocks_between(tx, low, high):
        window.clocks.setdefault(chain, []).append(run)
    for chain, climb in store.escalations_between(tx, low, high):
        window.escalations.setdefault(chain, []).append(climb)
    for chain, call in store.calls_between(tx, low, high):
        window.calls.setdefault(chain, []).append(call)
    for span in spans.between(tx, low, high):
        window.spans.setdefault(span[0], []).append(span)
    window.timers.update(backlog.stored(tx, TIMER, low, high))
    return window


def _compare(state: Aggregate, stored: Aggregate, timer: Row | None) -> Iterator[Finding]:
    case = state.case
    if case != stored.case:
        for name in Case.__struct_fields__:
            expected, found = getattr(case, name), getattr(stored.case, name)
            if expected != found:
                yield Finding(
                    RecordPlace("cases", case.id, row=name), f"{name} is not what the events say", expected, found
                )
    yield from _rows(CLOCKS, case.id, _CLOCK_COLUMNS, _runs(state), _runs(stored))
    yield from _rows(ESCALATIONS, case.id, _ESCALATION_COLUMNS, _climbs(state), _climbs(stored))
    yield from _rows(CALLS, case.id, Call.__struct_fields__, _calls(state), _calls(stored))
    at = attention.next_instant(state)
    due = {} if at is None else {"timer": work.row(TIMER, case.id, at)[2:]}
    yield from _rows("work", case.id, backlog.COMPARED, due, {} if timer is None else {"timer": timer})


def _runs(state: Aggregate) -> dict[str, RunningClock]:
    return {f"clock {run.clock}, cycle {run.cycle}": run for run in state.clocks}


def _climbs(state: Aggregate) -> dict[str, Escalation]:
    return {f"escalation {ids.to_text(climb.id)}": climb for climb in state.escalations}


def _calls(state: Aggregate) -> dict[str, Call]:
    return {f"call-in {ids.to_text(call.id)}": call for call in state.calls}


def _stood(found: Sequence[Row]) -> dict[str, Row]:
    return {f"from {span[1]}": span for span in found}


def _rows(
    table: str, case: int, columns: Sequence[str], expected: Mapping[str, Any], found: Mapping[str, Any]
) -> Iterator[Finding]:
    """Missing and additional rows of a case, and columns that differ."""
    if expected == found:
        return
    for name in expected.keys() - found.keys():
        yield Finding(RecordPlace(table, case, row=name), "the row is missing", _values(expected[name]))
    for name, row in found.items():
        if name not in expected:
            yield Finding(RecordPlace(table, case, row=name), "no event accounts for the row", found=_values(row))
            continue
        for column, wanted, value in zip(columns, _values(expected[name]), _values(row), strict=True):
            if wanted != value:
                what = f"{column} is not what the events say"
                yield Finding(RecordPlace(table, case, row=f"{name}, {column}"), what, wanted, value)


def _values(row: Any) -> Row:
    return row if isinstance(row, tuple) else msgspec.structs.astuple(row)


def _loads(tx: Tx, counted: Counter[int]) -> Iterator[Finding]:
    """The counters of open cases by owner; a missing one counts as nought."""
    stored: dict[int, int] = dict(tx.rows("SELECT user_id, open_cases FROM loads"))
    for user in sorted(stored.keys() | counted.keys()):
        if stored.get(user, 0) != counted[user]:
            what = "the counter of open cases is wrong"
            yield Finding(RecordPlace("loads", row=f"user {ids.to_text(user)}"), what, counted[user], stored.get(user))


def _keys(tx: Tx) -> Iterator[Finding]:
    """Every ticket of a sender means the newest case that was opened for it."""
    newest = (
        "(SELECT source, external_id, max(id) AS id FROM cases WHERE external_id IS NOT NULL"
        " GROUP BY source, external_id) n"
    )
    for case, source, external_id, found in tx.rows(
        f"SELECT n.id, n.source, n.external_id, k.case_id FROM {newest} LEFT JOIN case_keys k ON k.source = n.source"
        " AND k.external_id = n.external_id WHERE k.case_id IS NULL OR k.case_id <> n.id ORDER BY n.id"
    ):
        place = RecordPlace("case_keys", case, row=f"ticket {external_id} of {source}")
        expected, stored = ids.to_text(case), None if found is None else ids.to_text(found)
        yield Finding(place, "the ticket does not lead to its case", expected, stored)
    for case, source, external_id in tx.rows(
        f"SELECT k.case_id, k.source, k.external_id FROM case_keys k LEFT JOIN {newest} ON n.source = k.source"
        " AND n.external_id = k.external_id WHERE n.id IS NULL ORDER BY k.case_id"
    ):
        place = RecordPlace("case_keys", case, row=f"ticket {external_id} of {source}")
        yield Finding(place, "a ticket leads to a case that is not its own")
