"""Fixtures of the stories."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.stories.process import PEOPLE, POLICY, assert_proved, changed
from tests.testing import World, world

Stage = Callable[..., World]


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
