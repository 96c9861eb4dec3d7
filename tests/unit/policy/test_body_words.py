"""How a body of POST /cases is refused, in words."""

import pytest

from tocsin.core.errors import InvalidInput
from tocsin.policy.body import read_body


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"subject": "x", "account": {"arr": "lots"}}', "a number or nothing, not text"),
        (b'{"subject": "x", "account": {"arr": -1}}', "a number >= 0.0"),
        (b'{"subject": 5}', "text, not a whole number"),
        (b'{"subject": "x", "users_affected": [1]}', "a whole number or nothing, not a list"),
        (b'{"subject": "x", "tags": "one"}', "a list or nothing, not text"),
    ],
)
def test_a_type_is_said_in_words(body: bytes, expected: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_body(body)
    assert refused.value.expected == expected
