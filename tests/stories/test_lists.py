"""Lists of cases in every order and by every filter, against the same computed here one case by one; and their
counts."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stories import invariants
from tests.stories.starter import OUTAGE, STARTER, act, opened
from tests.testing import Databases, World, world
from tocsin.cases import store, verbs
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.queries import asked, counting, listing
from tocsin.cases.queries.counting import ViewCounts
from tocsin.cases.queries.listing import Filter, Sort
from tocsin.core.clock import HOUR, SECOND
from tocsin.core.errors import InvalidInput
from tocsin.people.permissions import SYSTEM, Viewer

SEVERITIES = ("critical", "high", "medium", "low")
NEVER = (1 << 63) - 1


@pytest.fixture(scope="module")
def here(databases: Databases) -> Iterator[World]:
    """For tests that only read."""
    made = world(databases.new(), STARTER)
    yield made
    made.installation.close()
    assert invariants.broken_in(made.url) == []


@pytest.fixture(scope="module")
def cases(here: World) -> list[int]:
    return twelve(here)


def twelve(here: World) -> list[int]:
    made = []
    for number in range(12):
        about: dict[str, Any] = OUTAGE if number % 4 == 0 else {"subject": f"Question {number}"}
        account = {"external_id": f"c{number % 3}", "name": ("Zeta", "alpha", "Mu")[number % 3]}
        about = about | {
            "external_id": f"T-{number}",
            "account": account,
            "product_area": ("api", "billing")[number % 2],
        }
        made.append(opened(here, about if number % 5 else about | {"account": None}))
        here.forward(HOUR)
    lea = here.viewer("lea")
    act(here, made[1], verbs.hold(lea, "waits for the customer"))
    act(here, made[2], verbs.assign(lea, "carl"))
    act(here, made[3], verbs.resolve(lea, "done"))
    act(here, made[8], verbs.acknowledge(lea))
    act(here, made[6], verbs.restrict(lea, ["lea"], "not public"))
    return made


def names(here: World, viewer: Viewer, wanted: Filter) -> list[int]:
    """The whole list, three at a time."""
    found: list[int] = []
    while True:
        with here.installation.database.reading() as tx:
            part, behind = listing.listed(tx, viewer, wanted._replace(limit=3))
        found += [state.case.id for state in part]
        if behind is None:
            return found
        wanted = wanted._replace(behind=behind)


def every(here: World, cases: list[int]) -> list[Aggregate]:
    with here.installation.database.reading() as tx:
        return list(store.load_many(tx, cases).values())


def due(state: Aggregate) -> int:
    return min((run.due_at for run in state.clocks if run.outcome is None and run.paused_at is None), default=NEVER)


def unanswered(state: Aggregate) -> bool:
    case = state.case
    return case.state == "open" and case.level != "standard" and case.acknowledged_at is None and case.parent is None


@pytest.mark.parametrize("sort", listing.SORTS)
def test_orders(here: World, cases: list[int], sort: Sort) -> None:
    rank = {"executive": 2, "senior": 1, "standard": 0}
    people = here.installation.people()
    customers = {None: "", **{state.case.account: "" for state in every(here, cases)}}
    with here.installation.database.reading() as tx:
        for account in list(customers):
            row = tx.row("SELECT external_id FROM accounts WHERE id = ?", (account,))
            customers[account] = {"c0": "Zeta", "c1": "alpha", "c2": "Mu"}[row[0]] if row else ""
    keys: dict[str, Any] = {
        "newest": lambda state: -state.case.id,
        "oldest": lambda state: state.case.id,
        "age": lambda state: (state.case.opened_at, state.case.id),
        "urgency": lambda state: (-rank[state.case.level], -round(state.case.score), state.case.id),
        "unanswered": lambda state: (not unanswered(state), *keys["urgency"](state)),
        "level": lambda state: (-rank[state.case.level], state.case.id),
        "due": lambda state: (due(state), state.case.id),
        "severity": lambda state: (SEVERITIES.index(state.case.severity), state.case.id),
        "owner": lambda state: (state.case.owner is None, people.name_of(state.case.owner) or "", state.case.id),
        "account": lambda state: (state.case.account is None, customers[state.case.account].lower(), state.case.id),
    }
    expected = [state.case.id for state in sorted(every(here, cases), key=keys[sort])]
    assert names(here, SYSTEM, Filter({}, sort=sort, severities=SEVERITIES)) == expected
    seen = names(here, here.viewer("carl"), Filter({}, sort=sort, severities=SEVERITIES))
    assert cases[6] not in seen
    assert set(seen) == set(cases) - {cases[6]}


def test_what_nobody_answered_comes_first_however_much_it_is(
    here: World, cases: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, carl = Filter({}, sort="unanswered"), here.viewer("carl")
    few = names(here, carl, wanted)
    assert few[:2] == [cases[0], cases[4]], "the oldest of them first"
    assert few.index(cases[8]) == 2, "the same, but somebody has it"
    monkeypatch.setattr(listing, "_KNOWN", 1)
    assert names(here, carl, wanted) == few
    assert names(here, carl, Filter({"state": "resolved"}, sort="unanswered")) == [cases[3]]
    assert names(here, carl, Filter({}, words="question", sort="unanswered")) == few[3:]


@pytest.mark.parametrize(
    ("fields", "holds"),
    [
        ({"state": "open"}, lambda case: case.state == "open"),
        ({"level": "senior", "sort": "due"}, lambda case: case.level == "senior"),
        ({"kind": "technical"}, lambda case: case.kind == "technical"),
        ({"severity": "critical", "sort": "severity"}, lambda case: case.severity == "critical"),
        ({"product_area": "billing"}, lambda case: case.product_area == "billing"),
        ({"team": "billing"}, lambda case: case.team == "billing"),
        ({"type": "outage"}, lambda case: case.type == "outage"),
        ({"live": True, "sort": "due"}, lambda case: case.state == "open"),
        ({"external_id": "T-7"}, lambda case: case.external_id == "T-7"),
        ({"q": "question", "state": "open", "sort": "due"}, lambda case: case.state == "open" and "Q" in case.subject),
    ],
)
def test_filters(here: World, cases: list[int], fields: dict[str, Any], holds: Any) -> None:
    desk, now = here.installation.desk, here.clock.now()
    for viewer in (SYSTEM, here.viewer("carl")):
        with here.installation.database.reading() as tx:
            wanted = asked.narrowed(tx, desk, viewer, asked.read(fields), now)
            counted = listing.count(tx, viewer, wanted, 1200)
        found = names(here, viewer, wanted)
        seen = [state.case for state in every(here, cases) if viewer is SYSTEM or not state.case.confidential]
        assert set(found) == {case.id for case in seen if holds(case)}
        assert found or viewer is not SYSTEM
        assert counted == (len(found), False)


def test_me_is_whoever_asks(here: World, cases: list[int]) -> None:
    desk, mine = here.installation.desk, asked.read({"owner": "me", "account": "c2"})
    with here.installation.database.reading() as tx:
        wanted = asked.narrowed(tx, desk, here.viewer("carl"), mine, here.clock.now())
        with pytest.raises(InvalidInput):
            asked.narrowed(tx, desk, SYSTEM, mine, here.clock.now())
    assert names(here, here.viewer("carl"), wanted) == [cases[2]]


def test_counts_stop_at_a_limit_and_many_are_known_for_some_seconds(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = world(database_url, STARTER)
    twelve(here)
    monkeypatch.setattr(counting, "_FEW", 5)
    counts, now = ViewCounts(), here.clock.now()
    with here.installation.database.reading() as tx:
        assert listing.count(tx, SYSTEM, Filter({}), 5) == (5, True)
        assert listing.count(tx, SYSTEM, Filter({}), 12) == (12, False)
        assert counts.of(tx, here.viewer("carl"), Filter({}), now) == (11, False)
        assert counts.of(tx, here.viewer("lea"), Filter({}), now) == (12, False)
    here.open(subject="One more")
    with here.installation.database.reading() as tx:
        assert counts.of(tx, here.viewer("carl"), Filter({}), now + 4 * SECOND) == (11, False)
        assert counts.of(tx, SYSTEM, Filter({}), now + 4 * SECOND) == (12, False), "others are counted once for all"
        assert counts.of(tx, here.viewer("carl"), Filter({}), now + 5 * SECOND) == (12, False)
    here.installation.close()
