"""History that was over when it was imported is over here, since then; and the record of it is as sound as any."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stories.starter import OUTAGE, STARTER, act, assert_sound, erase, kinds, pages, rows
from tests.testing import World, world
from tocsin.cases import verbs
from tocsin.cases.opening import Opened
from tocsin.core import instants
from tocsin.core.clock import DAY, HOUR
from tocsin.intake import importing, signals
from tocsin.intake.importing import Became, Row
from tocsin.people.permissions import SYSTEM
from tocsin.policy.body import to_body

RESOLVED, CLOSED = "2024-03-12T09:41:00Z", "2024-03-14T10:00:00Z"


@pytest.fixture
def here(database_url: str) -> Iterator[World]:
    made = world(database_url, STARTER)
    yield made
    made.installation.close()


def take(here: World, *some: Row, live: bool = False) -> list[str]:
    installation = here.installation
    answers = importing.take(some, SYSTEM, installation.writer, installation.take, live=live)
    assert all(isinstance(answer, Became) for answer in answers), answers
    return [answer.effect for answer in answers if isinstance(answer, Became)]


def row(key: str, state: str | None, **more: Any) -> Row:
    times = {name: more.pop(name) for name in ("resolved_at", "closed_at") if name in more}
    return Row(2, {**OUTAGE, "source": "old", **more}, key.encode().hex(), state, **times)  # type: ignore[arg-type]


def stands(here: World) -> list[Any]:
    return rows(here, "SELECT state, resolved_at, closed_at FROM cases")


def test_a_closed_ticket_is_a_closed_case_since_then(here: World) -> None:
    assert take(here, row("1", "closed", resolved_at=RESOLVED, closed_at=CLOSED)) == ["opened"]
    assert stands(here) == [("closed", instants.from_text(RESOLVED), instants.from_text(CLOSED))]
    [(case,)] = rows(here, "SELECT id FROM cases")
    assert kinds(here, case) == ["case.opened", "case.decided", "case.resolved", "case.closed"]
    here.forward(2 * DAY)
    assert (pages(here), rows(here, "SELECT * FROM clocks")) == ([], [])
    assert_sound(here, case)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"state": "resolved", "resolved_at": RESOLVED}, ("resolved", RESOLVED, None)),
        ({"state": "closed", "closed_at": CLOSED}, ("closed", CLOSED, CLOSED)),
        ({"state": "resolved", "resolved_at": "2199-01-01T00:00:00Z"}, ("resolved", "now", None)),
        ({"state": "closed"}, ("closed", "now", "now")),
        ({"state": "open"}, ("open", None, None)),
        ({"state": None}, ("open", None, None)),
    ],
)
def test_times_that_the_file_does_not_say(here: World, given: dict[str, Any], expected: tuple[str, Any, Any]) -> None:
    now = here.clock.now()
    take(here, row("1", **given))
    wanted = [now if time == "now" else time and instants.from_text(time) for time in expected[1:]]
    assert stands(here) == [(expected[0], *wanted)]


def test_later_rows_move_history_on_and_back(here: World) -> None:
    assert take(here, row("1", "open")) == ["opened"]
    assert take(here, row("2", "resolved", resolved_at=RESOLVED)) == ["changed"]
    assert take(here, row("3", "closed", resolved_at=RESOLVED, closed_at=CLOSED)) == ["changed"]
    assert take(here, row("3", "closed", resolved_at=RESOLVED, closed_at=CLOSED)) == ["unchanged"]
    assert stands(here) == [("closed", instants.from_text(RESOLVED), instants.from_text(CLOSED))]
    assert take(here, row("4", "open", users_affected=9)) == ["changed"]
    assert stands(here) == [("open", None, None)]
    [(case,)] = rows(here, "SELECT id FROM cases")
    here.forward(DAY)
    assert pages(here) == []
    assert_sound(here, case)


def test_what_people_work_on_is_theirs(here: World) -> None:
    take(here, row("1", "open"))
    [(case,)] = rows(here, "SELECT id FROM cases")
    act(here, case, verbs.assign(here.viewer("lea"), "bo"))
    assert take(here, row("2", "closed", closed_at=CLOSED)) == ["live"]
    assert stands(here)[0][0] == "open"


def test_a_reply_to_a_ticket_that_was_over_long_ago_opens_another_case(here: World) -> None:
    take(here, row("1", "closed", resolved_at=RESOLVED, closed_at=CLOSED))
    given = {"external_id": OUTAGE["external_id"], "source": "old", "subject": "Again", "body": "Down again"}
    signal = signals.Signal(to_body(given), "ticket", SYSTEM, given)
    opened = here.installation.writer.write(lambda tx: signals.receive(tx, here.installation.desk, signal))
    assert isinstance(opened, Opened)
    assert (opened.new, opened.state.case.imported) == (True, False)
    assert sorted(state for state, *_ in stands(here)) == ["closed", "open"]


def test_of_a_backlog_only_what_is_open_is_live(here: World) -> None:
    take(here, row("1", "closed", closed_at=CLOSED), live=True)
    here.forward(HOUR)
    assert (pages(here), stands(here)[0][0]) == ([], "closed")
    take(here, row("2", "open", external_id="Z-2"), live=True)
    here.forward(HOUR)
    assert pages(here)


@pytest.mark.parametrize("wanted", ["case.resolved", "case.closed", "case.opened"])
def test_what_is_erased_of_it_is_not_missed(here: World, wanted: str) -> None:
    take(here, row("1", "closed", resolved_at=RESOLVED, closed_at=CLOSED))
    [(case,)] = rows(here, "SELECT id FROM cases")
    erase(here, case, wanted)
    assert_sound(here, case)
