"""How events read in a case's timeline."""

import pytest

from tocsin.events import sentence

NAMED = (
    ("dora", "oncall:senior:backup"),
    ("bo", "oncall:senior"),
    ("lea", "lead:team"),
    ("admin", "role:duty-director"),
    ("kim", "owner:account"),
    ("jo", "user:jo"),
    ("lu", "every lead"),
)


@pytest.mark.parametrize(
    ("kind", "payload", "says"),
    [
        (
            "alarm.raised",
            {"kind": "case.unheard", "says": "case 1: nobody was paged", "case": "1hct5"},
            "case 1: nobody was paged",
        ),
        ("case.opened", {"source": "desk\u202e", "external_id": "T-1"}, "came in from desk as T-1"),
        ("path.declined", {"notified": [], "unreachable": [], "next_at": 1}, "declined; the next step starts"),
        (
            "path.declined",
            {"notified": [], "unreachable": [{"name": "bo"}], "next_at": None},
            "declined; no way to reach bo; the path has no further step",
        ),
        ("path.declined", {"notified": [{"name": "bo"}], "unreachable": [], "next_at": 1}, "declined: told bo"),
        (
            "path.stepped",
            {
                "pass": 0,
                "step": 1,
                "notified": [{"name": name, "why": why} for name, why in NAMED],
                "unreachable": [],
                "nobody": False,
                "next": None,
            },
            "step 2 of pass 1: notified dora (backup on call for senior), bo (on call for senior), lea (leads the"
            " team), admin (on duty as duty-director), kim (owns the account), jo (named by the path), lu (every lead);"
            " the path has no further step",
        ),
        (
            "case.triaged",
            {"answer": None, "reason": "nobody answered"},
            "triage ended without an answer: nobody answered",
        ),
        ("case.replied", {"text": "It works."}, "the customer: It works."),
        ("case.replied", {"text": None}, "the customer wrote, without a text"),
    ],
)
def test_an_event_reads_as_a_sentence(kind: str, payload: dict[str, object], says: str) -> None:
    assert sentence({"kind": kind, "payload": payload}) == says


def test_what_colleagues_wrote_from_right_to_left_stands_apart() -> None:
    event = {"kind": "case.noted", "payload": {"text": "השרת\nup again"}}
    assert sentence(event) == "note: \u2068השרת\u2069\nup again"
