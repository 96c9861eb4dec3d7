"""Now, on a real database: which escalations come first, what is counted, what nobody but those named sees."""

import time
from typing import Any

import pytest

from tests.stories.starter import OUTAGE, STARTER
from tests.testing import World, world
from tocsin.cases import acting, verbs
from tocsin.cases.asof import board as asof_board
from tocsin.cases.queries import board
from tocsin.cases.queries.board import Board
from tocsin.core import ids
from tocsin.core.clock import HOUR, MINUTE
from tocsin.notify import outcomes

SEVERITIES = {"critical": 0, "high": 1, "medium": 2, "low": 3}


def look(there: World, name: str = "lea", limit: int = 100) -> Board:
    now = there.clock.now()
    with there.installation.database.reading() as tx:
        return board.look(tx, there.viewer(name), SEVERITIES, now, limit)


def act(there: World, case: dict[str, Any], plan: Any) -> None:
    number = ids.from_text(case["id"])
    installation = there.installation
    installation.writer.write(lambda tx: acting.act(tx, installation.desk, number, plan), cases=(number,))


def outage(there: World, name: str) -> dict[str, Any]:
    return there.open(**(OUTAGE | {"external_id": name, "subject": f"API is down {name}"}))


def numbers(seen: Board) -> list[int]:
    return [row.state.case.number for row in seen.escalated]


def test_what_nobody_has_answered_comes_first_and_what_waits_last(database_url: str) -> None:
    there = world(database_url, STARTER)
    held, taken, open_ = (outage(there, name) for name in "abc")
    question = there.open(subject="How do we rename a report?")
    act(there, taken, verbs.acknowledge(there.viewer("carl")))
    act(there, held, verbs.acknowledge(there.viewer("carl")))
    act(there, held, verbs.hold(there.viewer("carl"), "waits for logs", there.clock.now() + HOUR))
    seen = look(there)
    assert numbers(seen) == [open_["number"], taken["number"], held["number"]]
    first = seen.escalated[0]
    assert first.how.unanswered
    assert first.how.next is not None
    assert (first.how.next.clock, first.how.risk) == ("acknowledge", "low")
    [climb] = first.state.live()
    with there.installation.database.reading() as tx:
        assert {"carl", "dora"} & set(outcomes.names_of_paged(tx, [climb.id])[climb.id])
    assert first.ticket.customer == "acme"
    assert seen.counts["open"] == 4
    assert (seen.counts["escalated"], seen.counts["unanswered"], seen.counts["breached"]) == (3, 1, 0)
    assert question["number"] not in numbers(seen)

    there.forward(16 * MINUTE)
    late = look(there)
    assert [run.clock for run in late.escalated[0].how.late] == ["acknowledge"]
    assert late.escalated[0].how.risk == "late"
    assert late.counts["breached"] == 1
    assert numbers(late)[0] == open_["number"]


def test_a_missed_answer_comes_before_one_that_has_time_left(database_url: str) -> None:
    there = world(database_url, STARTER)
    late = outage(there, "late")
    there.forward(16 * MINUTE)
    fresh = outage(there, "fresh")
    seen = look(there)
    assert numbers(seen) == [late["number"], fresh["number"]]
    assert seen.escalated[0].how.missed_at == there.clock.now() - MINUTE


def test_of_more_than_are_sorted_those_that_nobody_has_are_never_left_out(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = world(database_url, STARTER)
    taken, held, last = (outage(there, name) for name in "abc")
    for case in (taken, held):
        act(there, case, verbs.acknowledge(there.viewer("carl")))
    act(there, held, verbs.hold(there.viewer("carl"), "waits for logs", there.clock.now() + HOUR))
    monkeypatch.setattr(board, "MOST_SORTED", 1)
    assert numbers(look(there)) == [last["number"]]
    monkeypatch.setattr(board, "MOST_SORTED", 2)
    assert numbers(look(there)) == [last["number"], taken["number"]]


def test_a_confidential_case_is_nowhere_on_it(database_url: str) -> None:
    there = world(database_url, STARTER)
    case = outage(there, "secret")
    act(there, case, verbs.restrict(there.viewer("lea"), ["lea"], "legal"))
    assert numbers(look(there, "lea")) == [case["number"]]
    assert (look(there, "bo").escalated, look(there, "bo").counts["open"]) == ([], 0)


def test_five_hundred_escalations_are_counted_and_the_first_shown(database_url: str) -> None:
    there = world(database_url, STARTER)
    first = outage(there, "0")
    for name in range(1, 500):
        outage(there, str(name))
    began = time.process_time()
    seen = look(there, limit=100)
    assert time.process_time() - began < 5
    assert (len(seen.escalated), seen.counts["escalated"]) == (100, 500)
    assert seen.escalated[0].state.case.number == first["number"]


def test_escalations_and_cases_without_an_owner_share_what_is_shown(database_url: str) -> None:
    there = world(database_url, STARTER.replace("least_loaded", "none"))

    def shown(limit: int) -> tuple[int, int]:
        now, who = there.clock.now(), there.viewer("lea")
        with there.installation.database.reading(now) as tx:
            seen = board.look(tx, who, SEVERITIES, now, limit, shared=True)
            assert asof_board.look(tx, who, SEVERITIES, now, limit, shared=True) == seen
        return len(seen.escalated), len(seen.unowned)

    for name in "abc":
        outage(there, name)
        there.open(subject=f"How do we rename the report {name}?")
    assert [shown(limit) for limit in (2, 4, 8)] == [(1, 1), (2, 2), (3, 3)]
    for name in "de":
        outage(there, name)
    assert [shown(limit) for limit in (5, 7, 8)] == [(3, 2), (4, 3), (5, 3)]
