"""The text around what was looked for, in parts."""

import pytest

from tocsin.cases.queries.searching import Fragment, fragments
from tocsin.storage import words

LONG = "lorem ipsum dolor " * 30


def cut(text: str, query: str) -> tuple[Fragment, ...]:
    return fragments(text, words.places(text, query))


def test_a_short_text_is_whole() -> None:
    assert cut("Payments fail", "fail") == (Fragment("Payments ", False), Fragment("fail", True))


@pytest.mark.parametrize("text", [f"{LONG}needle {LONG}", f"needle {LONG}", f"{LONG}needle", f"{'x' * 900}needle"])
def test_a_long_text_is_cut_around_the_first_place(text: str) -> None:
    parts = cut(text, "needle" if " needle" in text or text.startswith("needle") else "x" * 100)
    assert any(part.marked for part in parts)
    said = "".join(part.text for part in parts)
    assert said.strip("…") in text
    assert said.startswith("…") == (not text.startswith(said[:5]))


def test_several_places_in_one_excerpt() -> None:
    parts = cut("fail and fail and succeed", "fail succeed")
    assert [part.text for part in parts if part.marked] == ["fail", "fail", "succeed"]
    assert "".join(part.text for part in parts) == "fail and fail and succeed"
