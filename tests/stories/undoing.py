"""Undoing by hand, for stories of it."""

import msgspec

from tests.stories.process import (
    events,
    state,
)
from tests.testing import World
from tocsin.cases import deeds
from tocsin.cases.aggregate import Aggregate
from tocsin.ledger.journal import Recorded


def undone(here: World, case: int) -> Recorded:
    return [event for event in events(here, case) if event.kind == "case.undone"][-1]


def take_back(here: World, case: int, name: str, event: int | None = None) -> Aggregate:
    """Undone at both ends of a link."""
    desk, viewer = here.installation.desk, here.viewer(name)
    with here.installation.database.reading(here.clock.now()) as tx:
        cases = deeds.touched(tx, desk, case, event)
    done = here.installation.writer.write(lambda tx: deeds.take_back(tx, desk, viewer, case, event), cases=cases)
    here.installation.step_all()
    return done.state


def same(here: World, case: int, before: Aggregate) -> None:
    """The case is as it was, but for what every act changes, and for paths that begin again."""
    now = state(here, case)
    keep = {"updated_at": 0, "active_at": 0, "policy_version": 0}
    assert msgspec.structs.replace(now.case, **keep) == msgspec.structs.replace(before.case, **keep)
    rows = [
        [
            (run.clock, run.cycle, run.due_at, run.outcome, run.settled_at, run.paused_at, run.claimed_at, run.pauses)
            for run in one.clocks
            if run.clock != "idle" and run.cancelled_because != "undone"
        ]
        for one in (before, now)
    ]
    assert rows[0] == rows[1]
