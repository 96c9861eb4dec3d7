"""Whether a text says anything."""

import pytest

from tocsin.core.errors import InvalidInput
from tocsin.core.texts import blank
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
    assert to_body({"subject": text}).subject == text


def test_a_body_of_bytes_is_refused_alike() -> None:
    with pytest.raises(InvalidInput, match="says nothing"):
        read_body(b'{"subject": " \\u200b "}')
