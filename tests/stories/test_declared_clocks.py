"""Clocks that a policy declares: they start, stop, pause, warn and run out by what happens to any case."""

from typing import Any

import pytest

from tests.stories.conftest import Stage
from tests.stories.declared import DECLARED
from tests.stories.process import (
    OUTAGE,
    QUESTION,
    SLOW,
    act,
    assert_proved,
    at,
    clock,
    events,
    link,
    on_call,
    opened,
    outcome,
    paged,
    signal,
    state,
    told,
    until,
)
from tests.testing import World
from tocsin.cases import verbs
from tocsin.cases.queries import board, listing
from tocsin.cases.record.replay import Replay, replay
from tocsin.comms import updates
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.errors import InvalidInput, NotAllowed
from tocsin.people import directory
from tocsin.people.permissions import SYSTEM

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
TICKET: dict[str, Any] = {"external_id": "T-1", "source": "zendesk"}


def runs(here: World, case: int, name: str) -> list[tuple[int, str | None]]:
    return [(run.cycle, run.outcome) for run in state(here, case).clocks if run.clock == name]


def test_a_first_response_is_owed_for_every_case_and_a_public_reply_gives_it(stage: Stage) -> None:
    here = stage(*DECLARED, start=NINE)
    case = opened(here, {**QUESTION, **TICKET})
    assert clock(here, case, "respond").due_at == NINE + 4 * HOUR
    until(here, NINE + 3 * HOUR)
    owner = here.installation.people().name_of(state(here, case).case.owner)
    assert told(here, case, "warning") == [(NINE + 2 * HOUR, [owner, "lea"])]
    [warned] = [event for event in events(here, case, "case.alerted") if event.payload["why"] == "warning"]
    assert warned.payload["says"].startswith("First response is due")
    signal(here, **TICKET, kind="public_reply", body="We look into it.")
    assert outcome(here, case, "respond") == ("met", NINE + 3 * HOUR)
    [update] = events(here, case, "case.customer_update")
    assert (update.payload["text"], update.payload["by"]) == ("We look into it.", "zendesk")


def test_a_public_reply_of_a_ticket_without_a_case_opens_none(stage: Stage) -> None:
    here = stage(*DECLARED, start=NINE)
    case = opened(here, {**QUESTION, **TICKET})
    act(here, case, verbs.resolve(here.viewer("carl")))
    signal(here, **TICKET, kind="public_reply", body="Glad to hear it.")
    assert state(here, case).case.state == "resolved"
    assert runs(here, case, "respond") == [(1, "cancelled")]


def test_a_reply_of_the_customer_is_answered_once_however_often_they_write(stage: Stage) -> None:
    here = stage(*DECLARED, start=NINE)
    case = opened(here, {**QUESTION, **TICKET})
    act(here, case, updates.send_update(here.viewer("anna"), "We look into it."))
    assert runs(here, case, "reply") == []
    signal(here, **TICKET, kind="reply", body="And?")
    here.forward(30 * MINUTE)
    signal(here, **TICKET, kind="reply", body="Hello?")
    assert clock(here, case, "reply").due_at == NINE + 2 * HOUR
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    here.forward(3 * HOUR)
    act(here, case, verbs.resume(here.viewer("anna"), "it came by telephone"))
    assert clock(here, case, "reply").due_at == NINE + 5 * HOUR
    act(here, case, updates.send_update(here.viewer("anna"), "Here it is."))
    signal(here, **TICKET, kind="reply", body="Thanks. And now?")
    assert runs(here, case, "reply") == [(1, "met"), (2, None)]


def test_what_runs_out_tells_whom_it_names_and_may_still_be_done(stage: Stage) -> None:
    here = stage(*DECLARED, start=NINE)
    case = opened(here, {**QUESTION, **TICKET})
    until(here, NINE + 5 * HOUR)
    owner = here.installation.people().name_of(state(here, case).case.owner)
    assert (NINE + 4 * HOUR + 1, [owner, "lea"]) in told(here, case, "breach")
    assert clock(here, case, "respond").done_at is None
    act(here, case, updates.send_update(here.viewer("anna"), "Sorry, late."))
    run = clock(here, case, "respond")
    assert (run.outcome, run.done_at) == ("breached", NINE + 5 * HOUR)
    assert paged(here) == []


