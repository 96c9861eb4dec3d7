"""`tocsin bench asof`: how long Now, a list and a case take as of scattered instants of a month in which so many cases
were opened, and nearly all stayed open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tocsin import runtime
from tocsin.cases import acting, verbs
from tocsin.cases.asof import board, listing, states
from tocsin.cases.opening import Opened, Ticket
from tocsin.cases.queries.board import severities
from tocsin.cases.queries.listing import Filter
from tocsin.cli.bench import tickets
from tocsin.cli.bench.machine import spread
from tocsin.cli.furnish import Person, Staff, furnish
from tocsin.core.clock import DAY, VirtualClock, stopwatch
from tocsin.intake.accept import Submission
from tocsin.ledger import journal
from tocsin.people.permissions import SYSTEM, Viewer
from tocsin.policy import starters
from tocsin.policy.body import to_body
from tocsin.runtime import Installation
from tocsin.storage import migrate
from tocsin.storage.database import Database

MARK = 2.0  # seconds
SPAN = 30 * DAY
BEGIN = 1_767_225_600_000_000  # 1 January 2026
GROUP = 128
SHOWN = 100
_CHIEF = "chief"
_OVER = 5  # of so many escalated cases one is over by the end
_SCATTER = 0.618034  # multiples of the golden section spread evenly, and alike in every run


@dataclass(slots=True)
class Result:
    """Seconds that each look took, by what was looked at. `events`: how many the journal has."""

    cases: int
    events: int = 0
    now: list[float] = field(default_factory=list)
    listed: list[float] = field(default_factory=list)
    case: list[float] = field(default_factory=list)

    def lines(self) -> list[str]:
        looks = {"Now": self.now, "a list of 50": self.listed, "a case": self.case}
        return [
            f"{self.cases:,} cases were opened within a month, {self.events:,} events",
            *(
                f"{what} as of such an instant: {spread([1e3 * one for one in taken], 'ms')},"
                f" 95th percentile {1e3 * _p95(taken):,.0f} ms (mark: under {1e3 * MARK:,.0f} ms)"
                for what, taken in looks.items()
            ),
        ]


def run(url: str | None = None, *, cases: int = 100_000, looks: int = 60) -> Result:
    """Measure on a database of its own, or on the empty one at `url`."""
    with TemporaryDirectory(prefix="tocsin-bench-") as name:
        where = url or f"sqlite:///{Path(name) / 'bench.db'}"
        database = Database(where)
        migrate.upgrade(database)
        database.close()
        clock = VirtualClock(BEGIN)
        installation = runtime.build(where, "a secret for measuring alone", clock=clock, carrier=runtime.Inline())
        try:
            made = installation.writer.write(
                lambda tx: furnish(tx, installation, starters.text(), Staff(Person(_CHIEF, "lead")))
            )
            chief = Viewer(f"user:{_CHIEF}", "lead", user=made.users[_CHIEF])
            opened = _month(installation, clock, chief, cases)
            return _measured(installation, opened, looks, Result(cases))
        finally:
            installation.close()


def _month(installation: Installation, clock: VirtualClock, chief: Viewer, cases: int) -> list[int]:
    """The cases, opened over the month; of each group the escalated ones are worked on, and some come to an end."""
    opened: list[int] = []
    for start in range(0, cases, GROUP):
        clock.set(BEGIN + SPAN * start // cases)
        group = _open(installation, range(start, min(start + GROUP, cases)))
        opened += [case for case, _ in group]
        escalated = [case for case, is_escalated in group if is_escalated]
        over = escalated[::_OVER]
        for step, (plan, chosen) in enumerate(
            (
                (verbs.acknowledge(chief), escalated),
                (verbs.note(chief, "Looked at it, and asked for the log."), escalated),
                (verbs.assign(chief, _CHIEF), escalated),
                (verbs.resolve(chief, "Done."), over),
            )
        ):
            clock.set(BEGIN + SPAN * start // cases + step)
            _act(installation, plan, chosen)
    clock.set(BEGIN + SPAN)
    return opened


def _open(installation: Installation, numbers: range) -> list[tuple[int, bool]]:
    futures = [
        installation.writer.submit_item(
            installation.accept, Submission(Ticket(to_body(tickets.ticket(number)), SYSTEM))
        )
        for number in numbers
    ]
    while not all(future.done() for future in futures):
        installation.writer.step()
    answers = [future.result() for future in futures]
    return [(one.state.case.id, one.state.case.level != "standard") for one in answers if isinstance(one, Opened)]


def _act(installation: Installation, plan: acting.Plan, cases: Sequence[int]) -> None:
    installation.writer.write(
        lambda tx: acting.act_many(tx, installation.desk, dict.fromkeys(cases, plan)), cases=cases
    )


def _measured(installation: Installation, opened: list[int], looks: int, result: Result) -> Result:
    with installation.database.reading() as tx:
        result.events = sum(journal.counts(tx, "chain > 0", ()).values())
    for look in range(looks):
        scattered = look * _SCATTER % 1
        at = BEGIN + int(SPAN * (1 + scattered) / 2)
        case = opened[int(len(opened) * scattered / 2)]
        result.now.append(_timed(partial(_now, installation, at)))
        result.listed.append(_timed(partial(_list, installation, at)))
        result.case.append(_timed(partial(_case, installation, case, at)))
    return result


def _now(installation: Installation, at: int) -> None:
    with installation.database.reading(at) as tx:
        policies = installation.desk.policies.get(tx)
        board.look(tx, SYSTEM, severities(policies, at), at, SHOWN)


def _list(installation: Installation, at: int) -> None:
    with installation.database.reading(at) as tx:
        listing.listed(tx, SYSTEM, Filter({"state": "open"}, sort="urgency"), at)


def _case(installation: Installation, case: int, at: int) -> None:
    with installation.database.reading(at) as tx:
        states.load(tx, SYSTEM, case, at)


def _timed(look: Callable[[], None]) -> float:
    begun = stopwatch()
    look()
    return stopwatch() - begun


def _p95(taken: list[float]) -> float:
    return sorted(taken)[int(0.95 * len(taken))]
