"""Dry runs and imports that somebody started from a page: each works in a thread of its own and tells how far it is."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tocsin.core.errors import InvalidDocument, Problem, TocsinError, Unavailable
from tocsin.core.logging import log
from tocsin.core.wording import Said, say, verbatim
from tocsin.intake.csv_import import ImportOutcome, Send, import_csv
from tocsin.intake.csv_rows import CsvFile, Refused
from tocsin.intake.csv_trial import CsvTrial, tried
from tocsin.intake.mapping.reading import parse_mapping
from tocsin.policy.compiled import Policy
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

MOST_REFUSED = 10_000  # rows that are kept to be looked at
MAPPING = "mapping"
_LONGEST = 300  # characters that are kept of what a row says
_PAUSE = 0.002  # seconds
_PATIENCE = 20  # seconds that a run may take to end
Note = Callable[[Tx], bool]  # writes down how far a run is; False where it is not the run of its file any more


@dataclass(slots=True)
class ImportRun:
    """`dry`: nothing is written; `live`: as a backlog that is worked on. `size`: bytes of the file, as it was sent, of
    which `read` are read. `refused`: rows that were left out, `trial`: what the policy would decide for the first
    tickets; `failed`: why it ended early, `problems`: what is wrong with the mapping. `over`: why it is to end, before
    its next rows."""

    id: int
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
    over: Said | None = None

    @property
    def done(self) -> bool:
        """Whether it came to its end."""
        return not self.working and self.failed is None and not self.problems

    def refuse(self, row: Refused) -> None:
        if len(self.refused) < MOST_REFUSED:
            cut = {name: getattr(row, name)[:_LONGEST] for name in ("external_id", "column", "value")}
            says = verbatim(row.detail[:_LONGEST]) if len(row.detail) > _LONGEST else row.says
            self.refused.append(row._replace(says=says, **cut))

    def told(self, outcome: ImportOutcome, position: int) -> None:
        """Unavailable where it is to end."""
        self.outcome, self.read = outcome, position
        if self.over is not None:
            raise Unavailable(self.over)
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
        log.warning("import.ended_early", error=error.detail)
        run.failed = error.says
    except Exception:
        log.exception("import.failed")
        run.failed = say("something went wrong")
    finally:
        run.working = False


@dataclass(slots=True)
class ImportRuns:
    """Those that this process carries out, each in a thread of its own. `step` writes down how far they are; as long as
    it does, other processes know that they go on. `wake` is set when one is over."""

    wake: threading.Event = field(default_factory=threading.Event)
    _own: list[tuple[ImportRun, Note, threading.Thread]] = field(default_factory=list)
    _stepping: threading.Lock = field(default_factory=threading.Lock)  # a loop steps, and whoever ends it

    def start(self, run: ImportRun, note: Note, work: Callable[[], None]) -> None:
        """Give a run its thread."""

        def carry() -> None:
            work()
            self.wake.set()

        thread = threading.Thread(target=carry, name="import", daemon=True)
        self._own.append((run, note, thread))
        thread.start()

    def step(self, writer: GroupWriter) -> int:
        """Write down how far each is; how many were written down as over."""
        over = 0
        with self._stepping:
            for one in tuple(self._own):
                run, note, _ = one
                working = run.working  # before it is written down: what ends meanwhile is written down once more
                if not writer.write(note):
                    run.over = say("another one was begun in its place")
                if not working:
                    self._own.remove(one)
                    over += 1
        return over

    def close(self, writer: GroupWriter) -> None:
        """End them before their next rows, and write down where they ended."""
        for run, _, _ in self._own:
            run.over = run.over or say("the server that carried it out has ended")
        for _, _, thread in self._own:
            thread.join(_PATIENCE)
        try:
            self.step(writer)
        except TocsinError as error:  # what is not heard of any more is taken as cut off
            log.warning("import.not_written_down", error=error.detail)
