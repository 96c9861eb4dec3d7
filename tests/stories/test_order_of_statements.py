"""Statements of one source that come late or out of order: in the end the case stands as in the source's own order."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stories.process import OUTAGE, PEOPLE, POLICY, QUESTION, act, at, events, on_call, paged, state, until
from tests.stories.signalling import take, taken
from tests.testing import World, world
from tocsin.cases import queries, verbs
from tocsin.cases.opening import Opened
from tocsin.core import instants
from tocsin.core.clock import HOUR, MINUTE, SECOND
from tocsin.people.permissions import SYSTEM
from tocsin.policy.decision import from_bytes

EIGHT = at("2026-03-02T08:00:00Z")
DESK = QUESTION | {"source": "desk", "external_id": "D-1"}
MONITOR = OUTAGE | {"source": "alertmanager", "external_id": "M-1"}


@pytest.fixture
def here(database_url: str) -> Iterator[World]:
    made = world(database_url, POLICY, people=PEOPLE, start=EIGHT)
    yield made
    made.installation.close()


def time(clock: str) -> str:
    return f"2026-03-02T{clock}Z"


def say(here: World, ticket: dict[str, Any], arrives: str, status: str, occurred: str, **more: Any) -> Any:
    until(here, at(time(arrives)))
    return take(here, ticket, status=status, occurred_at=time(occurred), **more)


def is_over(here: World, case: int) -> bool:
    """Whether nobody is any more asked to work on it: an end that was contested is none."""
    found = state(here, case).case
    claimed = found.resolution_claimed_at
    contested = claimed is not None and (found.contested_at or 0) > claimed
    return found.state != "open" or found.recovered_at is not None or (claimed is not None and not contested)


@pytest.mark.parametrize("numbered", [False, True], ids=["times", "times and numbers"])
@pytest.mark.parametrize("late", ["10:06:03 10:06:05", "10:20:00 10:40:00"], ids=["seconds", "minutes"])
def test_a_desk_whose_deliveries_are_late_opens_again(here: World, late: str, numbered: bool) -> None:
    solved, again = late.split()
    said = [("10:00:00", "new", "10:00:00"), (solved, "solved", "10:06:00"), (again, "open", "10:06:02")]
    for number, (arrives, status, occurred) in enumerate(said):
        answer = say(here, DESK, arrives, status, occurred, **({"sequence": number + 1} if numbered else {}))
    assert (answer.effect, answer.state.case.state) == ("reopened", "open")


def test_an_alert_that_fires_again_pages_though_its_end_came_first(here: World) -> None:
    say(here, MONITOR, "10:01:05", "resolved", "10:01:00")
    first = say(here, MONITOR, "10:03:00", "firing", "10:00:00")
    assert first.state.case.state == "resolved"
    assert paged(here) == []
    assert say(here, MONITOR, "10:03:10", "firing", "10:02:00").effect == "reopened"
    here.forward(MINUTE)
    assert paged(here)


@pytest.mark.parametrize("began", ["10:04:50", "10:00:00"], ids=["anew, just before", "it goes on"])
def test_a_firing_that_comes_after_a_person_resolved_opens_again(here: World, began: str) -> None:
    case = say(here, MONITOR, "10:00:30", "firing", "10:00:00").state.case.id
    act(here, case, verbs.acknowledge(here.viewer(on_call(here))))
    until(here, at(time("10:05:00")))
    act(here, case, verbs.resolve(here.viewer("carl"), "fixed"))
    before = len(paged(here))
    assert say(here, MONITOR, "10:05:20", "firing", began).effect == "reopened"
    here.forward(MINUTE)
    assert len(paged(here)) > before


def test_a_firing_of_before_the_end_that_its_source_told_begins_nothing(here: World) -> None:
    case = say(here, MONITOR, "10:00:30", "firing", "10:00:00").state.case.id
    say(here, MONITOR, "10:04:00", "resolved", "10:03:00")
    until(here, at(time("10:05:00")))
    act(here, case, verbs.resolve(here.viewer("carl"), "fixed"))
    assert say(here, MONITOR, "10:09:00", "firing", "10:02:00").effect == "recorded"
    assert say(here, MONITOR, "10:10:00", "firing", "10:04:50").effect == "reopened"


def test_a_newer_change_of_tags_does_not_swallow_that_it_is_open_again(here: World) -> None:
    say(here, DESK, "10:00:00", "new", "10:00:00")
    say(here, DESK, "10:06:00", "solved", "10:06:00")
    until(here, at(time("10:08:00")))
    taken(here, {"source": "desk", "external_id": "D-1"}, tags=["vip"], users_affected=9, occurred_at=time("10:07:30"))
    answer = say(here, DESK, "10:09:00", "open", "10:07:00", users_affected=2, tags=["old"])
    assert (answer.effect, "newer facts" in answer.says) == ("reopened", True)
    with here.installation.database.reading() as tx:
        stored = queries.decision_bytes(tx, SYSTEM, answer.state.case.id)
    assert stored is not None
    facts = from_bytes(stored).facts["case"]
    assert (facts["tags"], facts["users_affected"]) == (["vip"], 9), "facts are those of the newest message"
    assert say(here, DESK, "10:10:00", "solved", "10:06:30").effect == "recorded"


def test_a_reply_that_is_overtaken_by_a_change_of_tags_is_kept(here: World) -> None:
    case = say(here, DESK, "10:00:00", "new", "10:00:00").state.case.id
    until(here, at(time("10:08:00")))
    ticket = {"source": "desk", "external_id": "D-1"}
    taken(here, ticket, tags=["vip"], occurred_at=time("10:07:30"))
    taken(here, ticket, kind="reply", body="still down", occurred_at=time("10:07:00"))
    assert [event.payload["text"] for event in events(here, case, "case.replied")] == ["still down"]


def test_a_source_whose_clock_is_ahead_is_still_heard_in_its_own_order(here: World) -> None:
    say(here, DESK, "10:00:00", "new", "10:00:20")
    answer = say(here, DESK, "10:06:03", "open", "10:06:22")
    assert say(here, DESK, "10:06:30", "solved", "10:06:20").effect == "recorded"
    assert state(here, answer.state.case.id).case.state == "open"


WORDS = {
    "a desk, a question": (DESK, ("new", "solved", "reopened", "pending"), ("occurred_at",)),
    "a desk, an outage": (OUTAGE | {"source": "desk"}, ("new", "pending", "solved", "reopened"), ("sequence",)),
    "a monitor": (MONITOR, ("firing", "resolved", "firing", "no data"), ("occurred_at", "sequence")),
    "ends in an end": (MONITOR, ("firing", "no data", "firing", "resolved"), ("occurred_at",)),
}


@pytest.mark.parametrize("name", WORDS)
def test_in_whatever_order_and_however_late_they_come_the_end_is_the_sources(here: World, name: str) -> None:
    ticket, words, keys = WORDS[name]
    over = words[-1] == "resolved"
    for order in itertools.permutations(range(len(words))):
        known = ticket | {"external_id": "".join(map(str, order))}
        answers = []
        for place in order:
            stamps = {"occurred_at": instants.to_text(EIGHT - HOUR + place * MINUTE), "sequence": place + 1}
            answers.append(take(here, known, status=words[place], **{key: stamps[key] for key in keys}))
            here.clock.set(here.clock.now() + SECOND)
        case = next(one for one in reversed(answers) if isinstance(one, Opened)).state.case.id
        assert is_over(here, case) is over, f"they came as {[words[place] for place in order]}"
