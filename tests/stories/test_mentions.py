"""A note that names a colleague tells them, once, and nobody who may not see the case."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import QUESTION, act, at, opened, told
from tests.testing import World
from tocsin.cases import verbs
from tocsin.core.errors import InvalidInput

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday


def heard(here: World, case: int) -> list[list[str]]:
    return [names for _, names in told(here, case, "mentioned")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@lea, could you look? @carl too.", ["lea", "carl"]),
        ("It was @lea. And @lea again", ["lea"]),
        ("@anna writes to herself", []),
        ("mail lea@example.com or x@lea", []),
        ("@nobody knows, @ is no name", []),
        ("(@lea)", ["lea"]),
    ],
)
def test_whom_a_note_names_hears_of_it(stage: Stage, text: str, names: list[str]) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    act(here, case, verbs.note(here.viewer("anna"), text))
    assert heard(here, case) == ([names] if names else [])


def test_of_a_confidential_case_only_those_are_told_who_see_it(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    act(here, case, verbs.restrict(here.viewer("lea"), ["mia"], "a regulator asks"))
    with pytest.raises(InvalidInput, match="carl may not see it"):
        act(here, case, verbs.note(here.viewer("mia"), "@carl knows the system"))
    act(here, case, verbs.note(here.viewer("mia"), "@lea knows the regulator"))
    assert heard(here, case) == [["lea"]]
