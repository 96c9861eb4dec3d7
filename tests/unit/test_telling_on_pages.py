"""What pages say: every kind of a case's event as a sentence, the bars of a score, spans of time, who did it."""

from typing import Any

import msgspec
import pytest

from tests.unit.policy.policies import small
from tests.unit.stored import STORED
from tocsin.cases.events import BULKS, EVENTS, VIEWS
from tocsin.core.wording import plain
from tocsin.events import sentence
from tocsin.languages import ENGLISH, IN_ENGLISH, tongue
from tocsin.ledger.kinds import Happening
from tocsin.people.directory import Directory, User
from tocsin.policy import reasons
from tocsin.policy import telling as decisions
from tocsin.policy.body import to_body
from tocsin.policy.decide import decide
from tocsin.policy.decision import FactorScore
from tocsin.policy.facts import facts_of
from tocsin.policy.reasons import ReasonText, told, told_score
from tocsin.web import words
from tocsin.web.drawing import waterfall
from tocsin.web.pages.case import course, looks, telling
from tocsin.web.pages.case.course import CourseFilter
from tocsin.web.verbs import acts, said


def test_every_event_of_a_case_has_words_of_its_own() -> None:
    of_none = (*BULKS.kinds, *VIEWS.kinds)  # what is done to many, and lists, stand in no case's history
    of_cases = [kind for kind in EVENTS if kind not in of_none]
    assert [kind.name for kind in of_cases if kind.happening is None or kind.happening.reads is Happening.reads] == []


def test_erased_content_is_said_to_be() -> None:
    said = sentence({"kind": "case.noted", "payload": None})
    assert said == "Somebody added a note for colleagues (the content was erased)"


def test_each_bar_begins_where_the_one_before_it_ended() -> None:
    points = {"impact": 30.0, "luck": 0.0, "relief": -10.0, "segment": 8.0}
    factors = tuple(FactorScore(name, 1.0, value, value, "") for name, value in points.items())
    found = waterfall.steps(
        msgspec.structs.replace(decide(small(), facts_of(to_body({"subject": "x"})), 0), factors=factors)
    )
    assert [(step.factor.name, step.start, step.width) for step in found] == [
        ("impact", 0.0, 30.0),
        ("relief", 20.0, 10.0),
        ("segment", 20.0, 8.0),
        ("luck", 28.0, 0.0),
    ]


@pytest.mark.parametrize(
    ("actor", "name"),
    [("user:dana", "dana"), ("user:dana via link", "dana"), ("token:zendesk", "zendesk"), ("engine:1", "Tocsin")],
)
def test_who_did_it(actor: str, name: str) -> None:
    assert words.actor(actor) == name


def test_only_what_is_known_is_said_from_an_address() -> None:
    assert said("acknowledge", "12", ENGLISH) == "#12: Acknowledged. You are not paged about it any more."
    assert said("acknowledge", "<b>", ENGLISH) == next(iter(acts().values())).done
    assert said("anything else", "12", ENGLISH) is None


@pytest.mark.parametrize(
    ("told", "text", "says"),
    [
        (
            told_score("score-reaches", 88.666667, "executive", 80),
            "score 88.666667 reaches",
            "score 88.7 reaches executive (80)",
        ),
        (told_score("score-below", 69.96, "senior", 70), "score 69.96 is below", "score 69.9 is below senior (70)"),
        (
            told("score-short", score=59.98, distance=10.02, level="senior", at=70),
            "the score is 59.98, 10.02 below",
            "the score is 59.9, 10 below senior (70)",
        ),
        (told("type-rule", name="outage", rule="classify.v2.10"), "type outage", "type outage: classify.v2.10"),
    ],
)
def test_scores_are_for_people_and_stay_below_what_they_are_below(told: ReasonText, text: str, says: str) -> None:
    assert told.text.startswith(text)
    assert plain(reasons.said(told.reason)) == says


def test_figures_have_one_decimal_and_words_stay() -> None:
    assert [words.number(value, IN_ENGLISH) for value in (1_900_000.0, 99_999, 0.25, "5M and more", True, 0)] == [
        *("1,900,000", "99,999", "0.2", "5M and more", "True", "0"),
    ]
    for source, fact, says in (
        ("account.seats", 99999.0, "the account's seats is 99,999"),
        ("case.priority", "1000", "the priority is 1000"),
    ):
        factor = FactorScore("seats", 1.0, 5.0, 5.0, f"{source} is {fact}", source, fact, code="is")
        assert plain(decisions.of_factor(factor, ())) == says


