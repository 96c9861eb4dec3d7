"""Dry runs and imports that somebody started from a page: each works in a thread of its own and tells how far it is."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tocsin.core.errors import InvalidDocument, Problem, TocsinError
from tocsin.core.logging import log
from tocsin.core.wording import Said, say
from tocsin.intake.csv_import import ImportOutcome, Send, import_csv
from tocsin.intake.csv_rows import CsvFile, Refused
from tocsin.intake.csv_trial import CsvTrial, tried
from tocsin.intake.mapping.reading import parse_mapping
from tocsin.policy.compiled import Policy

MOST_REFUSED = 10_000  # rows that are kept to be looked at
MAPPING = "mapping"
_PAUSE = 0.002  # seconds


@dataclass(slots=True)
class ImportRun:
    """`dry`: nothing is written; `live`: as a backlog that is worked on. `size`: bytes of the file, as it was sent, of
    which `read` are read. `refused`: rows that were left out, `trial`: what the policy would decide for the first
    tickets; `failed`: why it ended early, `problems`: what is wrong with the mapping."""

    dry: bool
    live: bool
    begun_at: int
    size: int
    read: int = 0
    outcome: ImportOutcome = field(default_factory=ImportOutcome)
    refused: list[Refused] = field(default_factory=list)
    trial: CsvTrial | None = None
    failed: Said | None = None
    problems: tuple[Problem, ...] = ()
    working: bool = True

    @property
    def done(self) -> bool:
        """Whether it came to its end."""
        return not self.working and self.failed is None and not self.problems

    def refuse(self, row: Refused) -> None:
        if len(self.refused) < MOST_REFUSED:
            self.refused.append(row)

    def told(self, outcome: ImportOutcome, position: int) -> None:
        self.outcome, self.read = outcome, position
        time.sleep(_PAUSE)  # others want their turn, too


def carry_out(run: ImportRun, file: CsvFile, mapping: str, send: Send | None, policy: Policy, now: int) -> None:
    """Read a file by this mapping, and send its rows; without `send` only rehearse, and try its first tickets against
    the policy. What ends it early is told to whoever looks."""
    try:
        read = parse_mapping(mapping, MAPPING)
        if send is None:
            run.trial = tried(file, read, policy, now)
            read = parse_mapping(mapping, MAPPING)  # what it heard belongs to one reading
        run.outcome = import_csv(file, read, send, place=MAPPING, refuse=run.refuse, progress=run.told)
        run.read = run.size
    except InvalidDocument as error:
        run.problems = error.problems
    except TocsinError as error:
        run.failed = error.says
    except Exception:
        log.exception("import.failed")
        run.failed = say("something went wrong")
    finally:
        run.working = False


def start(run: ImportRun, work: Callable[[], None]) -> None:
    """Give a run its thread."""
    threading.Thread(target=work, name="import", daemon=True).start()
