"""The import of a CSV file: its rows become arrivals, which go to the group writer in bulk.

Each group is committed as a whole before the next one is read. So whatever ends an import leaves whole cases behind,
and the same import again goes on from there.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tocsin.core.clock import stopwatch
from tocsin.core.errors import InvalidInput, TocsinError, Unavailable
from tocsin.intake.arrivals import Arrival, Taken
from tocsin.intake.csv_picking import Picker, picker
from tocsin.intake.csv_rows import CsvTable, Record, Refused, open_csv
from tocsin.intake.mapping import BoundMapping, CaseMapping
from tocsin.intake.signals import Signal
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GROUP, GroupWriter

Take = Callable[[Tx, list[Arrival]], list[Taken | Exception]]


class Row(NamedTuple):
    """An arrival and the line that it comes from."""

    line: int
    arrival: Arrival


@dataclass(slots=True)
class Outcome:
    """What became of the rows so far.

    opened: cases; changed: rows that changed a case; unchanged: rows that had come before, or changed nothing;
    recorded: rows that say that a ticket without a case is over;
    passed_over: rows that the mapping's `row` leaves out; live: history of cases that people work on; refused: by
    reason; unread: values taken as missing, by field and reason. `standing`: severity and level of the cases that this
    import opened, after all changes.
    """

    rows: int = 0
    opened: int = 0
    changed: int = 0
    unchanged: int = 0
    recorded: int = 0
    passed_over: int = 0
    live: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    standing: dict[int, tuple[str, str]] = field(default_factory=dict)
    seconds: float = 0.0

    def count(self, taken: Taken) -> None:
        """Add what came of one arrival."""
        setattr(self, taken.effect, getattr(self, taken.effect) + 1)
        case = taken.case
        if case is not None and (taken.effect == "opened" or case.id in self.standing):
            self.standing[case.id] = (case.severity, case.level)


@dataclass(slots=True)
class Import:
    """One import. `refuse` hears of every row that is left out; `progress` is called now and then."""

    bound: BoundMapping
    picker: Picker
    viewer: Viewer
    live: bool = False
    refuse: Callable[[Refused], None] = lambda refused: None
    progress: Callable[[Outcome], None] = lambda outcome: None
    outcome: Outcome = field(default_factory=Outcome)

    def __post_init__(self) -> None:
        self.outcome.unread = self.bound.unread

    def run(self, rows: Iterable[Record | Refused], writer: GroupWriter, take: Take) -> Outcome:
        """Import the rows of a file. Unavailable where the database ends it, naming the line to look at."""
        started = stopwatch()
        for group in self._groups(rows):
            self._write(group, writer, take)
            self.outcome.seconds = stopwatch() - started
            self.progress(self.outcome)
        return self.outcome

    def rehearse(self, rows: Iterable[Record | Refused]) -> Outcome:
        """Read and map every row, and write nothing; rows that would be taken in count as unchanged."""
        started = stopwatch()
        for _ in self.arrivals(rows):
            self.outcome.unchanged += 1
            if self.outcome.rows % 1000 == 0:
                self.progress(self.outcome)
        self.outcome.seconds = stopwatch() - started
        self.progress(self.outcome)
        return self.outcome

    def _groups(self, rows: Iterable[Record | Refused]) -> Iterator[list[Row]]:
        group: list[Row] = []
        try:
            for row in self.arrivals(rows):
                group.append(row)
                if len(group) == GROUP:
                    yield group
                    group = []
        except InvalidInput:  # the file breaks off: what stood before is good
            yield group
            raise
        yield group

    def arrivals(self, rows: Iterable[Record | Refused]) -> Iterator[Row]:
        """What the rows deliver; those that are refused or passed over are counted."""
        for found in rows:
            self.outcome.rows += 1
            row = self._arrival(found) if isinstance(found, Record) else found
            if isinstance(row, Refused):
                self._refuse(row)
            elif row is not None:
                yield row

    def _arrival(self, record: Record) -> Row | Refused | None:
        """What a row delivers; None where it is passed over."""
        external_id = ""
        try:
            external_id = self.bound.external_id(record.fields)
            picked = self.picker.pick(external_id, record)
            if picked is None:
                self.outcome.passed_over += 1
                return None
            given = self.bound.body(external_id, record.fields)
            signal = Signal(self.bound.case(given), "ticket", self.viewer, given, not self.live)
            return Row(record.line, Arrival(signal, picked.key))
        except TocsinError as error:
            return _refused(record.line, external_id, error, getattr(error, "reason", error.detail))

    def _write(self, group: list[Row], writer: GroupWriter, take: Take) -> None:
        waiting = [writer.submit_item(take, row.arrival) for row in group]
        while not writer.threaded and waiting and not waiting[-1].done():
            writer.step()
        for row, future in zip(group, waiting, strict=True):
            error = future.exception()
            if error is None:
                self.outcome.count(future.result())
            elif isinstance(error, TocsinError) and not isinstance(error, Unavailable):
                self._refuse(_refused(row.line, row.arrival.signal.key[1], error, error.title))
            else:
                raise Unavailable(
                    f"the database did not take the row: {error}",
                    place=f"line {row.line}",
                    expected="the same import again, which goes on from here",
                ) from error

    def _refuse(self, refused: Refused) -> None:
        self.outcome.refused[refused.reason] += 1
        self.refuse(refused)


def import_csv(
    path: Path,
    mapping: CaseMapping,
    viewer: Viewer,
    writer: GroupWriter | None,
    take: Take,
    *,
    live: bool = False,
    place: str = "mapping",
    refuse: Callable[[Refused], None] = lambda refused: None,
    progress: Callable[[Outcome, int], None] = lambda outcome, position: None,
) -> Outcome:
    """Import a file; without a writer, only rehearse it. `progress` hears how many bytes of the file are read.

    InvalidDocument where the mapping does not suit the file, InvalidInput where the file cannot be read.
    """
    stream, raw = open_csv(path)
    with stream, raw:
        table = CsvTable(stream, mapping.form)
        bound = BoundMapping(mapping, table.columns, place)
        chosen = picker(mapping, bound, lambda: rows_of(path, mapping))
        work = Import(bound, chosen, viewer, live, refuse, lambda outcome: progress(outcome, raw.tell()))
        return work.rehearse(table) if writer is None else work.run(table, writer, take)


def rows_of(path: Path, mapping: CaseMapping) -> Iterator[Record | Refused]:
    """The rows of a file from its beginning."""
    stream, raw = open_csv(path)
    with stream, raw:
        yield from CsvTable(stream, mapping.form)


def _refused(line: int, external_id: str, error: TocsinError, reason: str) -> Refused:
    """A row that is left out. `reason` does not quote the row, so that rows can be counted by it."""
    detail = error.detail + (f"; expected {error.expected}" if error.expected else "")
    return Refused(line, f"{error.place}: {reason}" if error.place else reason, detail, error.place or "", external_id)
