"""Somebody calls people into a case: they are paged at once, again until somebody answers, and it is told who comes."""

from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.responses import Response

from tests.stories.conftest import Stage
from tests.stories.process import (
    OUTAGE,
    QUESTION,
    act,
    assert_proved,
    at,
    climbs,
    clock,
    events,
    on_call,
    opened,
    state,
    told,
    until,
)
from tests.testing import World
from tocsin.cases import actions, staging, verbs
from tocsin.core.clock import MINUTE
from tocsin.core.errors import Forbidden, InvalidInput, NotAllowed
from tocsin.core.wording import plain
from tocsin.people.permissions import Viewer
from tocsin.web.pages import acknowledging as web

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday


def rung(here: World) -> list[tuple[int, str]]:
    """Every page of a call-in that went out: when, and to whom."""
    return [(page["at"], page["to"]) for page in here.outbox.sent if page["type"] == "call"]


def call_in(here: World, case: int, by: str, **given: Any) -> None:
    act(here, case, verbs.call_in(here.viewer(by), **given))
    here.installation.step_all()


def link(here: World, method: Any, page: dict[str, Any]) -> tuple[int, str]:
    """The status and the text of the page behind the link of a message."""
    token = page["acknowledge_link"].rpartition("/")[2]
    request = SimpleNamespace(state=SimpleNamespace(installation=here.installation), headers={})
    answer: Response = method(token, request)
    return answer.status_code, bytes(answer.body).decode()


def allowed(here: World, case: int, name: str, verb: Any) -> str | None:
    with here.installation.database.reading(here.clock.now()) as tx:
        found = state(here, case)
        scene = staging.scenes(tx, here.installation.desk, [found])[case]
        said = actions.why_not(here.viewer(name), verb, found, scene)
        return None if said is None else plain(said)


