"""What the answer of a receiver means."""

import pytest

from tocsin.core import instants
from tocsin.core.clock import HOUR, SECOND
from tocsin.tools.outgoing import Answer, judged

NOW = instants.from_text("2026-03-02T10:00:00Z")


@pytest.mark.parametrize(
    ("status", "headers", "delivered", "final", "after"),
    [
        (200, {}, True, False, 0),
        (202, {"retry-after": "30"}, True, False, 0),
        (302, {}, False, False, 0),
        (410, {}, False, True, 0),
        (429, {"retry-after": "30"}, False, False, 30 * SECOND),
        (503, {"retry-after": "Mon, 02 Mar 2026 10:02:00 GMT"}, False, False, 120 * SECOND),
        (429, {"retry-after": "Mon, 02 Mar 2026 09:00:00 GMT"}, False, False, 0),
        (429, {"retry-after": "86400"}, False, False, HOUR),
        (429, {"retry-after": "-5"}, False, False, 0),
        (429, {"retry-after": "soon"}, False, False, 0),
        (429, {"retry-after": "9" * 400}, False, False, HOUR),
        (429, {}, False, False, 0),
        (500, {"retry-after": "30"}, False, False, 0),
    ],
)
def test_an_answer_is_judged(status: int, headers: dict[str, str], delivered: bool, final: bool, after: int) -> None:
    outcome = judged(Answer(status, headers, b""), NOW, "m")
    assert (outcome.delivered, outcome.final, outcome.after) == (delivered, final, after)
    assert outcome.reference == ("m" if delivered else "")
    assert delivered or str(status) in outcome.error
