"""Whoever may not be woken is paged, and timed, in the hours of some calendar, whichever way the policy is written."""

from tests.stories.conftest import Stage
from tests.stories.process import OUTAGE, QUESTION, SLOW, act, at, climb, clock, opened, outcome, paged, until
from tocsin.cases import verbs
from tocsin.core.clock import HOUR, MINUTE

SATURDAY = at("2026-03-07T02:00:00Z")  # three in the morning in Berlin
MONDAY = at("2026-03-09T08:00:00Z")  # nine
DEFAULT = ("default_severity: medium", "default_severity: critical")
UNSAID = (
    "targets: {acknowledge: {in: 2h, calendar: office}, contain: {in: 8h, calendar: office}}",
    "targets: {acknowledge: {in: 2h}, contain: {in: 8h}}",
)
NO_WAKE = ("wake: 'case.severity == \"critical\"'", "wake: 'false'")


def test_nobody_is_paged_on_saturday_because_the_default_severity_never_sleeps(stage: Stage) -> None:
    here = stage(DEFAULT, UNSAID, start=SATURDAY)
    case = opened(here, SLOW | {"sentiment": "angry"})
    assert (climb(here, case, "senior").hours, climb(here, case, "care").hours) == ("office", "office")
    until(here, MONDAY - 1)
    assert paged(here) == []
    until(here, MONDAY)
    assert len(paged(here)) > 0
    assert clock(here, case, "acknowledge").due_at == MONDAY + 2 * HOUR


def test_what_runs_day_and_night_and_wakes_nobody_is_timed_when_its_people_work(stage: Stage) -> None:
    here = stage(UNSAID, NO_WAKE, start=SATURDAY)
    case = opened(here, OUTAGE)
    run = clock(here, case, "acknowledge")
    assert (run.calendar, run.due_at) == ("office", MONDAY + 15 * MINUTE)
    assert climb(here, case, "senior").next_at == MONDAY
    assert paged(here) == []
    until(here, MONDAY + 10 * MINUTE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert outcome(here, case, "acknowledge") == ("met", MONDAY + 10 * MINUTE)


def test_a_case_that_is_raised_by_a_person_keeps_the_same_hours(stage: Stage) -> None:
    here = stage(DEFAULT, UNSAID, start=SATURDAY)
    case = opened(here, QUESTION)
    act(here, case, verbs.raise_(here.viewer("lea"), "senior", "hurts"))
    assert climb(here, case, "senior").hours == clock(here, case, "acknowledge").calendar == "office"
    assert paged(here) == []


def test_what_may_wake_people_does(stage: Stage) -> None:
    here = stage(DEFAULT, UNSAID, start=SATURDAY)
    case = opened(here, OUTAGE)
    assert climb(here, case, "senior").hours is None
    assert clock(here, case, "acknowledge").due_at == SATURDAY + 15 * MINUTE
    assert [when for when, _ in paged(here)] == [SATURDAY]
