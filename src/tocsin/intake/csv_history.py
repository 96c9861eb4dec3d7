"""A CSV file as a history to be decided again: each ticket once, with nothing written anywhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from tocsin.core import instants
from tocsin.intake.csv_import import Import, ImportOutcome, rows_of
from tocsin.intake.csv_picking import picker
from tocsin.intake.csv_rows import CsvFile, CsvTable, Refused, open_csv
from tocsin.intake.mapping.model import CaseMapping
from tocsin.intake.mapping.rows import BoundMapping
from tocsin.policy.backtest import Past
from tocsin.policy.body import to_body
from tocsin.policy.facts import facts_of

_EVERY = 500  # rows between two tellings of the progress


class CsvHistory(NamedTuple):
    """The cases of a file, to be read once, and what became of its rows so far; cases count as unchanged."""

    cases: Iterator[Past]
    outcome: ImportOutcome


@contextmanager
def csv_history(
    path: CsvFile,
    mapping: CaseMapping,
    *,
    place: str = "mapping",
    refuse: Callable[[Refused], None] = lambda refused: None,
    progress: Callable[[ImportOutcome, int], None] = lambda outcome, position: None,
) -> Iterator[CsvHistory]:
    """Read a file as a history. Of several rows of a ticket the last counts where the mapping says so, else the first:
    what a case is decided by when it is opened. `progress` hears how many bytes of the file are read.

    InvalidDocument where the mapping does not suit the file, InvalidInput where the file cannot be read.
    """
    mapping = replace(mapping, row="first" if mapping.row == "each" else mapping.row, past={}, stated=())
    stream, raw = open_csv(path)
    with stream, raw:
        table = CsvTable(stream, mapping.form)
        bound = BoundMapping(mapping, table.columns, place, lambda: rows_of(path, mapping))
        chosen = picker(mapping, bound, lambda: rows_of(path, mapping))
        work = Import(bound, chosen, refuse)

        def cases() -> Iterator[Past]:
            told = 0
            for row in work.read(table):
                body = to_body(row.ticket)
                opened_at = None if body.occurred_at is None else instants.from_datetime(body.occurred_at)
                yield Past(facts_of(body), opened_at, body.external_id or "", row.line)
                work.outcome.unchanged += 1
                if work.outcome.rows - told >= _EVERY:
                    told = work.outcome.rows
                    progress(work.outcome, raw.tell())

        yield CsvHistory(cases(), work.outcome)
