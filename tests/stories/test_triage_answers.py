"""Answers to triage: what a case is, what is kept of them, and putting a question off."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import act, at, climbs, events, opened, paged, signal, state, until
from tocsin.cases import verbs
from tocsin.core.clock import HOUR, MINUTE
from tocsin.core.errors import Forbidden, InvalidInput

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
NIGHT = at("2026-03-02T22:00:00Z")
ASKS = (
    """    - {id: text-only, when: 'decision.evidence == "text" && decision.level != "standard"'}\n""",
    "    - {id: words, on: words}\n    - {id: rules, on: conflict}\n",
)
TEXT = {"subject": "Checkout is down"}
NEAR = {"subject": "Reports", "type": "slow", "users_affected": 64}  # 58.4 points, where 60 are senior


def test_the_right_type_lowers_what_only_words_had_escalated(stage: Stage) -> None:
    here = stage(ASKS, start=NIGHT)
    case = opened(here, TEXT)
    with pytest.raises(Forbidden):
        act(here, case, verbs.answer_triage(here.viewer("anna"), type="question"))
    act(here, case, verbs.answer_triage(here.viewer("lea"), type="question"))
    found = state(here, case).case
    assert (found.type, found.level, found.severity, found.triage_at) == ("question", "standard", "low", None)
    assert climbs(here, case) == [("senior", "stopped")]
    until(here, NIGHT + HOUR)
    assert paged(here) == []
    [answer] = events(here, case, "case.triaged")
    assert (answer.payload["asks"], answer.payload["was"], answer.payload["answer"], answer.payload["type"]) == (
        ["triage.words"],
        "senior",
        "standard",
        "question",
    )


def test_the_right_type_raises(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, NEAR)
    act(here, case, verbs.answer_triage(here.viewer("anna"), type="outage"))
    found = state(here, case).case
    assert (found.type, found.level) == ("outage", "senior")
    assert climbs(here, case) == [("senior", "climbing")]
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_what_the_policy_does_not_know_is_refused(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, NEAR)
    with pytest.raises(InvalidInput, match="there is no type 'flood'"):
        act(here, case, verbs.answer_triage(here.viewer("anna"), type="flood"))
    with pytest.raises(InvalidInput, match="no answer is given"):
        act(here, case, verbs.answer_triage(here.viewer("anna")))


def test_whoever_agreed_is_not_asked_the_same_again(stage: Stage) -> None:
    here = stage(ASKS, start=NINE)
    case = opened(here, TEXT, external_id="Z-1")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.answer_triage(here.viewer("carl"), "senior"))
    signal(here, external_id="Z-1", body="It is still down")
    found = state(here, case).case
    assert (found.level, found.triage_at) == ("senior", None)
    assert events(here, case, "case.reclassified")[-1].payload["facts"]["answered"] == {"triage.words at senior": NINE}


def test_putting_a_question_off_stops_no_clock(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, NEAR)
    before = state(here, case).case.triage_at
    act(here, case, verbs.snooze_triage(here.viewer("anna"), "they call back at ten", "1h"))
    assert state(here, case).case.triage_at == before == NINE + 15 * MINUTE
    with pytest.raises(InvalidInput, match="not put off for 'a while'"):
        act(here, case, verbs.snooze_triage(here.viewer("anna"), "r", "a while"))
    until(here, NINE + 15 * MINUTE)
    assert state(here, case).case.level == "senior"
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_an_answer_is_undone(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, NEAR)
    act(here, case, verbs.answer_triage(here.viewer("lea"), "senior"))
    until(here, here.clock.now() + MINUTE)
    act(here, case, verbs.undo(here.viewer("lea")))
    until(here, here.clock.now() + MINUTE)
    found = state(here, case).case
    asked = found.triage_at  # it was decided again, so its time begins again
    assert (found.level, asked, found.triage_level) == ("standard", NINE + 16 * MINUTE, "senior")
    act(here, case, verbs.answer_triage(here.viewer("lea"), "standard"))
    until(here, here.clock.now() + MINUTE)
    act(here, case, verbs.undo(here.viewer("lea")))
    until(here, here.clock.now() + MINUTE)
    assert state(here, case).case.triage_at == asked
    until(here, NINE + 16 * MINUTE)
    assert state(here, case).case.level == "senior"
    act(here, case, verbs.acknowledge(here.viewer("carl")))
