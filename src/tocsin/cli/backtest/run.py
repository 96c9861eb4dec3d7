"""A file read and decided, with a bar while it lasts."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tocsin.cli.progress import reading
from tocsin.core.clock import SystemClock, stopwatch
from tocsin.intake.csv_history import csv_history
from tocsin.intake.csv_import import ImportOutcome
from tocsin.intake.csv_rows import Refused
from tocsin.intake.mapping.model import CaseMapping
from tocsin.policy.backtest import Backtest, backtest
from tocsin.policy.compiled import Policy


class Done(NamedTuple):
    """A backtest and what became of the rows of its file; `refused` are the first of those that were.

    `policy` and `against` are the names of the policies; with their files where the names are the same.
    """

    file: str
    backtest: Backtest
    outcome: ImportOutcome
    refused: list[Refused]
    policy: str
    against: str | None

    @property
    def per_second(self) -> float:
        return self.outcome.rows / self.outcome.seconds if self.outcome.seconds else 0.0


def run(
    file: Path,
    mapping: CaseMapping,
    place: str,
    policy: Policy,
    against: Policy | None,
    refuse: Callable[[Refused], None],
    *,
    files: tuple[str | None, str | None],
    spread: bool,
) -> Done:
    """Decide the cases of a file. `place` names the mapping, `files` the policies: None for the starter."""
    begun = stopwatch()
    with reading(file) as tell:

        def progress(outcome: ImportOutcome, position: int) -> None:
            tell(position, f"{outcome.unchanged:,} cases, {outcome.rows / (stopwatch() - begun):,.0f} rows a second")

        with csv_history(file, mapping, place=place, refuse=refuse, progress=progress) as history:
            found = backtest(policy, history.cases, SystemClock().now(), against, spread=spread)
    history.outcome.seconds = stopwatch() - begun
    return Done(file.name, found, history.outcome, history.outcome.first_refused, *_names(policy, against, files))


def _names(policy: Policy, against: Policy | None, files: tuple[str | None, str | None]) -> tuple[str, str | None]:
    """What tells the two policies apart."""
    mine, other = policy.document.name, None if against is None else against.document.name
    if mine != other:
        return mine, other
    return f"{mine} ({files[0] or 'the starter'})", f"{other} ({files[1]})"
