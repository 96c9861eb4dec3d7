"""What people write says something, who owns a case may work on it, holds share the time that the policy allows, and
what a clock had to spare is working time."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import QUESTION, act, at, clock, opened, signal, state, until
from tocsin.cases import verbs
from tocsin.cases.clocks import ticking
from tocsin.core.clock import DAY, HOUR
from tocsin.core.errors import InvalidInput
from tocsin.people import directory

FRIDAY = at("2026-03-06T14:00:00Z")


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "x" * 20_001])
def test_a_note_says_something_within_bounds(stage: Stage, text: str) -> None:
    here = stage()
    case = opened(here, QUESTION)
    with pytest.raises(InvalidInput) as refused:
        act(here, case, verbs.note(here.viewer("anna"), text))
    assert refused.value.place == "text"
    act(here, case, verbs.note(here.viewer("anna"), "x" * 20_000))


def test_an_owner_may_work_on_cases(stage: Stage) -> None:
    here = stage()
    installation = here.installation
    installation.writer.write(
        lambda tx: directory.add_user(tx, installation.mint, installation.journal, "vera", by="test", role="viewer")
    )
    case = opened(here, QUESTION)
    for plan in (
        verbs.assign(here.viewer("anna"), "vera"),
        verbs.override(here.viewer("lea"), reason="x", owner="vera"),
    ):
        with pytest.raises(InvalidInput, match="viewer") as refused:
            act(here, case, plan)
        assert refused.value.place == "owner"
        assert "an agent, a senior, an escalation manager, a lead" in (refused.value.expected or "")
    act(here, case, verbs.assign(here.viewer("anna"), "bo"))


def test_holds_in_a_row_share_the_longest_time(stage: Stage) -> None:
    here = stage(start=FRIDAY)
    case = opened(here, QUESTION, external_id="Z-1")
    anna = here.viewer("anna")
    begun = here.clock.now()
    act(here, case, verbs.hold(anna, "asked for a log"))
    longest = (state(here, case).case.held_until or 0) - begun
    until(here, begun + HOUR)
    act(here, case, verbs.resume(anna))
    assert state(here, case).case.waited == HOUR
    with pytest.raises(InvalidInput, match="too long"):
        act(here, case, verbs.hold(anna, "and again", begun + HOUR + longest))
    act(here, case, verbs.hold(anna, "and again"))
    assert state(here, case).case.held_until == begun + longest
    until(here, begun + longest + 1)
    assert state(here, case).case.held_at is None
    with pytest.raises(InvalidInput, match="as long as the policy allows"):
        act(here, case, verbs.hold(anna, "a third time"))
    signal(here, external_id="Z-1", kind="reply", body="here it is")
    act(here, case, verbs.hold(anna, "asked for more"))
    until(here, begun + longest + HOUR)
    signal(here, external_id="Z-1", kind="reply", body="and more")
    assert (state(here, case).case.waited, state(here, case).case.held_at) == (0, None)


def test_what_was_left_is_working_time(stage: Stage) -> None:
    here = stage(start=FRIDAY)
    case = opened(here, {"subject": "x"})
    act(here, case, verbs.resolve(here.viewer("lea"), "done"))
    run = clock(here, case, "resolve")
    assert run.outcome == "met"
    with here.installation.database.reading() as tx:
        policies = here.installation.desk.policies.get(tx)
    run.target = "4h"
    run.settled_at, run.due_at = FRIDAY + HOUR, FRIDAY + 2 * DAY
    spare = ticking.spare(run, policies)
    assert spare == HOUR  # Friday's last
