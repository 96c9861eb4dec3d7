"""What people set for a time over what happens by itself: silences, maintenance windows, watches, muted rules, and
automation off."""

from typing import Any

import pytest

from tests.stories.conftest import Stage
from tests.stories.guarded import AREAS, SECURITY, end, listed, put, turn
from tests.stories.process import (
    OUTAGE,
    QUESTION,
    SLOW,
    account,
    act,
    assert_proved,
    at,
    climb,
    climbs,
    clock,
    events,
    link,
    on_call,
    opened,
    paged,
    signal,
    state,
    told,
    until,
)
from tocsin.cases import verbs
from tocsin.cases.opening import Ticket, open_many
from tocsin.core import canonical
from tocsin.core.clock import HOUR, MINUTE, SECOND
from tocsin.core.errors import Conflict, Forbidden, InvalidInput, NotAllowed
from tocsin.people.permissions import SYSTEM
from tocsin.policy.body import to_body
from tocsin.policy.decision import from_bytes
from tocsin.policy.explain import explain

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
SHOP: dict[str, Any] = {**OUTAGE, "product_area": "shop"}


def acknowledged(here: Any, *cases: int) -> None:
    for case in cases:
        act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert_proved(here)


def test_a_silence_keeps_pages_back_until_it_ends(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    put(here, "silence", areas=["shop"], lasts="50m")
    silent, loud = opened(here, SHOP), opened(here, OUTAGE)
    assert paged(here) == [(NINE, on_call(here))]
    held = climb(here, silent, "senior")
    assert (held.state, held.next_at) == ("climbing", NINE + 50 * MINUTE)
    acknowledged(here, loud)
    until(here, NINE + 50 * MINUTE - SECOND)
    assert len(paged(here)) == 1
    until(here, NINE + 50 * MINUTE + MINUTE)
    assert paged(here)[1:] == [(NINE + 50 * MINUTE, on_call(here))]
    assert climb(here, silent, "senior").held_by is None
    acknowledged(here, silent)


def test_nobody_is_late_with_an_answer_that_nobody_was_asked_for(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    put(here, "silence", areas=["shop"], lasts="2h")
    case = opened(here, SHOP)
    assert clock(here, case, "acknowledge").due_at == NINE + 2 * HOUR + 15 * MINUTE
    assert clock(here, case, "contain").due_at == NINE + 4 * HOUR  # what was promised to the customer runs on
    until(here, NINE + 2 * HOUR + 14 * MINUTE)
    assert not events(here, case, "clock.breached")
    acknowledged(here, case)
    assert clock(here, case, "acknowledge").outcome == "met"


def test_a_silence_that_is_ended_early_pages_at_once(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    guard = put(here, "silence", areas=["shop"], lasts="2h")
    case = opened(here, SHOP)
    until(here, NINE + 10 * MINUTE)
    end(here, "silence", guard)
    assert paged(here) == [(NINE + 10 * MINUTE, on_call(here))]
    run = clock(here, case, "acknowledge")
    assert (run.due_at, run.pauses) == (NINE + 25 * MINUTE, f"{NINE}-{NINE + 10 * MINUTE}")
    assert [event.kind for event in events(here, case, "path.held", "path.released")] == ["path.held", "path.released"]
    with pytest.raises(NotAllowed, match="it is over already"):
        end(here, "silence", guard)
    acknowledged(here, case)


def test_a_silence_holds_a_path_that_climbs_already(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    case = opened(here, SHOP)
    until(here, NINE + MINUTE)
    put(here, "silence", areas=["shop"], lasts="1h")
    until(here, NINE + 50 * MINUTE)
    assert len(paged(here)) == 1
    until(here, NINE + 61 * MINUTE)
    assert {when for when, _ in paged(here)[1:]} == {NINE + 61 * MINUTE}
    acknowledged(here, case)


def test_of_two_silences_the_longer_counts_and_one_that_follows_holds_on(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    put(here, "silence", areas=["shop"], lasts="1h")
    put(here, "silence", tags=["batch"], lasts="2h")
    case = opened(here, {**SHOP, "tags": ["batch"]})
    assert climb(here, case, "senior").next_at == NINE + 2 * HOUR
    until(here, NINE + HOUR + 30 * MINUTE)
    put(here, "silence", areas=["shop"], lasts="1h")
    until(here, NINE + 2 * HOUR + 20 * MINUTE)
    assert paged(here) == []
    until(here, NINE + 2 * HOUR + 31 * MINUTE)
    assert [when for when, _ in paged(here)] == [NINE + 2 * HOUR + 30 * MINUTE]
    acknowledged(here, case)


def test_what_another_guard_covers_waits_on_where_one_is_ended(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    silence = put(here, "silence", areas=["shop"], lasts="2h")
    put(here, "window", areas=["shop"], lasts="1h")
    case = opened(here, SHOP)
    until(here, NINE + 10 * MINUTE)
    end(here, "silence", silence)
    assert paged(here) == []
    assert climb(here, case, "senior").next_at == NINE + HOUR
    assert clock(here, case, "acknowledge").due_at == NINE + HOUR + 15 * MINUTE
    until(here, NINE + HOUR + SECOND)
    assert paged(here) == [(NINE + HOUR, on_call(here))]
    acknowledged(here, case)


def test_nothing_hides_what_is_grave(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    put(here, "silence", areas=["shop"], lasts="2h")
    grave = opened(here, {**SHOP, "type": "security"})
    assert paged(here) == [(NINE, on_call(here))]
    acknowledged(here, grave)


def test_a_case_that_turns_out_to_be_grave_pages_at_once(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    put(here, "silence", areas=["shop"], lasts="2h")
    case = opened(here, {**SHOP, "external_id": "T-1", "source": "desk"})
    until(here, NINE + MINUTE)
    signal(here, external_id="T-1", source="desk", type="security")
    assert paged(here) == [(NINE + MINUTE, on_call(here))]
    acknowledged(here, case)


def test_a_policy_says_itself_what_is_grave(stage: Stage) -> None:
    other = ("security: {", "security: {grave: false, "), ("outage: {title", "outage: {grave: true, title")
    here = stage(AREAS, SECURITY, *other, start=NINE)
    put(here, "silence", areas=["shop"], lasts="2h")
    opened(here, {**SHOP, "type": "security"})
    assert paged(here) == []
    case = opened(here, SHOP)
    assert paged(here) == [(NINE, on_call(here))]
    acknowledged(here, case)


def test_what_begins_within_a_window_pages_after_it(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    before = opened(here, SHOP)
    until(here, NINE + MINUTE)
    put(here, "window", areas=["shop"], starts_at="2026-03-02T08:02:00Z", ends_at="2026-03-02T09:00:00Z")
    early = opened(here, SHOP)
    until(here, NINE + 3 * MINUTE)
    assert len(paged(here)) == 2
    within = opened(here, SHOP)
    assert len(paged(here)) == 2
    assert [event.payload["mode"] for event in events(here, within, "case.windowed")] == ["quiet"]
    assert not events(here, early, "case.windowed")
    acknowledged(here, before, early)
    until(here, "2026-03-02T08:59:59Z")
    assert len(paged(here)) == 2
    until(here, "2026-03-02T09:00:59Z")
    assert paged(here)[2:] == [(at("2026-03-02T09:00:00Z"), on_call(here))]
    acknowledged(here, within)


def test_a_window_may_only_mark_what_begins_within_it(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    put(here, "window", areas=["shop"], mode="annotate", lasts="1h")
    case = opened(here, SHOP)
    assert paged(here) == [(NINE, on_call(here))]
    assert [event.payload["mode"] for event in events(here, case, "case.windowed")] == ["annotate"]
    acknowledged(here, case)


def test_what_is_resolved_within_a_window_pages_nobody(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    put(here, "window", areas=["shop"], lasts="1h")
    case = opened(here, SHOP)
    act(here, case, verbs.resolve(here.viewer("carl"), note="it was the work"))
    until(here, NINE + 2 * HOUR)
    assert paged(here) == []
    assert_proved(here)


def test_a_watch_raises_new_cases_of_its_account_and_says_so(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    account(here, "acme", None)
    put(here, "watch", accounts=["acme"], lasts="5d", reason="their go-live")
    watched = opened(here, {**QUESTION, "account": {"external_id": "acme"}})
    other = opened(here, QUESTION)
    assert (state(here, watched).case.level, state(here, other).case.level) == ("senior", "standard")
    decided = events(here, watched, "case.decided")[0].payload
    assert "level senior: the account is watched, their go-live" in decided["reasons"]
    assert decided["facts"]["guards"]["watch"]["level"] == "senior"
    assert "guards" not in events(here, other, "case.decided")[0].payload["facts"]
    acknowledged(here, watched)
    until(here, "2026-03-07T09:00:00Z")
    after = opened(here, {**QUESTION, "account": {"external_id": "acme"}})
    assert state(here, after).case.level == "standard"


def test_a_muted_rule_does_not_fire_until_it_may_again(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    put(here, "mute", rule="classify.down", lasts="1h")
    muted = opened(here, {"subject": "Checkout is down"})
    assert (state(here, muted).case.type, state(here, muted).case.level) == (None, "standard")
    assert events(here, muted, "case.decided")[0].payload["muted"] == ["classify.down"]
    until(here, NINE + HOUR)
    fires = opened(here, {"subject": "Checkout is down"})
    assert state(here, fires).case.type == "outage"
    acknowledged(here, fires)


@pytest.mark.parametrize("rule", ["minimums.critical", "classify.nothing", None])
def test_what_is_no_rule_or_a_minimum_is_not_muted(stage: Stage, rule: str | None) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    with pytest.raises(InvalidInput, match="that can be muted"):
        put(here, "mute", rule=rule, lasts="1h")


def test_with_automation_off_everything_waits_for_a_person(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    turn(here, on=False)
    grave, plain = opened(here, OUTAGE), opened(here, QUESTION)
    found = state(here, grave).case
    assert (found.level, found.triage_at, found.triage_level) == ("standard", NINE + 5 * MINUTE, "senior")
    assert (state(here, plain).case.triage_at is not None, state(here, plain).case.triage_level) == (True, None)
    assert (climbs(here, grave), paged(here)) == ([], [])
    assert clock(here, grave, "resolve").outcome is None
    decided = events(here, grave, "case.decided")[0].payload
    assert "automation is off, so a person decides whether it is senior: a rule goes wild" in decided["reasons"]
    assert "automation" not in " ".join(events(here, plain, "case.decided")[0].payload["reasons"])
    policies = here.installation.desk.policies.held()
    assert policies is not None
    why_not = explain(policies.compiled(found.policy_version), from_bytes(canonical.encode(decided))).why_not_escalated
    assert why_not == ("automation is off, so a person decides whether it is senior: a rule goes wild",)
    act(here, grave, verbs.answer_triage(here.viewer("anna"), "senior", "they cannot sell"))
    assert climbs(here, grave) == [("senior", "climbing")]
    acknowledged(here, grave)


def test_triage_without_an_answer_is_told_again_as_long_as_automation_is_off(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    turn(here, on=False)
    case = opened(here, OUTAGE)
    until(here, NINE + 21 * MINUTE)
    assert state(here, case).case.level == "standard"
    assert len(events(here, case, "case.triage_kept")) == 2
    assert told(here, case, "triage") == [(NINE + 5 * MINUTE, ["lea"]), (NINE + 20 * MINUTE, ["lea"])]
    turn(here, on=True)
    until(here, NINE + 36 * MINUTE)
    assert state(here, case).case.level == "senior"
    acknowledged(here, case)


def test_a_person_raises_whatever_automation_does(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    turn(here, on=False)
    case = opened(here, QUESTION)
    act(here, case, verbs.raise_(here.viewer("anna"), "senior", "they wrote to the board"))
    assert state(here, case).case.triage_at is None, "a person has decided"
    assert climbs(here, case) == [("senior", "climbing")]
    acknowledged(here, case)


def test_imported_history_is_decided_as_though_nothing_were_set(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    turn(here, on=False)
    desk = here.installation.desk
    ticket = Ticket(to_body(OUTAGE), SYSTEM, imported=True)
    [old] = here.installation.writer.write(lambda tx: open_many(tx, desk, [ticket]))
    assert (old.state.case.level, old.state.case.triage_level) == ("senior", None)


def test_automation_is_turned_off_and_on_once(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    with pytest.raises(Conflict, match="automation is on already"):
        turn(here, on=True)
    turn(here, on=False)
    with pytest.raises(Conflict, match="automation is off already"):
        turn(here, on=False)
    turn(here, on=True)
    assert state(here, opened(here, SLOW)).case.level == "senior"


@pytest.mark.parametrize("by", ["anna", "carl", "otto"])
def test_who_works_on_cases_restrains_nothing(stage: Stage, by: str) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    with pytest.raises(Forbidden, match="may not restrain automation"):
        put(here, "silence", by=by, areas=["shop"], lasts="1h")
    with pytest.raises(Forbidden):
        turn(here, on=False, by=by)


@pytest.mark.parametrize(
    ("kind", "given", "says"),
    [
        ("silence", {"lasts": "1h"}, "what it covers is missing"),
        ("silence", {"areas": ["moon"], "lasts": "1h"}, "there is no product area 'moon'"),
        ("silence", {"accounts": ["nobody"], "lasts": "1h"}, "there is no account 'nobody'"),
        ("silence", {"areas": ["shop"]}, "its end is missing"),
        ("silence", {"areas": ["shop"], "lasts": "8d"}, "it cannot end then"),
        ("silence", {"areas": ["shop"], "ends_at": "2026-03-02T07:00:00Z"}, "it cannot end then"),
        ("silence", {"areas": ["shop"], "starts_at": "2026-03-02T09:00:00Z", "lasts": "1h"}, "it cannot begin then"),
        ("window", {"areas": ["shop"], "starts_at": "2026-03-02T07:00:00Z", "lasts": "1h"}, "it cannot begin then"),
        ("window", {"areas": ["shop"], "mode": "loud", "lasts": "1h"}, "there is no mode 'loud'"),
        ("mute", {"rule": "classify.down", "lasts": "5h"}, "it cannot end then"),
        ("mute", {"rule": "classify.down", "areas": ["shop"], "lasts": "1h"}, "has no areas"),
        ("watch", {"lasts": "1d"}, "the account is missing"),
        ("silence", {"areas": ["shop"], "lasts": "1h", "reason": " "}, "a reason is missing"),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(
    stage: Stage, kind: str, given: dict[str, Any], says: str
) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    with pytest.raises(InvalidInput, match=says):
        put(here, kind, **given)
    assert listed(here) == []


def test_each_is_told_in_the_record_from_its_beginning_to_its_end(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    put(here, "window", areas=["shop"], starts_at="2026-03-02T09:00:00Z", ends_at="2026-03-02T10:00:00Z")
    assert [one["state"] for one in listed(here)] == ["planned"]
    until(here, NINE + HOUR + MINUTE)
    assert [one["state"] for one in listed(here)] == ["standing"]
    until(here, NINE + 2 * HOUR + MINUTE)
    assert [one["state"] for one in listed(here)] == ["over"]
    with here.installation.database.reading() as tx:
        told_of = [row[0] for row in tx.rows("SELECT kind FROM events WHERE kind LIKE 'guard.%' ORDER BY at, seq")]
    assert told_of == ["guard.set", "guard.begun", "guard.over"]
    assert_proved(here)


def test_one_that_others_follow_waits_all_the_same(stage: Stage) -> None:
    """Its clock for an answer is put off with its path, also where a case that follows it has less time."""
    here = stage(AREAS, SECURITY, start=NINE)
    before = opened(here, SHOP)
    until(here, NINE + MINUTE)
    put(here, "window", areas=["shop"], lasts="1h")
    parent = opened(here, SHOP)
    link(here, "carl", before, "parent", parent)
    until(here, NINE + HOUR)
    assert clock(here, parent, "acknowledge").outcome is None
    assert len(paged(here)) == 1
    until(here, NINE + HOUR + 2 * MINUTE)
    assert len(paged(here)) == 2
    acknowledged(here, parent)
