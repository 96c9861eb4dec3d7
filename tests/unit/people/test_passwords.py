"""What is kept of a password is expensive to try, as the standing advice for argon2id has it."""

import re
from typing import Any

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from tocsin.people import passwords


@pytest.fixture(autouse=True)
def the_real_hasher(monkeypatch: pytest.MonkeyPatch, passwords_are_cheap: Any) -> None:
    monkeypatch.setattr(passwords, "Argon2Hasher", Argon2Hasher)


def test_a_hash_takes_memory_and_time() -> None:
    found = re.fullmatch(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$.+", passwords.hashed("correct horse"))
    assert found is not None
    memory, time, _ = map(int, found.groups())
    assert memory >= 19 * 1024  # KiB: the least that OWASP's Password Storage Cheat Sheet names, with two passes
    assert time >= 2


def test_a_hash_is_made_anew_and_fits_its_password_alone() -> None:
    one, other = (passwords.hashed("correct horse") for _ in range(2))
    assert one != other
    assert passwords.fits("correct horse", one)
    assert not passwords.fits("correct house", one)
    assert not passwords.fits("correct horse", None)
