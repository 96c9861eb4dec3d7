"""How cases stand is written down with each change, means what the tables say, and follows from the record."""

from itertools import product
from random import Random
from typing import Any

import pytest

from tests.stories import month
from tests.stories.process import PEOPLE, POLICY, assert_proved
from tests.stories.starter import OUTAGE, STARTER, act
from tests.testing import Databases, World, world
from tocsin.cases import spans, store, verbs
from tocsin.cases.aggregate import Aggregate, Case, RunningClock
from tocsin.cases.queries import lasting, needs
from tocsin.cases.queries.lasting import LargeGroups
from tocsin.cases.queries.needs import Only
from tocsin.cases.queries.reasons import REASONS
from tocsin.cases.record import spanning
from tocsin.clocks.kinds import BUILT_IN, ClockName
from tocsin.core import ids
from tocsin.core.clock import HOUR
from tocsin.core.errors import Unavailable
from tocsin.people.permissions import SYSTEM, Viewer
from tocsin.storage import migrate
from tocsin.storage.transaction import Tx

CLOCKS = (*BUILT_IN, "rca", "respond")
CASES = 400


def spans_of(here: World, case: int) -> list[spans.CaseSpan]:
    with here.installation.database.reading() as tx:
        return sorted(spans.read(row) for row in spans.between(tx, case, case))


@pytest.mark.tampered
def test_what_a_case_needs_is_the_same_as_rows_and_as_a_value(database_url: str) -> None:
    here, chance = world(database_url, STARTER), Random(5)
    user = here.installation.people().by_name["bo"].id
    first = ids.from_text(here.open(**OUTAGE)["id"])

    def maybe(value: Any) -> Any:
        return value if chance.random() < 0.5 else None

    def clock(name: str, cycle: int) -> RunningClock:
        run = RunningClock(ClockName(name), cycle, 1, "always", "1h", "start", 0, 10, 10)
        run.outcome = chance.choice((None, "met", "breached", "breached", "cancelled"))
        run.excused_by, run.done_at = maybe("duplicate"), maybe(20)
        run.cancelled_because = maybe("lowered")
        return run

    def random(number: int) -> Aggregate:
        case = Case(number, number, "api", None, None, "random")
        case.state = chance.choice(("open", "open", "resolved", "closed", "merged"))
        case.level = chance.choice(("standard", "senior", "executive"))  # type: ignore[assignment]
        case.imported, case.policy_version = chance.random() < 0.2, 1
        case.owner, case.parent, case.acknowledged_at = maybe(user), maybe(first), maybe(5)
        case.requested_level, case.triage_at, case.held_at = maybe("senior"), maybe(5), maybe(5)
        case.resolution_claimed_at, case.containment_claimed_at = maybe(chance.randrange(9)), maybe(chance.randrange(9))
        case.contested_at = maybe(chance.randrange(9))
        runs = [clock(name, cycle + 1) for name in CLOCKS for cycle in range(chance.choice((0, 0, 1, 2)))]
        return Aggregate(case, runs, [])

    states = [random(number) for number in range(1000, 1000 + CASES)]

    def write(tx: Tx) -> None:
        store.insert(tx, states)

    here.installation.writer.write(write)
    with here.installation.database.reading() as tx:
        for need in needs.NEEDS:
            rows = tx.rows(f"SELECT id FROM cases WHERE id >= 1000 AND id < 2000 AND {needs.condition(need)}")
            held = {state.case.id for state in states if needs.of(state) & needs.bits(need)}
            assert {row[0] for row in rows} == held, need
            assert 0 < len(held) < CASES
        for name, reason in REASONS.items():
            rows = tx.rows(f"SELECT id FROM cases WHERE id >= 1000 AND id < 2000 AND {needs.LIVE} AND ({reason.rows})")
            assert {row[0] for row in rows} == {one.case.id for one in states if needs.of(one) & needs.WHY[name]}, name


