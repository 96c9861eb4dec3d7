"""A version of the policy tried on the own history: every case decided as of its opening, beside the version that
decides now. Runs are kept in the memory of this process, one at a time works, a few are remembered."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tocsin.cases.queries import openings
from tocsin.core import ids
from tocsin.core.clock import DAY
from tocsin.core.errors import Conflict, NotFound, TocsinError
from tocsin.core.wording import Said, say
from tocsin.people.permissions import Viewer
from tocsin.policy.backtest import Backtest, Past, backtest
from tocsin.policy.backtest.values import Changed, Summary
from tocsin.policy.compiled import Policy
from tocsin.policy.levels import LEVELS, LevelName
from tocsin.storage.database import Database

MOST = 20_000  # cases of a run, the newest
PAGE = 100  # cases that are read at once
KEPT = 20  # runs that are remembered
SHOWN = 100  # cases that change level, as they are kept
_PAUSE = 0.005  # seconds between two pages, in which requests have their turn


class VersionEffect(NamedTuple):
    """What a version does with the history, a week: escalations, and those that wake somebody; and in all: questions
    to people, and cases by level."""

    escalations: float
    woken: float
    asked: int
    levels: dict[LevelName, int]


class BacktestOutcome(NamedTuple):
    """What came of a run. `before`: of the version that decides, None where that is the one that was tried. `moved`:
    how many cases change their level, `changed`: the gravest of them; `without`: cases of which no facts are kept."""

    cases: int
    after: VersionEffect
    before: VersionEffect | None
    moved: int
    changed: tuple[Changed, ...]
    without: int


@dataclass(slots=True)
class Run:
    """A backtest that somebody started. `total`: how many cases it looks at; `failed`: why it ended without outcome."""

    id: str
    user: int | None
    version: int
    against: int | None
    days: int
    begun_at: int
    total: int
    done: int = 0
    outcome: BacktestOutcome | None = None
    failed: Said | None = None

    @property
    def working(self) -> bool:
        return self.outcome is None and self.failed is None


@dataclass(slots=True)
class Backtests:
    """The runs of this process, the newest first."""

    _runs: list[Run] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(
        self, database: Database, id: int, viewer: Viewer, policy: Policy, against: Policy | None, days: int, now: int
    ) -> Run:
        """Begin a run over the cases of so many days that the viewer sees, as far as they are not too many. Conflict
        while another works."""
        viewer.require("policy.read")
        viewer.require("cases.read")
        since = now - days * DAY
        with database.reading(now) as tx:
            total = min(openings.count(tx, viewer, since), MOST)
        run = Run(
            ids.to_text(id),
            viewer.user,
            policy.version,
            None if against is None else against.version,
            days,
            now,
            total,
        )
        with self._lock:
            if any(each.working for each in self._runs):
                raise Conflict(say("another backtest is running"), expected=say("another try once it is done"))
            self._runs = [run, *self._runs][:KEPT]
        work = _Work(run, database, viewer, policy, against, since, now)
        threading.Thread(target=work.carry_out, name="backtest", daemon=True).start()
        return run

    def of(self, viewer: Viewer) -> list[Run]:
        """Those that this viewer started: their lists name cases that others may not see."""
        return [run for run in self._runs if run.user == viewer.user]

    def named(self, viewer: Viewer, id: str) -> Run:
        """NotFound where they started none of this id, or it is forgotten."""
        for run in self.of(viewer):
            if run.id == id:
                return run
        raise NotFound(say("there is no such backtest"), expected=say("one that you started since the server began"))


class _Work(NamedTuple):
    run: Run
    database: Database
    viewer: Viewer
    policy: Policy
    against: Policy | None
    since: int
    now: int

    def carry_out(self) -> None:
        """Decide the history; whatever ends that early is told to whoever waits for it."""
        run, without = self.run, [0]
        try:
            found = backtest(self.policy, self._history(without), self.now, self.against)
            run.outcome = _outcome(found, without[0])
        except TocsinError as error:
            run.failed = error.says
        except Exception:
            run.failed = say("something went wrong")
            raise

    def _history(self, without: list[int]) -> Iterator[Past]:
        before: int | None = None
        while self.run.done < MOST:
            with self.database.reading(self.now) as tx:
                found = openings.page(tx, self.viewer, self.since, before, min(PAGE, MOST - self.run.done))
            if not found:
                return
            for opening in found:
                self.run.done += 1
                if opening.facts is None:
                    without[0] += 1
                else:
                    yield Past(opening.facts, opening.opened_at, str(opening.number), opening.number)
            before = found[-1].id
            time.sleep(_PAUSE)  # others want to read, too


def _outcome(found: Backtest, without: int) -> BacktestOutcome:
    comparison = found.comparison
    moved = [case for case in comparison.changed if case.before.level != case.after.level] if comparison else []
    return BacktestOutcome(
        found.summary.cases,
        _effect(found.summary),
        None if comparison is None else _effect(comparison.before),
        len(moved),
        tuple(moved[:SHOWN]),
        without,
    )


def _effect(summary: Summary) -> VersionEffect:
    levels = {level: summary.counts["level"].get(level, 0) for level in LEVELS}
    return VersionEffect(summary.paged.average, summary.woken.average, summary.asked.cases, levels)
