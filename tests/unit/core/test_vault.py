"""Secrets at rest."""

import pytest

from tocsin.core.errors import Misconfigured
from tocsin.core.vault import Vault

KEY, SECRET, PLACE = bytes(range(32)), "whsec_c2VjcmV0IG9mIHRoZSBob3VzZQ==", "destinations/7"


def test_what_is_sealed_opens_with_the_same_key_in_the_same_place() -> None:
    sealed = Vault(KEY).seal(SECRET, PLACE)
    assert SECRET.encode() not in sealed
    assert Vault(KEY).open(sealed, PLACE) == SECRET


def test_the_same_secret_never_looks_the_same() -> None:
    vault = Vault(KEY)
    assert len({vault.seal(SECRET, PLACE) for _ in range(100)}) == 100


@pytest.mark.parametrize("place", ["destinations/8", "subscriptions/7", ""])
def test_it_does_not_open_in_another_place(place: str) -> None:
    with pytest.raises(Misconfigured, match="TOCSIN_SECRET_KEY"):
        Vault(KEY).open(Vault(KEY).seal(SECRET, PLACE), place)


def test_it_does_not_open_with_another_key() -> None:
    with pytest.raises(Misconfigured, match="TOCSIN_SECRET_KEY"):
        Vault(bytes(32)).open(Vault(KEY).seal(SECRET, PLACE), PLACE)


def test_it_does_not_open_when_a_single_bit_was_changed_or_bytes_are_missing() -> None:
    sealed = Vault(KEY).seal(SECRET, PLACE)
    changed = [bytes([*sealed[:at], sealed[at] ^ 1, *sealed[at + 1 :]]) for at in range(len(sealed))]
    for wrong in [*changed, *(sealed[:length] for length in range(len(sealed))), b"plain text"]:
        with pytest.raises(Misconfigured):
            Vault(KEY).open(wrong, PLACE)
