"""How long what fails is tried again: as the pages of the manual say."""

from pathlib import Path
from random import Random

import pytest

from tocsin.core.clock import MINUTE
from tocsin.ledger import work

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("page", ["notifications.md", "operations.md"])
def test_the_manual_says_how_often_and_how_long(page: str) -> None:
    assert f"tried again, {work.ATTEMPTS} times over about an hour, ever more seldom" in (DOCS / page).read_text()


@pytest.mark.parametrize("seed", range(20))
def test_all_attempts_together_take_about_an_hour(seed: int) -> None:
    chance = Random(seed)
    pauses = [work.backoff(attempt, chance) for attempt in range(1, work.ATTEMPTS)]
    assert 50 * MINUTE <= sum(pauses) <= 70 * MINUTE
    assert pauses == sorted(pauses), "ever more seldom"
