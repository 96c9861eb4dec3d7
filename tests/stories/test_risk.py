"""Cases that may yet escalate: learnt of others, shown with reasons, answered by people."""

from typing import Any

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import act, assert_proved, at, opened, signal, state, until
from tests.testing import World
from tocsin.administration import risks
from tocsin.cases import verbs
from tocsin.cases.risk import estimating, learning
from tocsin.cases.risk.listing import Risk
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.errors import InvalidInput, NotAllowed

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
ASKED = ("triage:\n", "storm: {enabled: false}\nrisk: {miss_at_most: 0.1}\ntriage:\n")
QUESTION: dict[str, Any] = {"subject": "a question", "account": {"external_id": "calm"}}


def ticket(number: int, **more: Any) -> dict[str, Any]:
    return {**QUESTION, "external_id": f"R-{number}", **more}


def history(here: World, amount: int) -> None:
    """Of every two cases one is answered and over within two hours; about the other its customer writes three times,
    and then it is raised."""
    lea = here.viewer("lea")
    for number in range(amount):
        fine = opened(here, ticket(2 * number))
        bad = opened(here, ticket(2 * number + 1, account={"external_id": "loud"}))
        act(here, fine, verbs.note(lea, "looking"))
        for _ in range(3):
            signal(here, external_id=f"R-{2 * number + 1}", kind="reply", body="well?")
        here.forward(90 * MINUTE, look=90 * MINUTE)
        act(here, fine, verbs.resolve(lea, "done"))
        act(here, fine, verbs.close(lea)) if state(here, fine).case.state == "resolved" else None
        act(here, bad, verbs.override(lea, reason="they are right", level="senior"))


def learn(here: World) -> None:
    built = here.installation
    learning.learn(built.database, built.writer, built.desk, here.clock)


def estimate(here: World) -> None:
    while estimating.estimate(here.installation.database, here.installation.writer, here.clock):
        pass


def shown(here: World, name: str = "lea") -> list[tuple[int, Risk]]:
    with here.installation.database.reading(here.clock.now()) as tx:
        return [(case.id, risk) for risk, case in risks.shown(tx, here.installation, here.viewer(name)).cases]


def knows(here: World) -> bool:
    with here.installation.database.reading(here.clock.now()) as tx:
        return risks.shown(tx, here.installation, here.viewer("lea")).knows


def test_too_little_is_known_and_nothing_is_shown(stage: Stage) -> None:
    here = stage(ASKED, start=NINE)
    history(here, 3)
    opened(here, ticket(99))
    learn(here)
    estimate(here)
    assert (knows(here), shown(here)) == (False, [])


def test_a_case_like_those_that_escalated_is_shown_and_answered(stage: Stage) -> None:
    here = stage(ASKED, start=NINE)
    history(here, 60)
    learn(here)
    assert knows(here)
    calm = opened(here, ticket(900))
    loud = opened(here, ticket(901, account={"external_id": "loud"}))
    for _ in range(3):
        signal(here, external_id="R-901", kind="reply", body="well?")
    here.forward(2 * HOUR, look=HOUR)
    act(here, calm, verbs.note(here.viewer("lea"), "looking"))
    estimate(here)
    found = dict(shown(here))
    assert loud in found
    speaks = [one.name for one in found[loud].speaks()]
    assert "replies" in speaks
    assert calm not in found or found[calm].likelihood < found[loud].likelihood
    answer = verbs.answer_risk
    with pytest.raises(InvalidInput):
        act(here, loud, answer(here.viewer("lea"), answer="disagreed"))
    act(here, loud, answer(here.viewer("lea"), answer="seen"))
    assert dict(shown(here))[loud].answer == "seen"
    act(here, loud, answer(here.viewer("lea"), answer="snoozed", lasts="4h", reason="they test until noon"))
    assert loud not in dict(shown(here))
    until(here, here.clock.now() + 4 * HOUR)
    estimate(here)
    assert loud in dict(shown(here))
    act(here, loud, answer(here.viewer("lea"), answer="disagreed", reason="it is a wish"))
    estimate(here)
    assert loud not in dict(shown(here))
    assert_proved(here)
    learn(here)
    act(here, loud, verbs.override(here.viewer("lea"), reason="it was right", level="senior"))
    here.forward(11 * MINUTE)
    estimate(here)
    with here.installation.database.reading(here.clock.now()) as tx:
        model = risks.shown(tx, here.installation, here.viewer("lea")).model
    assert model is not None
    assert (model.version, model.following.seen) == (2, 1)
    with pytest.raises(NotAllowed):
        act(here, loud, answer(here.viewer("lea"), answer="seen"))


def test_a_confidential_case_is_at_risk_for_those_who_see_it(stage: Stage) -> None:
    here = stage(ASKED, start=NINE)
    history(here, 60)
    learn(here)
    loud = opened(here, ticket(901, account={"external_id": "loud"}))
    for _ in range(3):
        signal(here, external_id="R-901", kind="reply", body="well?")
    act(here, loud, verbs.restrict(here.viewer("lea"), names=["lea"], reason="a matter of law"))
    here.forward(DAY, look=6 * HOUR)
    estimate(here)
    assert loud in dict(shown(here))
    owner = state(here, loud).case.owner
    stranger = next(name for name in ("anna", "bo") if here.viewer(name).user != owner)
    assert loud not in dict(shown(here, stranger))


def test_without_a_word_in_the_policy_nothing_is_estimated(stage: Stage) -> None:
    here = stage(start=NINE)
    opened(here, ticket(1))
    learn(here)
    estimate(here)
    with here.installation.database.reading(here.clock.now()) as tx:
        found = risks.shown(tx, here.installation, here.viewer("lea"))
    assert (found.promised, found.model, found.cases) == (None, None, [])