def test_a_cause_is_owed_after_the_resolution_of_what_was_escalated(stage: Stage) -> None:
    here = stage(*DECLARED, start=NINE)
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert runs(here, case, "rca") == []
    act(here, case, verbs.resolve(here.viewer("carl")))
    solved = here.clock.now()
    assert clock(here, case, "rca").due_at == solved + 5 * DAY
    act(here, case, verbs.reopen(here.viewer("carl"), "it is back"))
    assert runs(here, case, "rca") == [(1, "cancelled")]
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.resolve(here.viewer("carl")))
    act(here, case, verbs.close(here.viewer("carl")))
    until(here, solved + 5 * DAY + HOUR)
    assert (solved + 5 * DAY + 1, ["admin"]) in told(here, case, "breach")
    act(here, case, updates.explain(here.viewer("carl"), "A certificate had expired."))
    assert clock(here, case, "rca", 2).done_at == here.clock.now()
    plain = opened(here, QUESTION)
    act(here, plain, verbs.resolve(here.viewer("carl")))
    assert runs(here, plain, "rca") == []


def heard(here: World, why: str, clock: str) -> list[tuple[int, str]]:
    """Who got a notice of this clock, and when."""
    sent = [one for one in here.outbox.sent if one["type"] == "notice" and one["why"] == why]
    return [(one["at"], one["to"]) for one in sent if one["clock"] == clock]


def owed(here: World) -> tuple[int, list[int], list[int]]:
    """How many cases missed a target, which those are, and which Now shows beside the open ones."""
    with here.installation.database.reading() as tx:
        seen = board.look(tx, SYSTEM, {}, here.clock.now(), 50)
        listed, _ = listing.listed(tx, SYSTEM, listing.Filter({}, needs="breached"))
    return seen.counts["breached"], [one.case.id for one in listed], [row.state.case.id for row in seen.owing]


def test_a_promise_that_outlives_the_resolution_is_heard_of_and_stays_in_sight(stage: Stage) -> None:
    here = stage(*DECLARED, start=NINE)
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.resolve(here.viewer("carl")))
    assert owed(here) == (0, [], [])
    act(here, case, verbs.close(here.viewer("carl")))
    until(here, NINE + 6 * DAY)
    assert {at for at, _ in heard(here, "breach", "early_warning")} == {NINE + DAY + 1}
    assert [who for _, who in heard(here, "breach", "rca")] == ["admin"]
    assert owed(here) == (1, [case], [case])
    act(here, case, updates.explain(here.viewer("carl"), "A certificate had expired."))
    assert owed(here) == (1, [case], [case]), "the authority is still to be warned"
    act(here, case, verbs.mark_milestone(here.viewer("carl"), "authority-warned"))
    assert owed(here) == (0, [], [])
    assert_proved(here)


def test_what_was_missed_before_the_resolution_counts_only_where_it_may_still_come(stage: Stage) -> None:
    here = stage(*DECLARED, start=NINE)
    plain = opened(here, {**QUESTION, **TICKET})
    until(here, NINE + 5 * HOUR)
    assert owed(here) == (1, [plain], [])
    act(here, plain, updates.send_update(here.viewer("anna"), "Sorry, late."))
    assert owed(here)[0] == 0, "the first response was given"
    signal(here, **TICKET, kind="reply", body="And?")
    here.forward(8 * HOUR)
    act(here, plain, verbs.resolve(here.viewer("anna")))
    assert owed(here)[0] == 0, "nobody needs an answer any more"
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    here.forward(DAY + HOUR)
    act(here, case, verbs.resolve(here.viewer("carl")))
    assert owed(here) == (1, [case], [case])
    assert_proved(here)


