"""Letters that only look Latin are Latin where they stand among Latin ones, and are left alone elsewhere."""

import pytest

from tocsin.core.texts import fold


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Тhe ѕуstem is dоwn", "the system is down"),
        ("Еverything is dοwn", "everything is down"),  # Cyrillic and Greek
        ("система не работает", "система не работает"),
        ("Το σύστημα δεν λειτουργεί", "το σύστημα δεν λειτουργεί"),
        ("API не работает", "api не работает"),
        ("3π ≈ 9.42", "3π ≈ 9.42"),
    ],
)
def test_words_of_two_alphabets(written: str, read: str) -> None:
    assert fold(written) == read
    assert fold(fold(written)) == fold(written)
