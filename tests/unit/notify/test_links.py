"""A link allows what was signed, and nothing else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import NotFound
from tocsin.ledger.chain import derive
from tocsin.notify.links import PURPOSE, Claim, Links

LINKS = Links(derive("a secret for tests, which nobody else may use", PURPOSE), "https://tocsin.test")
CLAIM = Claim(123456789, 42, 1_700_000_000_000_000)


def test_a_token_says_what_was_signed() -> None:
    link = LINKS.link(CLAIM)
    assert link.startswith("https://tocsin.test/acknowledge/")
    assert LINKS.read(link.rpartition("/")[2]) == CLAIM


@given(st.integers(0, 55), st.integers(1, 255))
def test_a_changed_byte_makes_it_no_token(place: int, change: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(LINKS.token(CLAIM) + "="))
    raw[place] ^= change
    with pytest.raises(NotFound):
        LINKS.read(base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("="))


@given(st.text(max_size=80))
def test_any_other_text_is_no_token(text: str) -> None:
    with pytest.raises(NotFound):
        LINKS.read(text)


def test_every_letter_counts_and_another_key_signs_nothing() -> None:
    token = LINKS.token(CLAIM)
    for place in range(len(token)):
        for letter in "AB-_g4":
            other = token[:place] + letter + token[place + 1 :]
            if other != token:
                with pytest.raises(NotFound):
                    LINKS.read(other)
    with pytest.raises(NotFound):
        Links(bytes(32), "").read(token)
