"""Who may own a case: whoever is active, in a role that works on cases. Routes, people and the auditor agree on it."""

from typing import Any

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import OUTAGE, QUESTION, act, at, clock, events, on_call, opened, state, told
from tests.testing import World
from tocsin.cases import verbs
from tocsin.cases.record import health
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import plain
from tocsin.people import directory

NINE = at("2026-03-04T09:00:00Z")


def becomes(here: World, role: str, *names: str) -> None:
    installation = here.installation

    def write(tx: Any) -> None:
        for name in names:
            directory.change_user(tx, installation.mint, installation.journal, name, {"role": role}, by="test")

    installation.writer.write(write)


def owner(here: World, case: int) -> str | None:
    return here.installation.people().name_of(state(here, case).case.owner)


def test_the_least_loaded_who_owns_a_case_works_on_cases(stage: Stage) -> None:
    here = stage(start=NINE)
    members = here.installation.people().teams["support"].members
    names = [here.installation.people().users[member].name for member in members]
    viewers, rest = names[:1], set(names[1:])
    becomes(here, "viewer", *viewers)
    assert {owner(here, opened(here, QUESTION, external_id=f"C-{number}")) for number in range(4)} <= rest
    becomes(here, "committee", *rest)
    case = opened(here, QUESTION)
    assert owner(here, case) is None
    assert clock(here, case, "assign").outcome is None, "somebody is still wanted"


def test_whoever_is_on_call_owns_no_case_without_working_on_cases(stage: Stage) -> None:
    here = stage(("assign: least_loaded", "assign: oncall"), start=NINE)
    installation = here.installation
    installation.writer.write(
        lambda tx: directory.change_team(
            tx, installation.mint, installation.journal, "support", {"roster": "senior"}, by="test"
        )
    )
    first = on_call(here)
    becomes(here, "viewer", first)
    second = owner(here, opened(here, QUESTION, external_id="Q-1"))
    assert second not in (None, first)
    becomes(here, "viewer", second)
    case = opened(here, QUESTION)
    assert owner(here, case) is None
    assert clock(here, case, "assign").outcome is None


def test_the_auditor_says_what_the_verb_says(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    name = owner(here, case)
    assert name is not None
    becomes(here, "viewer", name)
    with pytest.raises(InvalidInput, match="does not work on cases"):
        act(here, case, verbs.assign(here.viewer("admin"), name))
    found = health.examine(state(here, case), None, here.installation.people(), here.clock.now())
    assert [(one.what, "viewer" in plain(one.says)) for one in found if one.what != "timer"] == [("owner_away", True)]


def test_a_claim_is_judged_by_the_technical_lead_whose_role_may_confirm_it(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer("mia")))
    assert events(here, case, "case.acknowledged")[0].payload["kind"] == "technical"
    act(here, case, verbs.contain(here.viewer("anna")))
    assert told(here, case, "claim") == [(NINE, ["mia"])]
