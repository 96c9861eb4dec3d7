"""Fixtures of the stories."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.stories import invariants
from tests.stories.process import PEOPLE, POLICY, assert_proved, changed
from tests.testing import MADE, World, world

Stage = Callable[..., World]


@pytest.fixture(autouse=True)
def no_case_is_forgotten(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a story told, its cases keep what holds for all. One that changes rows by hand is marked `tampered`."""
    MADE.clear()
    yield
    if request.node.get_closest_marker("tampered") is None:
        assert [says for here in MADE for says in invariants.broken_in(here.url)] == []


@pytest.fixture
def stage(databases: Any) -> Iterator[Stage]:
    """Makes installations for stories of the process. Whatever happened in one, its record proves every row in the end,
    and nothing is left that is due."""
    made: list[World] = []

    def make(*changes: tuple[str, str], people: dict[str, str] | None = None, **more: Any) -> World:
        here = world(databases.new(), changed(POLICY, *changes), people=people or PEOPLE, **more)
        made.append(here)
        return here

    yield make
    for here in made:
        assert_proved(here)
        here.installation.close()
