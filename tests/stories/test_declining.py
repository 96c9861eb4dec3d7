"""An acknowledgement is given back by whoever gave it, and nobody else's with it."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import (
    OUTAGE,
    act,
    at,
    climbs,
    clock,
    events,
    link,
    on_call,
    opened,
    paged,
    state,
    until,
)
from tests.testing import World
from tocsin.cases import verbs
from tocsin.core.clock import MINUTE
from tocsin.core.errors import NotAllowed
from tocsin.people.permissions import Viewer

NINE = at("2026-03-04T09:00:00Z")  # in Berlin, a Wednesday
ANGRY = OUTAGE | {"sentiment": "angry"}  # engineers are called, and the escalation manager beside them
TWO = ('notify: ["oncall:senior", "role:duty-director"], wait: 5m}', 'notify: ["oncall:senior"], acknowledgements: 2}')


def both_answered(here: World) -> tuple[int, str]:
    """A case whose engineer and escalation manager have answered; and who the engineer is."""
    case, engineer = opened(here, ANGRY), on_call(here)
    until(here, NINE + MINUTE)
    act(here, case, verbs.acknowledge(here.viewer(engineer)))
    act(here, case, verbs.acknowledge(here.viewer("mia")))
    assert climbs(here, case) == [("senior", "acknowledged"), ("care", "acknowledged")]
    return case, engineer


def test_who_gives_the_relationship_back_leaves_the_engineers_alone(stage: Stage) -> None:
    here = stage(start=NINE)
    case, engineer = both_answered(here)
    child = opened(here, OUTAGE, external_id="C-1")
    link(here, "lea", child, "parent", case)
    assert state(here, child).case.technical_lead == here.viewer(engineer).user
    answered_at, before = state(here, case).case.acknowledged_at, len(paged(here))
    until(here, NINE + 5 * MINUTE)
    act(here, case, verbs.decline(here.viewer("mia"), "I am ill"))
    assert climbs(here, case) == [("senior", "acknowledged"), ("care", "acknowledged"), ("care", "climbing")]
    found = state(here, case).case
    assert (found.acknowledged_at, found.technical_lead) == (answered_at, here.viewer(engineer).user)
    assert found.escalation_manager is None
    assert {to for _, to in paged(here)[before:]} <= {"mia", "lea"}
    assert [run.cycle for run in state(here, case).clocks if run.clock == "acknowledge"] == [1]
    assert state(here, child).case.acknowledged_at is not None, "what is between the customer and us is no child's"
    act(here, case, verbs.acknowledge(here.viewer("mia")))
    assert state(here, case).case.escalation_manager == here.viewer("mia").user


def test_who_gives_the_technical_work_back_leaves_the_relationship_alone(stage: Stage) -> None:
    here = stage(start=NINE)
    second = on_call(here, "backup")
    case, engineer = both_answered(here)
    before = len(paged(here))
    act(here, case, verbs.decline(here.viewer(engineer), "on a train"))
    assert climbs(here, case) == [("senior", "acknowledged"), ("care", "acknowledged"), ("senior", "climbing")]
    found = state(here, case).case
    assert (found.acknowledged_at, found.technical_lead) == (None, None)
    assert found.escalation_manager == here.viewer("mia").user
    assert [to for _, to in paged(here)[before:]] == [second]
    assert clock(here, case, "acknowledge", 2).outcome is None


def test_an_answer_is_given_back_while_another_path_climbs(stage: Stage) -> None:
    here = stage(start=NINE)
    second = on_call(here, "backup")
    case, engineer = opened(here, ANGRY), on_call(here)
    act(here, case, verbs.acknowledge(here.viewer(engineer)))
    before = len(paged(here))
    act(here, case, verbs.decline(here.viewer(engineer)))
    assert climbs(here, case) == [("senior", "acknowledged"), ("care", "climbing"), ("senior", "climbing")]
    assert [to for _, to in paged(here)[before:]] == [second]
    assert [event.payload["by"] for event in events(here, case, "path.declined")] == [
        event.payload["lead"] for event in events(here, case, "case.acknowledged")
    ]


def test_nobody_gives_back_what_others_have(stage: Stage) -> None:
    here = stage(start=NINE)
    case, _ = both_answered(here)
    with pytest.raises(NotAllowed, match="somebody else"):
        act(here, case, verbs.decline(here.viewer("lea")))


def test_the_answer_of_a_person_counts_once_with_whatever_token(stage: Stage) -> None:
    here = stage(TWO, start=NINE)
    case = opened(here, OUTAGE | {"users_affected": 100})
    carl = here.viewer("carl")
    act(here, case, verbs.acknowledge(carl))
    by_token = Viewer(carl.actor, carl.role, user=carl.user, token=here.installation.mint.new(here.clock.now()))
    with pytest.raises(NotAllowed, match="acknowledged already"):
        act(here, case, verbs.acknowledge(by_token))
    act(here, case, verbs.acknowledge(here.viewer("dora")))
    assert climbs(here, case) == [("top", "acknowledged")]
    assert [event.payload["given"] for event in events(here, case, "path.answered")] == [1, 2]
