"""Filters as people write them: what is read, and what is refused with its place."""

from typing import Any

import pytest

from tocsin.cases.queries import asked
from tocsin.cases.queries.asked import CaseQuery
from tocsin.core.errors import InvalidInput


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"state": "open", "level": "senior", "kind": "technical", "sort": "due"},
        {"owner": "me", "team": "billing", "needs": "breached", "live": True},
        {"q": "payments fail", "account": "acme", "imported": False, "product_area": "api"},
    ],
)
def test_what_is_read_is_shown_as_it_was_written(fields: dict[str, Any]) -> None:
    assert asked.shown(asked.read(fields)) == fields


def test_what_is_left_out_asks_for_everything() -> None:
    assert asked.read({}) == CaseQuery()
    assert asked.shown(asked.read({"sort": "newest", "live": False, "team": None})) == {}


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ([], "filter"),
        ("open", "filter"),
        ({"colour": "red"}, "filter.colour"),
        ({"state": "half"}, "filter.state"),
        ({"level": "high"}, "filter.level"),
        ({"kind": 3}, "filter.kind"),
        ({"live": "yes"}, "filter.live"),
        ({"team": ["a", "b"]}, "filter.team"),
        ({"needs": "love"}, "filter.needs"),
        ({"sort": "colour"}, "filter.sort"),
        ({"q": "x" * 501}, "filter.q"),
    ],
)
def test_what_is_no_filter_is_refused(fields: Any, place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        asked.read(fields)
    assert refused.value.place == place
