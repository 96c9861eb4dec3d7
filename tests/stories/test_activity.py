"""What keeps an acknowledgement alive, and the clock of silence still: work that somebody does, and nobody else's."""

from collections.abc import Callable

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import OUTAGE, QUESTION, act, at, clock, link, opened, signal, state, unlink, until
from tests.testing import World
from tocsin.cases import verbs
from tocsin.core.clock import HOUR, MINUTE

NINE = at("2026-03-04T09:00:00Z")
LATER = NINE + 20 * MINUTE
ASKED = (
    'text-only, when: \'decision.evidence == "text" && decision.level != "standard"\'',
    "text-only, when: 'decision.level != \"standard\"'",
)


def taken(here: World) -> int:
    """A case that carl has had since nine."""
    case = opened(here, OUTAGE, external_id="Z-1")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    return case


def _release(here: World, case: int) -> None:
    act(here, case, verbs.hold(here.viewer("carl"), "waiting"))
    until(here, LATER)
    act(here, case, verbs.resume(here.viewer("carl")))


def _confide(here: World, case: int) -> None:
    act(here, case, verbs.restrict(here.viewer("mia"), ["carl"], "legal"))


def _relieve(here: World, case: int) -> None:
    act(here, case, verbs.extend(here.viewer("admin"), "resolve", NINE + 90 * HOUR, "agreed"))


def _unlink(here: World, case: int) -> None:
    other = opened(here, QUESTION)
    link(here, "carl", case, "related", other)
    until(here, LATER)
    unlink(here, "carl", case, "related", other)


def _answer(here: World, case: int) -> None:
    act(here, case, verbs.request(here.viewer("anna"), "executive", "they are stuck"))
    until(here, LATER)
    act(here, case, verbs.answer_request(here.viewer("lea"), False, "not yet"))


WORK: list[Callable[[World, int], None]] = [_release, _confide, _relieve, _unlink, _answer]


@pytest.mark.parametrize("work", WORK)
def test_whoever_works_on_a_case_keeps_its_acknowledgement_alive(
    stage: Stage, work: Callable[[World, int], None]
) -> None:
    here = stage(start=NINE)
    case = taken(here)
    if work in (_confide, _relieve):
        until(here, LATER)
    work(here, case)
    assert state(here, case).case.expires_at() == LATER + HOUR
    assert clock(here, case, "idle").due_at == LATER + 8 * HOUR


def test_acknowledging_and_lowering_are_no_silence(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    until(here, LATER)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert clock(here, case, "idle").due_at == LATER + 8 * HOUR
    until(here, LATER + MINUTE)
    act(here, case, verbs.lower(here.viewer("lea"), "standard", "over"))
    assert clock(here, case, "idle").due_at == LATER + MINUTE + 8 * HOUR


def test_what_the_engine_answers_itself_is_nobodys_work(stage: Stage) -> None:
    here = stage(ASKED, start=NINE)
    case = taken(here)
    answer_by = state(here, case).case.triage_at
    assert answer_by is not None
    assert NINE < answer_by < LATER
    until(here, answer_by + MINUTE)
    assert state(here, case).case.triage_at is None
    assert state(here, case).case.expires_at() == NINE + HOUR


def test_the_customers_reply_is_not_ours(stage: Stage) -> None:
    here = stage(start=NINE)
    case = taken(here)
    act(here, case, verbs.hold(here.viewer("carl"), "waiting"))
    until(here, LATER)
    signal(here, here.viewer("anna"), external_id="Z-1", source="api", kind="reply", body="It still fails.")
    assert state(here, case).case.held_at is None
    assert state(here, case).case.expires_at() == NINE + HOUR


def test_a_silence_that_is_allowed_is_not_cut_short_by_allowing_it(stage: Stage) -> None:
    here = stage(start=NINE)
    case = taken(here)
    until(here, LATER)
    act(here, case, verbs.extend(here.viewer("admin"), "idle", NINE + 30 * HOUR, "a holiday"))
    assert clock(here, case, "idle").due_at == NINE + 30 * HOUR
