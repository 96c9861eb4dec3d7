"""Texts: whether they say anything, how they are stored, and what they are compared by."""

import json
import unicodedata
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import InvalidInput
from tocsin.core.texts import blank, composed, fold, nfc, normal
from tocsin.policy.body import read_body, to_body


@pytest.mark.parametrize(
    "text", ["", "  ", "\t\n", "\u200b\u2060", "\ufeff", "\u00a0\u3000", "\u3164", "\u2800", "\ufe0f"]
)
def test_nothing_is_said(text: str) -> None:
    assert blank(text)
    if text:
        with pytest.raises(InvalidInput, match="subject") as refused:
            to_body({"subject": text})
        assert (refused.value.place, "can be seen" in (refused.value.expected or "")) == ("subject", True)


@pytest.mark.parametrize("text", ["x", " x ", "-", "\u200bx", "é", "e\u0301", "障害", "🔥", "?"])
def test_something_is_said(text: str) -> None:
    assert not blank(text)
    assert to_body({"subject": text}).subject == nfc(text)


def test_a_body_of_bytes_is_refused_alike() -> None:
    with pytest.raises(InvalidInput, match="says nothing"):
        read_body(b'{"subject": " \\u200b "}')


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("API is Down", "api is down"),
        ("Sto\u0308rung", "störung"),
        ("STÖRUNG", "störung"),
        ("\uff21\uff30\uff29\u3000\uff44\uff4f\uff57\uff4e", "api down"),
        ("\uff76\uff9e\uff8d\uff9e\uff99", "ガベル"),
        ("out\u00adage", "outage"),
        ("out\u200bage", "outage"),
        ("o\u200cu\u200dt\u2060a\ufeffge", "outage"),
        ("\u202eout\u202cage\u200e", "outage"),
        ("out\ufe0fage", "outage"),
        ("o\U000e0061utage", "outage"),
        ("o\u200d\u0308", "ö"),
        ("is\u00a0down\u202fnow", "is down now"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("can\u2019t \u2013 \u201cdown\u201d", 'can\'t - "down"'),
        ("a\r\nb\rc\u2028d", "a b c d"),
        ("is  down\tnow\r\nhere\u00a0\u00a0too", "is down now here too"),
        ("one\n\ntwo\r\n \t\r\nthree \n\n\n four", "one\n\ntwo\n\nthree\n\nfour"),
        ("  is\n", " is "),
        (" \n ", " "),
        ("ﬁle №1 ①", "file no1 1"),
    ],
)
def test_a_text_is_compared_without_case_width_and_what_cannot_be_seen(written: str, folded: str) -> None:
    assert fold(written) == folded
    assert nfc(written) == unicodedata.normalize("NFC", written), "stored otherwise untouched"


@given(st.text())
def test_folding_is_the_same_in_every_normal_form_and_the_second_time(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert fold(unicodedata.normalize(form, text)) == folded


@pytest.mark.long
def test_no_character_folds_otherwise_the_second_time() -> None:
    every = (chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)
    changed = ((each, folded) for each in every if (folded := fold(each)) != each)  # others are the same each time
    assert [each for each, folded in changed if fold(folded) != folded] == []


def test_every_text_of_a_ticket_is_stored_with_composed_letters() -> None:
    apart = "Sto\u0308rung"
    given_ = {
        "subject": apart,
        "body": f"{apart}\u00ad",
        "external_id": apart,
        "source": apart,
        "priority": apart,
        "tags": [apart],
        "attributes": {apart: [{apart: apart}, 1]},
        "account": {"external_id": apart, "name": apart, "plan": apart},
    }
    for body in (to_body(given_), read_body(json.dumps(given_).encode()), read_body(msgspec.json.encode(given_))):
        assert apart not in repr(body)
        assert (body.subject, body.body, body.tags) == ("Störung", "Störung\u00ad", ["Störung"])
        assert body.attributes == {"Störung": [{"Störung": "Störung"}, 1]}
        assert body.account is not None
        assert (body.account.external_id, body.account.name) == ("Störung", "Störung")
    kept = {"a": ["x", {"ö": 1}], "b": 1}
    assert composed(kept) is kept


def test_no_white_space_is_left_but_single_spaces_and_empty_lines() -> None:
    for point in range(0x110000):
        if (letter := chr(point)).isspace():
            assert fold(f"a{letter}b") == fold(f"a {letter} b") == "a b", hex(point)


@given(st.text(st.sampled_from("ab \t\n\r\x0b\x1f\u00a0\u2028")))
def test_white_space_is_that_of_words_and_paragraphs(text: str) -> None:
    folded = fold(text)
    assert folded.split() == text.split()
    assert "  " not in folded
    assert folded.replace("\n\n", "").count("\n") == 0


@pytest.mark.parametrize("marks", ["\u0323\u0301", "\u0f73\u0301", "\uff9e\u0301"])
def test_no_text_takes_time_by_the_square_of_the_marks_on_a_letter(marks: str) -> None:
    """As many as a language writes are put in order; of more, some at a time."""
    assert normal("NFKD", "a" + marks * 50) == unicodedata.normalize("NFKD", "a" + marks * 50)
    found = normal("NFKD", f"障害{'a' + marks * 2000}z")
    places = [place for place, letter in enumerate(found) if letter == marks[1]]
    assert len(places) == 2000
    assert max(later - one for one, later in pairwise(places)) < 600
    assert sorted(found) == sorted(unicodedata.normalize("NFKD", f"障害{'a' + marks * 2000}z"))
    assert normal("NFC", "가" * 1000 + "e\u0301") == "가" * 1000 + "é"