def test_what_lasts_goes_out_in_a_digest_though_its_case_is_over(stage: Stage) -> None:
    here = stage(*DECLARED, ("triage:\n", "storm: {enabled: false}\ntriage:\n"), start=NINE)
    cases = [opened(here, {**SLOW, "subject": f"Slow {n}"}) for n in range(8)]
    for case in cases:
        act(here, case, verbs.acknowledge(here.viewer("carl")))
        act(here, case, verbs.resolve(here.viewer("carl")))
    before = len(here.outbox.sent)
    until(here, NINE + 5 * DAY + HOUR)
    sent = [one for one in here.outbox.sent[before:] if one["to"] == "admin"]
    said = [one for m in sent for one in (m["notices"] if m["type"] == "digest" else [m])]
    about = {one["case"]["subject"] for one in said if one.get("clock") == "rca" and one["why"] == "breach"}
    assert about == {f"Slow {n}" for n in range(8)}
    assert any(one["type"] == "digest" for one in sent)


def test_a_condition_that_turns_ends_a_clock_and_one_that_turns_again_begins_it(stage: Stage) -> None:
    here = stage(*DECLARED, start=NINE)
    case = opened(here, {**QUESTION, **TICKET})
    assert runs(here, case, "early_warning") == []
    signal(here, **TICKET, type="slow")
    assert clock(here, case, "early_warning").due_at == NINE + DAY
    signal(here, **TICKET, type="question")
    assert runs(here, case, "early_warning") == [(1, "cancelled")]
    assert clock(here, case, "early_warning").cancelled_because == "when"
    here.forward(HOUR)
    signal(here, **TICKET, type="slow")
    assert clock(here, case, "early_warning", 2).started_at == NINE + HOUR
    act(here, case, verbs.resolve(here.viewer("carl")))
    assert runs(here, case, "early_warning") == [(1, "cancelled"), (2, None)]
    act(here, case, verbs.mark_milestone(here.viewer("anna"), "authority-warned", "by the portal"))
    assert outcome(here, case, "early_warning", 2) == ("met", here.clock.now())
    signal(here, **TICKET, users_affected=3)
    assert len(runs(here, case, "early_warning")) == 2
    report = Replay()
    with here.installation.database.reading() as tx:
        assert list(replay(tx, report, lambda done: None)) == []
    assert sum(outcome.equal for outcome in report.engines.values()) == 5


def test_a_further_question_to_a_team_begins_anew_and_those_who_were_asked_hear_of_it(stage: Stage) -> None:
    here = stage(*DECLARED, start=NINE)
    case = opened(here, QUESTION)
    act(here, case, verbs.ask_team(here.viewer("anna"), "support", "Which release has it?"))
    asked = told(here, case, "asked")
    assert asked == [(NINE, ["lea"])] or asked == [(NINE, ["lea", on_call(here)])]
    here.forward(30 * MINUTE)
    act(here, case, verbs.ask_team(here.viewer("anna"), "support", "And which has not?"))
    assert runs(here, case, "owe") == [(1, "cancelled"), (2, None)]
    until(here, NINE + 2 * HOUR)
    assert (NINE + 90 * MINUTE + 1, asked[0][1]) in told(here, case, "breach")
    act(here, case, verbs.answer_team(here.viewer("lea"), "That of Tuesday."))
    assert clock(here, case, "owe", 2).done_at == NINE + 2 * HOUR


