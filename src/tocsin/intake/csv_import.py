"""The import of a CSV file: its rows are read, mapped and sent on in groups.

Each group is taken in as a whole before the next one is read. So whatever ends an import leaves whole cases behind, and
the same import again goes on from there.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from tocsin.core.clock import stopwatch
from tocsin.core.errors import InvalidInput, TocsinError
from tocsin.core.unfit import located
from tocsin.core.wording import marked, say
from tocsin.intake.csv_picking import Picker, picker
from tocsin.intake.csv_rows import CsvFile, CsvTable, Record, Refused, open_csv
from tocsin.intake.importing import Became, Row
from tocsin.intake.mapping.model import CaseMapping
from tocsin.intake.mapping.rows import BoundMapping
from tocsin.storage.writer import GROUP

Send = Callable[[list[Row]], list[Became | TocsinError]]
SHOWN = 100  # rows of each kind that are kept to be shown; a report has all


@dataclass(slots=True)
class ImportOutcome:
    """What became of the rows so far.

    opened: cases; changed: rows that changed a case; unchanged: rows that had come before, or changed nothing;
    recorded: rows that say that a ticket without a case is over; passed_over: rows that the mapping's `row` leaves out;
    ignored: rows that the mapping's `ignore` leaves out, by reason;
    live: history of cases that people work on; refused: by reason, `first_refused` the first of them; unread: values
    taken as missing, by field and reason, `first_unread` the first of them; without_ids: tickets are known by their
    rows; assumed: what the file did not say, by how often it was taken so. `standing`: severity and level of the cases
    that this import opened, after all changes.
    """

    rows: int = 0
    opened: int = 0
    changed: int = 0
    unchanged: int = 0
    recorded: int = 0
    passed_over: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    live: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    first_refused: list[Refused] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    first_unread: list[Refused] = field(default_factory=list)
    assumed: Counter[str] = field(default_factory=Counter)
    without_ids: bool = False
    standing: dict[int, tuple[str, str]] = field(default_factory=dict)
    seconds: float = 0.0

    def count(self, became: Became) -> None:
        """Add what came of one row."""
        setattr(self, became.effect, getattr(self, became.effect) + 1)
        if became.case is None or became.severity is None or became.level is None:
            return
        if became.effect == "opened" or became.case in self.standing:
            self.standing[became.case] = (became.severity, became.level)

    def refuse(self, refused: Refused) -> None:
        """Add a row that is left out."""
        self.refused[refused.reason] += 1
        if len(self.first_refused) < SHOWN:
            self.first_refused.append(refused)

    def forgive(self, unread: Refused) -> None:
        """Add a value that is taken as missing."""
        self.unread[unread.reason] += 1
        if len(self.first_unread) < SHOWN:
            self.first_unread.append(unread)


@dataclass(slots=True)
class Import:
    """One import. `refuse` hears of every row that is left out; `progress` is called now and then."""

    bound: BoundMapping
    picker: Picker
    refuse: Callable[[Refused], None] = lambda refused: None
    progress: Callable[[ImportOutcome], None] = lambda outcome: None
    outcome: ImportOutcome = field(default_factory=ImportOutcome)
    _at: tuple[int, str] = (0, "")  # the line that is read, and its ticket

    def __post_init__(self) -> None:
        self.outcome.assumed, self.outcome.without_ids = self.bound.heard, self.bound.without_ids
        self.bound.forgiven = lambda error: self.outcome.forgive(left_out(*self._at, error))

    def run(self, table: Iterable[Record | Refused], send: Send) -> ImportOutcome:
        """Import the rows of a file. Unavailable where the database ends it, naming the line to look at."""
        started = stopwatch()
        for group in self._groups(table):
            for row, answer in zip(group, send(group) if group else [], strict=True):
                if isinstance(answer, TocsinError):
                    self._refuse(left_out(row.line, str(row.ticket["external_id"]), answer, answer.title))
                else:
                    self.outcome.count(answer)
            self._told(table, started)
        return self.outcome

    def rehearse(self, table: Iterable[Record | Refused]) -> ImportOutcome:
        """Read and map every row, and write nothing; rows that would be taken in count as unchanged."""
        started = stopwatch()
        for _ in self.read(table):
            self.outcome.unchanged += 1
            if self.outcome.rows % 1000 == 0:
                self.progress(self.outcome)
        self._told(table, started)
        return self.outcome

    def _told(self, table: Iterable[Record | Refused], started: float) -> None:
        self.outcome.seconds = stopwatch() - started
        if isinstance(table, CsvTable) and table.otherwise:
            self.outcome.assumed[OTHERWISE] = table.otherwise
        self.progress(self.outcome)

    def _groups(self, rows: Iterable[Record | Refused]) -> Iterator[list[Row]]:
        group: list[Row] = []
        try:
            for row in self.read(rows):
                group.append(row)
                if len(group) == GROUP:
                    yield group
                    group = []
        except InvalidInput:  # the file breaks off: what stood before is good
            yield group
            raise
        yield group

    def read(self, rows: Iterable[Record | Refused]) -> Iterator[Row]:
        """What the rows say; those that are refused or passed over are counted."""
        for found in rows:
            self.outcome.rows += 1
            row = self._row(found) if isinstance(found, Record) else found
            if isinstance(row, Refused):
                self._refuse(row)
            elif row is not None:
                yield row

    def _row(self, record: Record) -> Row | Refused | None:
        """What a row says; None where it is passed over."""
        self._at = (record.line, "")
        if (reason := self.bound.ignored(record.fields)) is not None:
            self.outcome.ignored[reason] += 1
            return None
        try:
            external_id = self.bound.external_id(record)
            self._at = (record.line, external_id)
            picked = self.picker.pick(external_id, record)
            if picked is None:
                self.outcome.passed_over += 1
                return None
            given = self.bound.body(external_id, record.fields)
            past = self.bound.past(record.fields)
            self.bound.case(given)
        except TocsinError as error:
            return left_out(*self._at, error)
        return Row.of(record.line, given, picked.key, past)

    def _refuse(self, refused: Refused) -> None:
        self.outcome.refuse(refused)
        self.refuse(refused)


OTHERWISE = marked("lines that are not UTF-8, read as cp1252")


def import_csv(
    path: CsvFile,
    mapping: CaseMapping,
    send: Send | None,
    *,
    place: str = "mapping",
    refuse: Callable[[Refused], None] = lambda refused: None,
    progress: Callable[[ImportOutcome, int], None] = lambda outcome, position: None,
) -> ImportOutcome:
    """Import a file: `send` takes groups of its rows; without it, only rehearse. `progress` hears how many bytes of the
    file are read.

    InvalidDocument where the mapping does not suit the file, InvalidInput where the file cannot be read.
    """
    stream, raw = open_csv(path)
    with stream, raw:
        table = CsvTable(stream, mapping.form)
        bound = BoundMapping(mapping, table.columns, place, lambda: rows_of(path, mapping))
        chosen = picker(mapping, bound, lambda: rows_of(path, mapping))
        work = Import(bound, chosen, refuse, lambda outcome: progress(outcome, raw.tell()))
        return work.rehearse(table) if send is None else work.run(table, send)


def rows_of(path: CsvFile, mapping: CaseMapping) -> Iterator[Record | Refused]:
    """The rows of a file from its beginning."""
    stream, raw = open_csv(path)
    with stream, raw:
        yield from CsvTable(stream, mapping.form)


def left_out(line: int, external_id: str, error: TocsinError, reason: str | None = None) -> Refused:
    """A row that is left out, or a value of it. `reason` does not quote the row, so that rows can be counted by it."""
    why = reason or str(getattr(error, "reason", error.detail))
    says = error.says
    if error.wanted is not None:
        says = say("{why}; expected {wanted}", why=says, wanted=error.wanted)
    named = f"{error.place}: {why}" if error.place else why
    return Refused(line, named, says, error.place or "", external_id, *located(error))
