"""What pages say: every kind of a case's event as a sentence, the bars of a score, spans of time, who did it."""

import pytest

from tocsin import sentences
from tocsin.cases.events import EVENTS
from tocsin.core.clock import DAY, HOUR, MINUTE, SECOND
from tocsin.web import words
from tocsin.web.dossier import bars
from tocsin.web.verbs import ACTS, said


def test_every_event_of_a_case_has_words_of_its_own() -> None:
    assert {kind.name for kind in EVENTS} - sentences._TELLING.keys() == set()


def test_erased_content_is_said_to_be() -> None:
    said = sentences.sentence({"kind": "case.noted", "payload": None})
    assert said == "Somebody wrote something down for colleagues (the content was erased)"


def test_each_bar_begins_where_the_one_before_it_ended() -> None:
    points = {"impact": 30.0, "luck": 0.0, "relief": -10.0, "segment": 8.0}
    found = bars({"factors": [{"name": name, "points": value} for name, value in points.items()]})
    assert [(bar["name"], bar["from"], bar["width"]) for bar in found] == [
        ("impact", 0.0, 30.0),
        ("relief", 20.0, 10.0),
        ("segment", 20.0, 8.0),
        ("luck", 28.0, 0.0),
    ]


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (0, "0s"),
        (59 * SECOND, "59s"),
        (12 * MINUTE + 5 * SECOND, "12m 05s"),
        (3 * HOUR + 5 * MINUTE, "3h 05m"),
        (2 * DAY + 4 * HOUR, "2d 4h"),
    ],
)
def test_spans(length: int, text: str) -> None:
    assert words.span(length) == text
    assert words.left(100, 100 + length) == (f"{text} late" if length else "0s")


@pytest.mark.parametrize(
    ("actor", "name"),
    [("user:dana", "dana"), ("user:dana via link", "dana"), ("token:zendesk", "zendesk"), ("engine:1", "Tocsin")],
)
def test_who_did_it(actor: str, name: str) -> None:
    assert words.actor(actor) == name


def test_only_what_is_known_is_said_from_an_address() -> None:
    assert said("acknowledge", "12") == "#12: Acknowledged: the paging stops, and you have it."
    assert said("acknowledge", "<b>") == next(iter(ACTS.values())).done
    assert said("anything else", "12") is None