def test_a_person_is_paged_at_once_and_their_answer_is_told(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    call_in(here, case, "anna", user="carl", reason="he knows the export")
    assert rung(here) == [(NINE, "carl")]
    [page] = [page for page in here.outbox.sent if page["type"] == "call"]
    assert page["call"] == {"who": "carl", "caller": "anna", "reason": "he knows the export", "round": 1, "rounds": 3}
    assert "anna calls you in: “he knows the export”." in page["text"]
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    [call] = state(here, case).calls
    assert (call.state, call.answered_by) == ("answered", here.viewer("carl").user)
    assert told(here, case, "call") == [(NINE, ["anna"])]
    until(here, NINE + 20 * MINUTE)
    assert rung(here) == [(NINE, "carl")], "whoever comes is not paged again"
    assert state(here, case).case.acknowledged_at is None, "a call-in is no escalation"
    assert_proved(here)


def test_nobody_answers_and_the_caller_is_told(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    call_in(here, case, "anna", user="carl")
    until(here, NINE + 20 * MINUTE)
    assert rung(here) == [(NINE + minutes * MINUTE, "carl") for minutes in (0, 5, 10)]
    assert told(here, case, "call") == [(NINE + 15 * MINUTE, ["anna"])]
    assert [event.payload["state"] for event in events(here, case, "call.ended")] == ["unanswered"]
    with pytest.raises(NotAllowed):
        act(here, case, verbs.acknowledge(here.viewer("carl")))
    call_in(here, case, "anna", user="carl")
    assert rung(here)[-1] == (NINE + 20 * MINUTE, "carl"), "they may be called again"
    assert_proved(here)


def test_whoever_called_takes_it_back_while_nobody_has_answered(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    call_in(here, case, "anna", user="carl", bridge="https://meet.example.com/17")
    until(here, NINE + 12 * MINUTE)
    assert len(rung(here)) == 3
    act(here, case, verbs.undo(here.viewer("anna")))
    until(here, NINE + 40 * MINUTE)
    assert len(rung(here)) == 3, "nobody is paged any more"
    assert told(here, case, "call") == [], "and that nobody came is no news"
    [call] = state(here, case).calls
    assert (call.state, call.next_at, state(here, case).case.bridge) == ("withdrawn", None, None)
    [page] = [page for page in here.outbox.sent if page["type"] == "call"][:1]
    assert link(here, web.acknowledge, page)[0] == 409, "the link of a page answers nothing any more"
    with pytest.raises(NotAllowed):
        act(here, case, verbs.acknowledge(here.viewer("carl")))
    call_in(here, case, "anna", user="carl")
    assert len(rung(here)) == 4, "they may be called again"
    assert_proved(here)


@pytest.mark.parametrize("how", ["answered", "declined", "too late"])
def test_a_call_in_that_has_ended_is_not_taken_back(stage: Stage, how: str) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    call_in(here, case, "anna", user="carl")
    here.forward(MINUTE)
    if how == "answered":
        act(here, case, verbs.acknowledge(here.viewer("carl")))
    elif how == "declined":
        act(here, case, verbs.decline(here.viewer("carl")))
        here.installation.step_all()
    else:
        until(here, NINE + 15 * MINUTE)
    [call] = state(here, case).calls
    [started] = events(here, case, "call.started")
    with pytest.raises(NotAllowed, match="somebody has answered" if how == "answered" else "has ended already"):
        act(here, case, verbs.undo(here.viewer("anna"), started.seq))
    assert state(here, case).calls == [call]
    assert_proved(here)


def test_a_roster_is_called_with_its_backup_from_the_second_time_on(stage: Stage) -> None:
    here = stage(start=NINE)
    first, second = on_call(here), on_call(here, "backup")
    case = opened(here, QUESTION)
    call_in(here, case, "anna", roster="senior")
    assert rung(here) == [(NINE, first)]
    until(here, NINE + 6 * MINUTE)
    assert sorted(rung(here)[1:]) == sorted([(NINE + 5 * MINUTE, first), (NINE + 5 * MINUTE, second)])
    act(here, case, verbs.acknowledge(here.viewer(second)))
    assert state(here, case).calls[0].answered_by == here.viewer(second).user
    with pytest.raises(NotAllowed):
        act(here, case, verbs.acknowledge(here.viewer(first)))
    assert_proved(here)


def test_who_declines_hands_on_to_the_backup_at_once(stage: Stage) -> None:
    here = stage(start=NINE)
    first, second = on_call(here), on_call(here, "backup")
    case = opened(here, QUESTION)
    call_in(here, case, "anna", roster="senior")
    act(here, case, verbs.decline(here.viewer(first), "on a train"))
    here.installation.step_all()
    assert rung(here) == [(NINE, first), (NINE, second)]
    act(here, case, verbs.decline(here.viewer(second)))
    here.installation.step_all()
    assert [event.payload["state"] for event in events(here, case, "call.ended")] == ["declined"]
    assert told(here, case, "call") == [(NINE, ["anna"])]
    assert_proved(here)


def test_a_team_is_called_by_its_roster_then_with_its_lead(stage: Stage) -> None:
    here = stage(start=NINE)
    first, second = on_call(here), on_call(here, "backup")
    case = opened(here, QUESTION)
    call_in(here, case, "anna", team="support")
    until(here, NINE + 5 * MINUTE)
    assert rung(here)[0] == (NINE, first)
    assert {name for _, name in rung(here)[1:]} == {first, second, "lea"}
    assert_proved(here)


@pytest.mark.parametrize("asked", [{"roster": "senior"}, {"team": "support"}])
def test_nobody_calls_themselves_in(stage: Stage, asked: dict[str, str]) -> None:
    """Whoever is on call and calls for help wants the others: the next of them are paged at once."""
    here = stage(start=NINE)
    first, second = on_call(here), on_call(here, "backup")
    case = opened(here, QUESTION)
    call_in(here, case, first, **asked)
    assert (NINE, second) in rung(here)
    until(here, NINE + 20 * MINUTE)
    assert first not in {name for _, name in rung(here)}
    assert told(here, case, "call")[-1][1] == [first]
    assert_proved(here)


def test_who_is_paged_and_called_in_declines_both_at_once(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    first = on_call(here)
    call_in(here, case, "anna", user=first)
    act(here, case, verbs.decline(here.viewer(first), "on a train"))
    assert state(here, case).calls[0].state == "declined"
    assert [event.payload["by"] for event in events(here, case, "path.declined")]
    assert climbs(here, case)[-1] == ("senior", "climbing")
    assert told(here, case, "call")[-1][1] == ["anna"]
    assert_proved(here)


def test_the_path_goes_on_when_whoever_it_does_not_call_answers_the_call_in(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    here.installation.step_all()
    call_in(here, case, "anna", user="bo")
    act(here, case, verbs.acknowledge(here.viewer("bo")))
    assert state(here, case).calls[0].state == "answered"
    assert climbs(here, case) == [("senior", "climbing")]
    assert state(here, case).case.technical_lead is None
    assert clock(here, case, "acknowledge").outcome is None
    with pytest.raises(Forbidden):
        act(here, case, verbs.acknowledge(here.viewer("bo")))
    assert_proved(here)


def test_whoever_the_path_calls_answers_both(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    call_in(here, case, "anna", user="lea")
    act(here, case, verbs.acknowledge(here.viewer("lea")))
    assert state(here, case).calls[0].state == "answered"
    assert climbs(here, case) == [("senior", "acknowledged")]
    assert state(here, case).case.technical_lead == here.viewer("lea").user
    assert clock(here, case, "acknowledge").outcome == "met"
    assert_proved(here)


def test_the_links_of_the_page_answer_the_call_in(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    call_in(here, case, "anna", user="carl")
    [page] = [page for page in here.outbox.sent if page["type"] == "call"]
    status, text = link(here, web.look, page)
    assert (status, "anna calls you in" in text) == (200, True)
    status, text = link(here, web.acknowledge, page)
    assert (status, "You come" in text, "is told that you come" in text) == (200, True, True)
    assert state(here, case).calls[0].state == "answered"
    assert [event.actor for event in events(here, case, "call.answered")] == ["user:carl via link"]
    status, text = link(here, web.acknowledge, page)
    assert (status, "You have acknowledged it" in text) == (200, True), "a second tap is answered as well"
    call_in(here, case, "anna", user="dora")
    page = [page for page in here.outbox.sent if page["type"] == "call"][-1]
    assert link(here, web.decline, page)[0] == 200
    assert state(here, case).calls[1].state == "declined"
    assert_proved(here)


def test_a_case_that_is_over_calls_nobody(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    call_in(here, case, "anna", user="carl")
    act(here, case, verbs.resolve(here.viewer("anna"), "done"))
    assert state(here, case).calls[0].state == "over"
    act(here, case, verbs.reopen(here.viewer("anna"), "not done"))
    until(here, NINE + 20 * MINUTE)
    assert rung(here) == [(NINE, "carl")]
    assert_proved(here)


def test_who_can_be_called_in(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    for given, says in [
        ({}, "nobody is named"),
        ({"user": "carl", "team": "support"}, "more than one"),
        ({"user": "anna"}, "you are here already"),
        ({"user": "nobody"}, "no active user"),
        ({"roster": "moon"}, "no roster 'moon'"),
        ({"team": "moon"}, "no team 'moon'"),
        ({"user": "carl", "bridge": "javascript:alert(1)"}, "not the address"),
    ]:
        with pytest.raises(InvalidInput, match=says):
            act(here, case, verbs.call_in(here.viewer("anna"), **given))
    assert state(here, case).calls == []
    call_in(here, case, "anna", user="carl")
    with pytest.raises(NotAllowed, match="carl is being called in already"):
        act(here, case, verbs.call_in(here.viewer("bo"), user="carl"))
    with pytest.raises(Forbidden):
        act(here, case, verbs.call_in(Viewer("user:vera", "viewer"), user="carl"))


def test_only_those_called_can_answer(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    assert (
        allowed(here, case, "carl", verbs.acknowledge)
        == "the case is not escalated, so there is nothing to acknowledge"
    )
    call_in(here, case, "anna", user="carl")
    assert allowed(here, case, "carl", verbs.acknowledge) is None
    assert allowed(here, case, "carl", verbs.decline) is None
    assert "not escalated" in str(allowed(here, case, "lea", verbs.acknowledge))
    assert "not paged" in str(allowed(here, case, "lea", verbs.decline))
    with pytest.raises(NotAllowed):
        act(here, case, verbs.acknowledge(here.viewer("lea")))
    with pytest.raises(NotAllowed):
        act(here, case, verbs.decline(here.viewer("lea")))


def test_whoever_is_called_to_a_confidential_case_sees_it(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    act(here, case, verbs.restrict(here.viewer("lea"), ["mia"], "a regulator asks"))
    call_in(here, case, "mia", user="carl", reason="the regulator's letter", bridge="https://meet.test/secret")
    assert state(here, case).case.sees(here.viewer("carl").user)
    [page] = [page for page in here.outbox.sent if page["type"] == "call"]
    assert "regulator" not in str(page)
    assert "meet.test" not in str(page)
    assert_proved(here)


def test_the_page_of_a_call_in_asks_whether_they_come_not_who_has_it(stage: Stage) -> None:
    """While its path pages somebody else, whom their answer does not silence; without one, nothing of it is said."""
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    act(here, case, verbs.call_in(here.viewer("lea"), user="anna"))
    page = here.outbox.sent[-1]
    assert page["type"] == "call"
    asked = "Do you come? That does not stop the paging by its path, unless the path pages you too."
    assert (page["case"]["next"]["asks"], page["case"]["next"]["question"]) == ("call", asked)
    assert asked in page["text"]
    act(here, case, verbs.acknowledge(here.viewer("anna")))
    assert climbs(here, case)[-1][1] == "climbing"
    quiet = opened(here, QUESTION)
    act(here, quiet, verbs.call_in(here.viewer("lea"), user="anna"))
    assert here.outbox.sent[-1]["case"]["next"]["question"] == "Do you come?"