def page(name: str, queued: int, answered: int | None, state: str = "delivered") -> dict[str, Any]:
    keys = {"id": f"{name}-{queued}-{state}", "user": name, "state": state}
    return {**keys, "queued_at": queued, "acknowledged_at": answered}


def test_of_pages_that_an_answer_marks_the_newest_that_arrived_was_answered() -> None:
    pages = [page("mara", 1, 9), page("mara", 5, 9), page("mara", 7, 9, "failed"), page("jonas", 5, None)]
    assert telling.answered(pages) == {"mara-5-delivered"}


def test_a_text_of_one_long_word_is_cut_and_whole() -> None:
    first, rest = telling.folded("x" * 2000)
    assert (len(first), first + rest) == (telling.SHOWN, "x" * 2000)
    assert telling.folded("line\n" * 14) == ("line\n" * 14, "")
    assert telling.folded("short") == ("short", "")


def told_by(seq: int, what: str, actor: str, **payload: Any) -> dict[str, Any]:
    return {"seq": seq, "kind": what, "at": "2026-03-02T09:00:00Z", "actor": actor, "payload": payload}


def test_a_run_of_events_alike_stands_as_one_and_a_word_of_somebody_by_itself() -> None:
    follows = [told_by(seq, "case.linked", "user:bo", kind="child", case="x", number=seq) for seq in range(5)]
    notes = [told_by(5 + seq, "case.noted", "user:bo", text=f"n{seq}", audience="internal") for seq in range(5)]
    other = [told_by(20 + seq, "case.linked", "user:lea", kind="child", case="x", number=seq) for seq in range(3)]
    found = course.course([*follows, *notes, *other], CourseFilter(), Directory(), {}, ENGLISH)
    assert [(entry.seq, len(entry.alike)) for entry in found.entries] == [
        *((22, 0), (21, 0), (20, 0)),
        *((9, 0), (8, 0), (7, 0), (6, 0), (5, 0)),
        (4, 4),
    ]
    assert (found.total, found.shown, found.more) == (13, 13, 0)


def test_of_an_event_that_was_erased_nothing_is_quoted() -> None:
    erased = told_by(1, "case.noted", "user:bo") | {"payload": None}
    [shown] = course.course([erased], CourseFilter(), Directory(), {}, ENGLISH).entries
    assert (shown.quote, shown.actor) == (None, "bo")
    assert "erased" in shown.says


@pytest.mark.parametrize("kind", sorted(looks._BELOW))
def test_what_somebody_typed_stands_as_a_quote_below_our_sentence(kind: str) -> None:
    stored = next(one["payload"] for one in STORED if one["kind"] == kind)
    typed = stored | {looks._BELOW[kind]: "They said so.", "words": None}
    event = told_by(1, kind, "user:bo") | {"payload": {name: typed[name] for name in typed if typed[name] is not None}}
    [shown] = course.course([event], CourseFilter(), Directory(), {}, ENGLISH).entries
    assert (shown.actor, shown.quote) == ("bo", "They said so.")
    assert "They said so" not in shown.says
    assert shown.says[-1] not in ":. "
    [ours] = course.course([event | {"actor": "engine:1"}], CourseFilter(), Directory(), {}, ENGLISH).entries
    assert (ours.quote, "They said so" in ours.says) == (None, True), "a reason of Tocsin's own is part of the sentence"


def test_names_by_which_people_sign_in_become_what_they_are_called() -> None:
    bo = User(1, "bo", "Bo Nakamura", None, "agent", True)
    people = Directory({1: bo}, {}, {"bo": bo})
    payload = {"notified": [{"name": "bo", "user": "x", "why": "bo"}], "to": "bo", "name": "bo", "reason": "bo"}
    assert course.called(payload, people) == {
        "notified": [{"name": "Bo Nakamura", "user": "x", "why": "bo"}],
        "to": "Bo Nakamura",
        "name": "bo",
        "reason": "bo",
    }


@pytest.mark.parametrize(
    ("reason", "german"),
    [
        ("users_affected: not a whole number", "users_affected: keine ganze Zahl"),
        (
            "occurred_at: times without a zone, read as Europe/Berlin",
            "occurred_at: Zeiten ohne Zeitzone, gelesen als Europe/Berlin",
        ),
        ("wrong number of columns", "falsche Anzahl von Spalten"),
        ("a reason of one's own: with a colon", "a reason of one's own: with a colon"),
    ],
)
def test_why_rows_were_left_out_is_said_in_the_readers_language(reason: str, german: str) -> None:
    assert words.why_left_out(reason, tongue("en")) == reason
    assert words.why_left_out(reason, tongue("de")) == german
