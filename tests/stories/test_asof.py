"""Now and a case as of an instant: what was live then, with the rights of today."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.stories.starter import OUTAGE, STARTER, act
from tests.testing import World, world
from tocsin.cases import queries, verbs
from tocsin.cases.asof import board as then_board
from tocsin.cases.asof import states
from tocsin.cases.queries import board
from tocsin.cases.queries.board import Board
from tocsin.cases.queries.needs import Only
from tocsin.core import ids
from tocsin.core.clock import HOUR, MINUTE
from tocsin.core.errors import NotFound
from tocsin.ledger import erasing

SEVERITIES = {"critical": 0, "high": 1, "medium": 2, "low": 3}


def live(there: World, name: str = "lea") -> Board:
    with there.installation.database.reading() as tx:
        return board.look(tx, there.viewer(name), SEVERITIES, there.clock.now(), 100)


def then(there: World, at: int, name: str = "lea") -> Board:
    with there.installation.database.reading() as tx:
        return then_board.look(tx, there.viewer(name), SEVERITIES, at, 100)


def case_then(there: World, case: int, at: int, name: str = "lea") -> Any:
    with there.installation.database.reading() as tx:
        return states.load(tx, there.viewer(name), case, at)


def opened(there: World, **body: Any) -> int:
    return ids.from_text(there.open(**(OUTAGE | body))["id"])


def test_a_case_as_of_each_of_its_instants_is_what_was_live_then(database_url: str) -> None:
    there = world(database_url, STARTER)
    case = opened(there, external_id="a")
    seen: dict[int, Any] = {}

    def look() -> None:
        with there.installation.database.reading() as tx:
            seen[there.clock.now()] = queries.load(tx, there.viewer("lea"), case)

    steps: list[Callable[[], None]] = [
        lambda: there.forward(20 * MINUTE),
        lambda: act(there, case, verbs.acknowledge(there.viewer("carl"))),
        lambda: there.forward(HOUR),
        lambda: act(there, case, verbs.assign(there.viewer("lea"), "bo")),
        lambda: act(there, case, verbs.resolve(there.viewer("carl"), "Done.")),
        lambda: there.forward(HOUR),
        lambda: act(there, case, verbs.reopen(there.viewer("carl"), "It is back.")),
        lambda: there.forward(3 * HOUR),
    ]
    look()
    for step in steps:
        step()
        look()
    assert len(seen) == 5
    for at, state in seen.items():
        assert case_then(there, case, at).state == state
    with pytest.raises(NotFound, match="opened later"):
        case_then(there, case, min(seen) - 1)


def test_now_as_of_an_instant_is_what_it_showed_then(database_url: str) -> None:
    there = world(database_url, STARTER)
    taken = opened(there, external_id="taken")
    question = ids.from_text(there.open(subject="How do we rename a report?")["id"])
    seen = {there.clock.now(): live(there)}
    there.forward(20 * MINUTE)
    act(there, taken, verbs.acknowledge(there.viewer("carl")))
    opened(there, external_id="later")
    seen[there.clock.now()] = live(there)
    there.forward(HOUR)
    act(there, taken, verbs.resolve(there.viewer("carl"), "Done."))
    act(there, question, verbs.assign(there.viewer("lea"), "bo"))
    seen[there.clock.now()] = live(there)
    there.forward(30 * HOUR)
    assert {at: then(there, at) for at in seen} == seen
    assert [len(found.escalated) for found in seen.values()] == [1, 2, 1]


def test_it_is_narrowed_then_as_it_is_now(database_url: str) -> None:
    there = world(database_url, STARTER)
    opened(there, external_id="a")
    there.open(subject="How do we rename a report?")
    with there.installation.database.reading() as tx:
        who, at = there.viewer("lea"), there.clock.now()
        [row] = board.look(tx, who, SEVERITIES, at, 100).escalated
        case = row.state.case
        chosen = (Only(level="executive"), Only(level="standard"), Only(team=case.team), Only(account=case.account))
        for only in (*chosen, Only(team="none")):
            now = board.look(tx, who, SEVERITIES, at, 100, only)
            assert then_board.look(tx, who, SEVERITIES, at, 100, only) == now
        amounts = [then_board.counts(tx, who, at, only)["open"] for only in (chosen[0], chosen[1], Only(team="none"))]
    assert amounts == [1, 1, 0]


def test_who_may_see_it_today_sees_it_then_and_nobody_else(database_url: str) -> None:
    there = world(database_url, STARTER)
    case = opened(there, external_id="secret")
    before = there.clock.now()
    there.forward(MINUTE)
    act(there, case, verbs.restrict(there.viewer("lea"), ["lea"], "legal"))
    assert [row.state.case.id for row in then(there, before, "lea").escalated] == [case]
    hidden = then(there, before, "bo")
    assert (hidden.escalated, hidden.counts["open"]) == ([], 0)
    with pytest.raises(NotFound, match="there is no case"):
        case_then(there, case, before, "bo")


def test_what_was_erased_is_erased_then_too(database_url: str) -> None:
    there = world(database_url, STARTER)
    case = opened(there, external_id="a")
    before, was = there.clock.now(), live(there)
    there.forward(20 * MINUTE)
    journal = there.installation.journal
    there.installation.writer.write(
        lambda tx: erasing.erase(tx, journal, case, (1, 2), by="user:lea", reason="asked to be forgotten"),
        cases=[case],
    )
    found = case_then(there, case, before)
    assert (found.state.case.subject, found.decision) == (states.ERASED, None)
    assert "subject" in found.erased
    assert (found.state.case.level, found.state.case.number) == ("executive", 1)
    now = then(there, before)
    assert (now.counts, [row.state.case.id for row in now.escalated]) == (was.counts, [case])
    [row] = now.escalated
    assert (row.state.case.subject, row.ticket.body) == (states.ERASED, None)
