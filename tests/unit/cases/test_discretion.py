"""What would change a score is told to those who see it in whole numbers as finely as that."""

from typing import Any

import pytest

from tocsin.cases import discretion
from tocsin.people.permissions import Viewer

AGENT, LEAD = Viewer("user:anna", "agent"), Viewer("user:lea", "lead")


def change(fact: str, before: Any, after: Any, points: float) -> dict[str, Any]:
    return {"fact": fact, "before": before, "after": after, "level": "senior", "score": 60.004321, "points": points}


@pytest.mark.parametrize(
    ("before", "after", "about"),
    [
        (100, 737, 740),
        (5000, 1261, 1200),
        (None, 93, 93),
        (2, 11, 11),
        (0.25, 0.731234, 0.74),
        (-3.5, -0.123456, -0.12),
        (700, 0, 0),
        (700, None, None),
        (False, True, True),
        ("calm", "angry", "angry"),
    ],
)
def test_a_number_that_would_do_is_rounded_away_from_what_is(before: Any, after: Any, about: Any) -> None:
    """So that it would do all the more."""
    said = change("case.attributes.size", before, after, 9.840878)
    assert discretion.shown(said, LEAD) == said
    told = discretion.shown(said, AGENT)
    assert told["after"] == (pytest.approx(about) if isinstance(about, float) else about)
    assert (type(told["after"]), told["before"]) == (type(after), before)
    assert (told["points"], told["score"]) == (10, 60)


def test_a_revenue_that_would_do_is_a_band() -> None:
    told = discretion.shown(change("account.arr", 654_321.0, 399_999.0, 2.8258), AGENT)
    assert (told["before"], told["after"], told["points"]) == ("500k to 1M", "100k to 500k", 3)
