"""Somebody asks for a higher level; somebody answers, or nobody does."""

import msgspec
import pytest

from tests.stories.conftest import Stage
from tests.stories.process import OUTAGE, QUESTION, act, at, climbs, events, opened, signal, state, told, until
from tocsin.cases import verbs
from tocsin.cases.verbs.escalation import Request
from tocsin.core.clock import DAY, MINUTE
from tocsin.core.errors import Forbidden, InvalidInput, NotAllowed

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
STUCK = Request("executive", "they cannot invoice", "forty clerks", "a way around it", NINE + DAY)


def test_an_agent_raises_to_senior_and_asks_for_more(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    with pytest.raises(Forbidden, match="cannot raise"):
        act(here, case, verbs.raise_(here.viewer("anna"), "executive", "they are loud"))
    with pytest.raises(InvalidInput, match="no level"):
        act(here, case, verbs.raise_(here.viewer("anna"), "standard", "they are loud"))
    with pytest.raises(InvalidInput):
        act(here, case, verbs.raise_(here.viewer("anna"), "senior", ""))
    act(here, case, verbs.raise_(here.viewer("anna"), "senior", "they are loud"))
    assert (state(here, case).case.level, climbs(here, case)) == ("senior", [("senior", "climbing")])
    with pytest.raises(NotAllowed, match="senior already"):
        act(here, case, verbs.raise_(here.viewer("anna"), "senior", "they are loud"))
    act(here, case, verbs.raise_(here.viewer("otto"), "executive", "their board calls"))
    assert climbs(here, case) == [("senior", "stopped"), ("top", "climbing")]


def test_a_request_is_accepted(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    act(here, case, verbs.request.by(here.viewer("anna"), STUCK))
    assert told(here, case, "request") == [(NINE, ["mia", "lea"])]
    assert state(here, case).case.request_due_at == NINE + 30 * MINUTE
    with pytest.raises(NotAllowed, match="requested already"):
        act(here, case, verbs.request.by(here.viewer("bo"), STUCK))
    with pytest.raises(Forbidden):
        act(here, case, verbs.answer_request(here.viewer("bo"), True))
    act(here, case, verbs.answer_request(here.viewer("mia"), True))
    found = state(here, case).case
    assert (found.level, found.requested_level, found.request_due_at) == ("executive", None, None)
    assert climbs(here, case) == [("top", "climbing")]


def test_a_request_is_declined_with_a_reason(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    act(here, case, verbs.request.by(here.viewer("anna"), STUCK))
    with pytest.raises(InvalidInput):
        act(here, case, verbs.answer_request(here.viewer("lea"), False))
    act(here, case, verbs.answer_request(here.viewer("lea"), False, "there is a way around it"))
    until(here, NINE + DAY)
    assert state(here, case).case.level == "standard"
    assert climbs(here, case) == []


def test_silence_accepts(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    act(here, case, verbs.request.by(here.viewer("anna"), STUCK))
    until(here, NINE + 30 * MINUTE - 1)
    assert state(here, case).case.level == "standard"
    until(here, NINE + 30 * MINUTE)
    assert state(here, case).case.level == "executive"
    assert climbs(here, case) == [("top", "climbing")]
    [answer] = events(here, case, "case.request_answered")
    assert (answer.at, answer.actor, answer.payload["accepted"]) == (NINE + 30 * MINUTE, "engine", True)


def test_a_request_outlives_a_path_that_begins_again(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 5 * MINUTE)
    act(here, case, verbs.request.by(here.viewer("anna"), STUCK))
    act(here, case, verbs.decline(here.viewer("carl"), "I cannot"))
    assert state(here, case).case.requested_level == "executive"
    until(here, NINE + 35 * MINUTE)
    assert state(here, case).case.level == "executive"


def test_a_case_that_is_raised_meanwhile_has_its_request_answered(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    act(here, case, verbs.request(here.viewer("anna"), "senior", "they are stuck"))
    act(here, case, verbs.raise_(here.viewer("lea"), "executive", "their board calls"))
    assert state(here, case).case.requested_level is None


def test_new_facts_that_raise_a_case_answer_its_request(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION, external_id="Z-1")
    act(here, case, verbs.request.by(here.viewer("anna"), msgspec.structs.replace(STUCK, level="senior")))
    signal(here, external_id="Z-1", type="outage")
    assert state(here, case).case.level == "senior"
    [answer] = events(here, case, "case.request_answered")
    assert (answer.actor, answer.payload["accepted"]) == ("engine", True)
    assert "senior already" in answer.payload["reason"]
    assert state(here, case).case.request_due_at is None


def test_silence_does_not_undo_a_lowering(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    act(here, case, verbs.request.by(here.viewer("anna"), STUCK))
    until(here, NINE + 5 * MINUTE)
    act(here, case, verbs.correct(here.viewer("lea"), "false_alarm", "a test of theirs"))
    until(here, NINE + DAY)
    assert state(here, case).case.level == "standard"
    assert [event.payload["accepted"] for event in events(here, case, "case.request_answered")] == [False]


def test_whoever_raises_the_case_has_answered_the_request(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    act(here, case, verbs.request(here.viewer("anna"), "executive", "it is worse"))
    act(here, case, verbs.raise_(here.viewer("lea"), "executive", "it is"))
    [answer] = events(here, case, "case.request_answered")
    assert (answer.payload["accepted"], answer.payload["reason"]) == (True, "it is")
    assert state(here, case).case.requested_level is None
