"""A release of RE2 whose inside is another ends the start, and says what to install."""

from types import SimpleNamespace
from typing import Any

import pytest
import re2

from tocsin.policy.expressions.runtime import linear


def module(match: Any) -> Any:
    compiled = SimpleNamespace(_regexp=SimpleNamespace(Match=match))
    return SimpleNamespace(_Anchor=SimpleNamespace(UNANCHORED=0), compile=lambda pattern: compiled)


def test_the_installed_one_is_as_it_is_used() -> None:
    assert linear.anywhere(re2) == linear.ANYWHERE


@pytest.mark.parametrize(
    "other",
    [
        SimpleNamespace(compile=re2.compile),
        SimpleNamespace(_Anchor=re2._Anchor, compile=lambda pattern: object()),
        module(lambda anchor, data, start: [(0, 1)]),
        module(lambda anchor, data, start, end: []),
        module(lambda anchor, data, start, end: [(0, 1)]),
    ],
)
def test_another_one_is_refused(other: Any) -> None:
    with pytest.raises(ImportError, match=r"requirements\.lock"):
        linear.anywhere(other)