def test_two_teams_are_asked_and_each_answers_for_itself(stage: Stage) -> None:
    here = stage(*DECLARED, start=NINE)
    carl = here.installation.people().by_name["carl"].id
    kit = here.installation.mint, here.installation.journal
    here.installation.writer.write(
        lambda tx: directory.add_team(tx, *kit, "network", by="test", lead=carl, people=(carl,))
    )
    case = opened(here, QUESTION)
    with pytest.raises(NotAllowed, match="no question to any team") as refused:
        act(here, case, verbs.answer_team(here.viewer("lea"), "Nobody asked me."))
    assert "ask-team" in str(refused.value.expected)
    act(here, case, verbs.ask_team(here.viewer("dora"), "support", "Which release has it?"))
    act(here, case, verbs.ask_team(here.viewer("dora"), "network", "Is the link up?"))
    with pytest.raises(InvalidInput, match="several teams were asked"):
        act(here, case, verbs.answer_team(here.viewer("admin"), "Yes."))
    with pytest.raises(NotAllowed, match="no question to team nobody"):
        act(here, case, verbs.answer_team(here.viewer("lea"), "Yes.", "nobody"))
    act(here, case, verbs.answer_team(here.viewer("carl"), "It is up.", "network"))
    assert "dora" in told(here, case, "answered")[-1][1], "whoever asked"
    assert runs(here, case, "owe")[-1] == (2, None), "the other team still owes its answer"
    until(here, NINE + 2 * HOUR)
    [(_, late)] = told(here, case, "breach")
    assert "lea" in late
    assert "carl" not in late
    act(here, case, verbs.answer_team(here.viewer("lea"), "That of Tuesday."))
    assert clock(here, case, "owe", 2).done_at == NINE + 2 * HOUR
    assert [event.payload["team"] for event in events(here, case, "case.answered_team")] == ["network", "support"]
    assert_proved(here)


def test_a_milestone_that_no_clock_waits_for_is_refused_by_the_name_that_was_meant(stage: Stage) -> None:
    here = stage(*DECLARED, start=NINE)
    case = opened(here, SLOW)
    with pytest.raises(InvalidInput, match="no clock of the policy waits") as refused:
        act(here, case, verbs.mark_milestone(here.viewer("anna"), "authority-warnd"))
    assert refused.value.expected == "authority-warned (did you mean that?)"
    assert events(here, case, "case.marked") == []
    plain = stage(start=NINE)
    act(plain, opened(plain, SLOW), verbs.mark_milestone(plain.viewer("anna"), "press-informed"))


def test_what_a_parent_has_done_its_followers_have_where_the_clock_says_so(stage: Stage) -> None:
    here = stage(*DECLARED, start=NINE)
    parent, child = opened(here, SLOW), opened(here, {**SLOW, "subject": "Slow, too"})
    link(here, "lea", child, "parent", parent)
    act(here, parent, verbs.mark_milestone(here.viewer("anna"), "authority-warned"))
    assert outcome(here, child, "early_warning") == ("met", here.clock.now())
    later = opened(here, {**SLOW, "subject": "And this"})
    link(here, "lea", later, "parent", parent)
    assert outcome(here, later, "early_warning") == ("met", here.clock.now())


def test_a_correction_excuses_no_clock_that_says_so(stage: Stage) -> None:
    here = stage(*DECLARED, ("correct_within: 60m", "correct_within: 72h"), start=NINE)
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + DAY + HOUR)
    act(here, case, verbs.correct(here.viewer("lea"), "false_alarm", "nobody had it"))
    excused = {str(run.clock): run.excused_by for run in state(here, case).clocks if run.outcome == "breached"}
    assert excused["early_warning"] is None
    assert excused["contain"] == "false_alarm"


def test_an_escalated_customer_is_promised_messages_one_after_the_other(stage: Stage) -> None:
    here = stage(("critical: {calendar: always, targets: {", "critical: {calendar: always, targets: {update: 1h, "))
    case = opened(here, OUTAGE)
    begun = here.clock.now()
    assert clock(here, case, "update").due_at == begun + HOUR
    act(here, case, verbs.acknowledge(here.viewer(on_call(here))))
    here.forward(20 * MINUTE)
    act(here, case, updates.send_update(here.viewer("carl"), "We are on it."))
    assert outcome(here, case, "update") == ("met", begun + 20 * MINUTE)
    assert clock(here, case, "update", 2).due_at == begun + 80 * MINUTE
    act(here, case, verbs.resolve(here.viewer("carl")))
    assert runs(here, case, "update") == [(1, "met"), (2, "met")]