@pytest.mark.long
def test_spans_follow_from_the_record_whatever_happens(databases: Databases) -> None:
    here = world(databases.new(), POLICY, people=PEOPLE)
    month.lived(here, 3, {"sqlite": 150, "postgresql": 60}[databases.kind], 1)
    with here.installation.database.reading() as tx:
        cases = [row[0] for row in tx.rows("SELECT id FROM cases")]
        states = store.load_many(tx, cases)
        rows = spans.between(tx, 0, max(cases))
    last = {span.case: span for span in map(spans.read, rows) if span.ended is None}
    assert {case: span.stands for case, span in last.items()} == {
        case: spans.of(state) for case, state in states.items()
    }
    assert len(rows) > 2 * len(cases)
    assert_counted_alike(here)
    assert_proved(here, failures=True)
    here.installation.close()


def assert_counted_alike(here: World) -> None:
    """Whoever asks, and of whichever cases: by the spans that last as by looking at every case."""
    with here.installation.database.reading(here.clock.now()) as tx:
        people = [here.viewer(name) for name in here.installation.people().by_name]
        teams = tx.rows("SELECT DISTINCT team FROM cases WHERE team IS NOT NULL LIMIT 2")
        accounts = tx.rows("SELECT account FROM cases WHERE account IS NOT NULL LIMIT 1")
        chosen = product((None, *(row[0] for row in teams)), (None, "senior"), (None, *(row[0] for row in accounts)))
        narrowed = [Only(team=team, level=level, account=account) for team, level, account in chosen]
        for who, only in product((SYSTEM, Viewer("token:reader", "viewer"), *people), narrowed):
            assert lasting.counts(tx, who, only, LargeGroups()) == needs.counts(tx, who, only)
        assert lasting.counts(tx, SYSTEM)["escalated"] > 0


def test_only_the_end_of_an_instant_counts(database_url: str) -> None:
    here = world(database_url, STARTER)
    case = ids.from_text(here.open(subject="How do we rename a report?")["id"])
    [opened] = spans_of(here, case)
    owner = opened.stands.owner
    here.forward(HOUR)
    at = here.clock.now()
    names = {user.id: name for name, user in here.installation.people().by_name.items()}
    other = next(name for name in ("anna", "bo") if name != names.get(owner or 0))
    act(here, case, verbs.assign(here.viewer("lea"), other))
    assert [(span.began, span.ended) for span in spans_of(here, case)] == [(opened.began, at), (at, None)]
    act(here, case, verbs.assign(here.viewer("lea"), names[owner or 0]))
    assert spans_of(here, case) == [opened]


def test_what_is_missing_is_written_from_the_record(database_url: str) -> None:
    here = world(database_url, STARTER)
    cases = [ids.from_text(here.open(**(OUTAGE | {"external_id": name}))["id"]) for name in "abc"]
    here.forward(HOUR)
    act(here, cases[0], verbs.acknowledge(here.viewer("carl")))
    newest = migrate.head().post
    with here.installation.database.reading() as tx:
        before = sorted(spans.between(tx, min(cases), max(cases)))

    def older(tx: Tx) -> None:
        """As the release before leaves it: two cases without any, one with the last alone."""
        tx.run("DELETE FROM case_spans WHERE case_id <> ? OR ended IS NOT NULL", (cases[0],))
        tx.run("DELETE FROM alembic_version WHERE version_num = ?", (newest,))

    here.installation.writer.write(older)
    with here.installation.database.reading() as tx, pytest.raises(Unavailable, match="not written down yet"):
        spans.require(tx)
    here.installation.writer.close()
    spanning.complete(here.installation.database, here.clock)
    with here.installation.database.reading() as tx:
        assert sorted(spans.between(tx, min(cases), max(cases))) == before
        assert len(before) > 3
    here.installation.writer.write(lambda tx: tx.run("INSERT INTO alembic_version VALUES (?)", (newest,)))
