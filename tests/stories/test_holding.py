"""A case that waits for its customer: some clocks pause, and run on without the time in which they stood."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import (
    QUESTION,
    SLOW,
    act,
    at,
    clock,
    down_until,
    events,
    opened,
    outcome,
    signal,
    state,
    told,
    until,
)
from tocsin.cases import verbs
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.errors import InvalidInput, NotAllowed

FRIDAY = at("2026-03-06T14:00:00Z")  # 15:00 in Berlin: two hours are left until Monday
MONDAY = at("2026-03-09T08:00:00Z")
EVERY_QUARTER = ("contain: [0.5, 0.8], resolve: [0.5]", "resolve: [0.25, 0.5, 0.75]")


def test_business_days_that_are_left_are_left_after_a_weekend(stage: Stage) -> None:
    here = stage(start=FRIDAY)
    case = opened(here, {"subject": "x"})
    due = clock(here, case, "resolve").due_at
    assert due == FRIDAY + 7 * DAY
    until(here, FRIDAY + HOUR)
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    assert {run.clock: run.paused_at for run in state(here, case).clocks if run.outcome is None} == {
        "resolve": FRIDAY + HOUR,
        "idle": FRIDAY + HOUR,
    }
    until(here, MONDAY + 2 * HOUR)
    act(here, case, verbs.resume(here.viewer("anna")))
    run = clock(here, case, "resolve")
    assert run.due_at == MONDAY + 7 * DAY + HOUR  # one hour on Friday and two on Monday later, behind a weekend
    assert (run.original_due_at, run.generation) == (due, 1)
    assert run.pauses == f"{FRIDAY + HOUR}-{MONDAY + 2 * HOUR}"
    assert state(here, case).case.held_at is None


@pytest.mark.parametrize(
    ("target", "due"),
    [("2d", MONDAY + 2 * DAY - HOUR), ("2bd", MONDAY + DAY + 7 * HOUR), ("9h", MONDAY + 8 * HOUR)],
    ids=["elapsed", "business days", "working time"],
)
def test_what_is_left_is_left_in_the_unit_of_the_target(stage: Stage, target: str, due: int) -> None:
    """Held for a weekend after one hour of its time."""
    here = stage(("resolve: 40h", f"resolve: {target}"), start=FRIDAY)
    case = opened(here, {"subject": "x"})
    until(here, FRIDAY + HOUR)
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    until(here, MONDAY)
    act(here, case, verbs.resume(here.viewer("anna")))
    assert clock(here, case, "resolve").due_at == due
    act(here, case, verbs.hold(here.viewer("anna"), "and another"))
    act(here, case, verbs.resume(here.viewer("anna")))
    assert clock(here, case, "resolve").due_at == due


def test_clocks_that_start_on_hold_are_paused_from_their_beginning(stage: Stage) -> None:
    here = stage(("pause: {clocks: [resolve", "pause: {clocks: [contain, resolve"), start=at("2026-03-02T08:00:00Z"))
    start = here.clock.now()
    case = opened(here, QUESTION)
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    act(here, case, verbs.raise_(here.viewer("lea"), "senior", "they are loud"))
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    due = clock(here, case, "contain").due_at
    until(here, start + HOUR)
    act(here, case, verbs.resume(here.viewer("anna")))
    assert clock(here, case, "contain").due_at == due + 17 * HOUR  # an hour later, behind a night


def test_a_reply_ends_the_pause(stage: Stage) -> None:
    here = stage(start=FRIDAY)
    case = opened(here, QUESTION, external_id="Z-1")
    due = clock(here, case, "resolve").due_at
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    until(here, FRIDAY + HOUR)
    signal(here, external_id="Z-1", kind="reply", body="here it is")
    assert clock(here, case, "resolve").due_at == due + HOUR
    [released] = events(here, case, "case.released")
    assert (released.at, released.payload["at"]) == (FRIDAY + HOUR, FRIDAY + HOUR)
    with pytest.raises(NotAllowed, match="not on hold"):
        act(here, case, verbs.resume(here.viewer("anna")))


@pytest.mark.parametrize("running", [True, False], ids=["by itself", "while nothing ran"])
def test_a_pause_ends_after_72_hours(stage: Stage, running: bool) -> None:
    here = stage(start=FRIDAY)
    case = opened(here, QUESTION)
    assert clock(here, case, "resolve").due_at == FRIDAY + 14 * DAY
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    end = FRIDAY + 3 * DAY
    assert state(here, case).case.held_until == end
    later = end + 2 * HOUR + DAY
    (until if running else down_until)(here, later)
    [released] = events(here, case, "case.released")
    assert (released.at, released.payload["at"]) == (end if running else later, end)
    assert clock(here, case, "resolve").due_at == FRIDAY + 17 * DAY  # two on Friday, six on Monday
    assert clock(here, case, "resolve").pauses == f"{FRIDAY}-{end}"


def test_what_fell_due_behind_a_pause_that_nobody_ended_is_settled_in_its_order(stage: Stage) -> None:
    here = stage(EVERY_QUARTER, start=FRIDAY)
    case = opened(here, {"subject": "x"})
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log", FRIDAY + HOUR))
    due = FRIDAY + 7 * DAY + HOUR
    down_until(here, due + 3 * DAY)
    assert [event.kind for event in events(here, case)[-5:]] == [
        "case.released",
        "clock.breached",
        "case.alerted",
        "clock.breached",
        "case.alerted",
    ]
    assert outcome(here, case, "resolve") == ("breached", due)
    assert [event.payload["late"] for event in events(here, case, "clock.breached")][1] == 3 * DAY


def test_a_hold_lasts_no_longer_than_the_policy_allows(stage: Stage) -> None:
    here = stage(start=FRIDAY)
    case = opened(here, QUESTION)
    for end in (FRIDAY, FRIDAY + 3 * DAY + 1):
        with pytest.raises(InvalidInput):
            act(here, case, verbs.hold(here.viewer("anna"), "asked for a log", end))
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log", FRIDAY + HOUR))
    with pytest.raises(NotAllowed, match="on hold already"):
        act(here, case, verbs.hold(here.viewer("anna"), "asked again"))


def test_a_paused_clock_that_gets_a_stricter_target_pauses_anew(stage: Stage) -> None:
    here = stage(start=at("2026-03-02T08:00:00Z"))
    start = here.clock.now()
    case = opened(here, {"subject": "Reports"}, external_id="Z-1")
    until(here, start + HOUR)
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    until(here, start + 3 * HOUR)
    signal(here, external_id="Z-1", type="slow", users_affected=80)
    run = clock(here, case, "resolve")
    assert (run.target, run.due_at) == ("16h", start + 2 * DAY + 2 * HOUR)  # the two hours of the pause are credited
    assert (run.paused_at, run.pauses) == (start + 3 * HOUR, f"{start + HOUR}-{start + 3 * HOUR}")
    until(here, start + 4 * HOUR)
    act(here, case, verbs.resume(here.viewer("anna")))
    assert clock(here, case, "resolve").due_at == start + 2 * DAY + 3 * HOUR
    assert clock(here, case, "resolve").generation == 2
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_silence_is_not_counted_while_the_customer_is_waited_for(stage: Stage) -> None:
    here = stage(start=at("2026-03-02T08:00:00Z"))
    start = here.clock.now()
    case = opened(here, {"subject": "x"})
    until(here, start + DAY + HOUR)
    assert outcome(here, case, "idle") == ("breached", start + 8 * HOUR)
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    assert clock(here, case, "idle", 2).paused_at == start + DAY + HOUR
    until(here, start + 2 * DAY + HOUR)
    act(here, case, verbs.resume(here.viewer("anna")))
    assert clock(here, case, "idle", 2).due_at == start + 3 * DAY + HOUR
    assert len(told(here, case, "breach")) == 1


def test_a_claimed_and_a_breached_clock_do_not_pause(stage: Stage) -> None:
    here = stage(start=at("2026-03-02T08:00:00Z"))
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.resolve(here.viewer("anna")))
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    assert [run.clock for run in state(here, case).clocks if run.paused_at is not None] == ["idle"]
    here.forward(30 * MINUTE)
    act(here, case, verbs.reject_resolution(here.viewer("carl"), "no"))
    assert clock(here, case, "resolve").ticking
