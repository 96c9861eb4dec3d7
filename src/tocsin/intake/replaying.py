"""An event history played through the live verbs on a virtual clock, as though it happened now.

Row by row in the order of their times: before each instant, whatever timers are due fire at theirs; then the rows of
that instant do what they tell, each ticket's one after the other. What a case refuses is counted by its reason, as a
person would have been told it. Nothing here knows how a ticket ends.

Commits are larger than live: the instants of a batch of rows share one, each with its own time. That changes how much
would be lost by a crash, and nothing of what is written.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import groupby, islice, zip_longest

from tocsin.cases import acting, timers
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.context import Desk
from tocsin.cases.drafting import Draft
from tocsin.cases.opening import Opened
from tocsin.cases.queries import DECIDING
from tocsin.cases.scene import Scene
from tocsin.cases.verbs import acknowledge, assign, close, hold, note, override, reopen, resolve, resume
from tocsin.cases.verbs.acknowledgement import taken
from tocsin.cases.writing import TIMER
from tocsin.core.clock import VirtualClock, stopwatch
from tocsin.core.errors import TocsinError
from tocsin.intake import signals
from tocsin.intake.reading import Signal
from tocsin.intake.telling import OVER, Intent, Told, translate
from tocsin.ledger import backlog
from tocsin.ledger.journal import Event
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer
from tocsin.policy.body import to_body
from tocsin.policy.decision import from_bytes
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

BATCH = 64  # rows in one commit
_MOVED = "the ticket was moved to another group"
NOBODY = Viewer("replay", "senior")  # who tells what a row does not say who told


@dataclass(slots=True)
class Report:
    """What was done so far. `verbs`: carried out; `inferred`: what rows left open, by remark; `refused`: by verb and
    reason; `instants`: how often the clock was moved; `settled`: timers that fired."""

    rows: int = 0
    tickets: int = 0
    opened: int = 0
    linked: int = 0
    instants: int = 0
    settled: int = 0
    verbs: Counter[str] = field(default_factory=Counter)
    inferred: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, other: "Report") -> None:
        for name in ("rows", "tickets", "opened", "linked", "instants", "settled"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for counts in ("verbs", "inferred", "refused"):
            getattr(self, counts).update(getattr(other, counts))


@dataclass(slots=True)
class Replay:
    """Plays the rows of one file into one installation, whose clock it moves."""

    writer: GroupWriter
    desk: Desk
    clock: VirtualClock
    progress: Callable[[int], None] = lambda rows: None
    report: Report = field(default_factory=Report)
    _before: dict[str, Told] = field(default_factory=dict)
    _cases: dict[str, int] = field(default_factory=dict)

    def run(self, told: Sequence[Told]) -> Report:
        """All rows, which are in the order of their times."""
        started = stopwatch()
        rows = iter(told)
        while batch := list(islice(rows, BATCH)):
            self._play(batch)
            self.report.seconds = stopwatch() - started
            self.progress(self.report.rows)
        return self.report

    def _play(self, batch: list[Told]) -> None:
        """One commit. It may run again after a collision, so what it remembers is kept only once it is through."""
        known = sorted({self._cases[row.ticket] for row in batch if row.ticket in self._cases})
        played = self.writer.write(
            lambda tx: _Batch(tx, self.desk, dict(self._before_of(batch)), dict(self._cases_of(batch))).play(batch),
            cases=known,
        )
        self._before.update(played.before)
        self._cases.update(played.cases)
        self.report.add(played.report)
        self.clock.set(batch[-1].at)

    def _before_of(self, batch: Sequence[Told]) -> Iterator[tuple[str, Told]]:
        return ((row.ticket, self._before[row.ticket]) for row in batch if row.ticket in self._before)

    def _cases_of(self, batch: Sequence[Told]) -> Iterator[tuple[str, int]]:
        return ((row.ticket, self._cases[row.ticket]) for row in batch if row.ticket in self._cases)


class _Meant:
    """A row and what it means. `refused` is filled while its verbs are carried out."""

    __slots__ = ("intents", "refused", "row", "viewer")

    def __init__(self, row: Told, intents: list[Intent], viewer: Viewer) -> None:
        self.row = row
        self.intents = intents
        self.viewer = viewer
        self.refused: list[tuple[Intent, str]] = []

    def told(self) -> Signal | None:
        """The signal of a row that tells facts."""
        if not any(intent.verb == "tell" for intent in self.intents):
            return None
        given = self.row.given if self.row.state in OVER else {**self.row.given, "status": "open"}
        return Signal(to_body(given), "ticket", self.viewer, given)


@dataclass(slots=True)
class _Batch:
    """The rows of one commit."""

    tx: Tx
    desk: Desk
    before: dict[str, Told]
    cases: dict[str, int]
    report: Report = field(default_factory=Report)

    def play(self, rows: Sequence[Told]) -> "_Batch":
        people = self.desk.directory.get(self.tx)
        for at, present in groupby(rows, key=lambda row: row.at):
            self._wait(at)
            of_ticket: dict[str, list[_Meant]] = {}
            for row in present:
                intents = translate(self.before.get(row.ticket), row)
                self.report.tickets += row.ticket not in self.before
                self.before[row.ticket] = row
                of_ticket.setdefault(row.ticket, []).append(_Meant(row, intents, _viewer(people, row.by)))
            # In rounds, one row of each ticket at a time: the order of a ticket's rows is all that matters.
            with self._at(at) as tx:
                for meant in zip_longest(*of_ticket.values()):
                    self._carry_out(tx, [each for each in meant if each is not None])
        return self

    def _at(self, instant: int) -> AbstractContextManager[Tx]:
        """The same transaction at an instant of its own."""
        self.report.instants += 1
        return self.tx.at(instant)

    def _wait(self, until: int) -> None:
        """Let the timers that are due by then fire, each when it is due."""
        while True:
            due = backlog.next_due(self.tx, TIMER, until)
            if due is None:
                return
            with self._at(due) as tx:
                done = timers.fire_due(tx, self.desk)
            self.report.settled += done
            if not done:
                return

    def _carry_out(self, tx: Tx, rows: list[_Meant]) -> None:
        """What is over begins again before anything is told, for a signal would open it by itself."""
        again = {self.cases[meant.row.ticket]: _plan(meant, _AGAIN) for meant in rows if _has(meant, _AGAIN)}
        self._count_failures(rows, again, acting.act_many(tx, self.desk, again) if again else {})
        self._tell(tx, rows)
        plans = {
            self.cases[meant.row.ticket]: _plan(meant, _VERBS)
            for meant in rows
            if meant.row.ticket in self.cases and _has(meant, _VERBS)
        }
        self._count_failures(rows, plans, acting.act_many(tx, self.desk, plans) if plans else {})
        for meant in rows:
            self._count(meant)

    def _tell(self, tx: Tx, rows: list[_Meant]) -> None:
        told = [(meant, signal) for meant in rows if (signal := meant.told()) is not None]
        answers = signals.receive_many(tx, self.desk, [signal for _, signal in told]) if told else []
        for (meant, _), answer in zip(told, answers, strict=True):
            if isinstance(answer, Exception):
                meant.refused.append((Intent("tell"), _why(answer)))
            elif isinstance(answer, Opened) and answer.new:
                self.report.opened += 1
                self.report.linked += meant.row.ticket in self.cases
                self.cases[meant.row.ticket] = answer.state.case.id

    def _count_failures(
        self, rows: list[_Meant], plans: dict[int, Plan], answers: dict[int, acting.Done | TocsinError]
    ) -> None:
        """A case that could not even be settled refuses all that its row means."""
        for meant in rows:
            case = self.cases.get(meant.row.ticket)
            answer = answers.get(case) if case in plans else None
            if isinstance(answer, Exception):
                meant.refused += [(intent, _why(answer)) for intent in meant.intents if intent.verb != "tell"]

    def _count(self, meant: _Meant) -> None:
        self.report.rows += 1
        refused = [intent for intent, _ in meant.refused]
        self.report.verbs.update(
            intent.verb for intent in meant.intents if intent not in refused and intent.verb != "take"
        )
        self.report.inferred.update(intent.remark for intent in meant.intents if intent.remark)
        self.report.refused.update(f"{intent.verb}: {why}" for intent, why in meant.refused)


_AGAIN = frozenset({"reopen"})
_VERBS = frozenset({"assign", "move", "take", "hold", "release", "resolve", "close", "note"})


def _has(meant: _Meant, verbs: frozenset[str]) -> bool:
    return any(intent.verb in verbs for intent in meant.intents)


def _plan(meant: _Meant, verbs: frozenset[str]) -> Plan:
    """These verbs of a row as one plan, each after the other. One that is refused leaves the others alone."""
    meaning = [(intent, _verb(intent, meant.viewer)) for intent in meant.intents if intent.verb in verbs]

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        draft = Draft(state, scene.now)
        for intent, verb in meaning:
            try:
                events = verb(draft.state, scene.again(draft.state))
            except TocsinError as error:
                meant.refused.append((intent, _why(error)))
                continue
            draft.add_all(events)
            for event in events:
                if event.kind in DECIDING and event.body is not None:
                    decided = from_bytes(event.body)
                    scene = scene._replace(last=lambda decided=decided: decided)  # type: ignore[misc]
        return draft.events

    return plan


def _verb(intent: Intent, viewer: Viewer) -> Plan:
    found: dict[str, Callable[[], Plan]] = {
        "assign": lambda: assign(viewer, intent.what),
        "move": lambda: override(viewer, _MOVED, team=intent.what, told=True),
        "take": lambda: _take(viewer),
        "hold": lambda: hold(viewer, intent.what),
        "release": lambda: resume(viewer, intent.what),
        "reopen": lambda: reopen(viewer, intent.what),
        "resolve": lambda: resolve(viewer, told=True),
        "close": lambda: close(viewer),
        "note": lambda: note(viewer, intent.what),
    }
    return found[intent.verb]()


def _take(viewer: Viewer) -> Plan:
    """Somebody is at it, which answers a path where one waits for an answer."""

    def plan(state: Aggregate, scene: Scene) -> Sequence[Event]:
        if acknowledge.why_not(state) is not None:
            return ()
        return taken(viewer)(state, scene)

    return plan


def _viewer(people: Directory, name: str | None) -> Viewer:
    user = people.by_name.get(name or "")
    if user is None:
        return NOBODY
    return Viewer(f"user:{user.name}", user.role, user=user.id)  # type: ignore[arg-type]


def _why(error: Exception) -> str:
    return error.detail if isinstance(error, TocsinError) else f"{type(error).__name__}: {error}"
