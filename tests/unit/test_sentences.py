"""How events read in a case's timeline."""

import pytest

from tocsin.events import sentence


@pytest.mark.parametrize(
    ("kind", "payload", "says"),
    [
        (
            "alarm.raised",
            {"kind": "case.unheard", "says": "case 1: nobody was paged", "case": "1hct5"},
            "case 1: nobody was paged",
        ),
        ("case.opened", {"source": "desk\u202e", "external_id": "T-1"}, "came in from desk as T-1"),
        ("case.replied", {"text": "It works."}, "the customer: It works."),
        ("case.replied", {"text": None}, "the customer wrote, without a text"),
    ],
)
def test_an_event_reads_as_a_sentence(kind: str, payload: dict[str, object], says: str) -> None:
    assert sentence({"kind": kind, "payload": payload}) == says


def test_what_colleagues_wrote_from_right_to_left_stands_apart() -> None:
    event = {"kind": "case.noted", "payload": {"text": "השרת\nup again"}}
    assert sentence(event) == "note: \u2068השרת\u2069\nup again"
