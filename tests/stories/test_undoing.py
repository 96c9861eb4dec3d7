"""What somebody has just done is undone: the case is as it was, and what was sent meanwhile is said."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import (
    QUESTION,
    act,
    at,
    clock,
    events,
    opened,
    state,
)
from tests.testing import World
from tocsin.cases import verbs
from tocsin.core.clock import HOUR, MINUTE, SECOND
from tocsin.core.errors import NotAllowed
from tocsin.ledger.journal import Recorded

MONDAY = at("2026-03-02T09:00:00Z")


def undone(here: World, case: int) -> Recorded:
    return [event for event in events(here, case) if event.kind == "case.undone"][-1]


def test_an_undone_hold_never_paused_a_clock(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, QUESTION)
    due = clock(here, case, "resolve").due_at
    here.forward(HOUR)
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    here.forward(5 * MINUTE)
    act(here, case, verbs.undo(here.viewer("bo")))
    assert state(here, case).case.held_at is None
    run = clock(here, case, "resolve")
    assert (run.due_at, run.paused_at, run.pauses) == (due, None, "")
    payload = undone(here, case).payload
    assert (payload["verb"], payload["by"], payload["paged"]) == ("hold", "user:anna", 0)
    with pytest.raises(NotAllowed, match="nothing was done that can still be undone"):
        act(here, case, verbs.undo(here.viewer("anna")))


def test_after_its_time_nothing_is_undone(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, QUESTION)
    here.forward(MINUTE)
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    here.forward(10 * MINUTE + SECOND)
    with pytest.raises(NotAllowed, match="nothing was done"):
        act(here, case, verbs.undo(here.viewer("anna")))
