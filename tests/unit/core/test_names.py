"""What a thing may be called that has an address by its name."""

import pytest

from tocsin.core import names
from tocsin.core.errors import InvalidInput


@pytest.mark.parametrize("name", ["zendesk", "two words", "Zürich", "...", "a.b", "50%", "a?b#c", "x" * 100])
def test_what_can_be_typed_is_a_name(name: str) -> None:
    names.check(name, "token")


@pytest.mark.parametrize("name", ["", " x", "x\n", "a\0b", "x" * 101, "prod/eu", "/", ".", ".."])
def test_what_no_address_could_hold_is_none(name: str) -> None:
    with pytest.raises(
        InvalidInput, match=r"not a valid name for a token; expected 1 to 100 printable characters, no /"
    ):
        names.check(name, "token")
