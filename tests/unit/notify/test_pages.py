"""What a page says, of its facts alone: a table for each of its sentences."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.notify.samples import FACTS
from tocsin.notify import pages
from tocsin.notify.facts import CallFacts, PageFacts
from tocsin.notify.pages import page
from tocsin.notify.writing import quoted

ASKS = "Who has it? Please"
CALLED = CallFacts(who="the roster senior", caller="Lea", reason="promote the replica", round=1, rounds=3)


def of(**changes: Any) -> pages.PageWords:
    return page(msgspec.structs.replace(FACTS, **changes))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "You are on call for senior (step 1 of 3 of the path critical)."),
        (
            {"target": "oncall:senior:backup", "step": 2},
            "You are the backup on call for senior (step 2 of 3 of the path critical).",
        ),
        ({"target": "lead:team", "round": 2}, "You lead the team support (step 1 of 3 of the path critical, pass 2)."),
        ({"target": "lead:team", "team": None}, "You lead its team (step 1 of 3 of the path critical)."),
        ({"target": "role:duty-director"}, "You are on duty as duty-director (step 1 of 3 of the path critical)."),
        (
            {"target": "owner:account"},
            "You own the account Meridian Airways (step 1 of 3 of the path critical).",
        ),
        ({"target": "owner:account", "customer": None}, "You own the account (step 1 of 3 of the path critical)."),
        ({"target": "user:anna"}, "You are named by the path critical (step 1 of 3 of the path critical)."),
        ({"target": None, "steps": None}, "You are named by the path critical (step 1 of the path critical)."),
        (
            {"target": "oncall:senior:backup", "declined_by": "Carl"},
            "Carl declined, so it comes to you: you are the backup on call for senior.",
        ),
        ({"target": "every lead"}, "Nobody on the path critical has answered, so every lead is paged."),
    ],
)
def test_why_you(changes: dict[str, Any], why: str) -> None:
    assert of(**changes).why == why


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({}, f"{ASKS} acknowledge, or decline if you cannot help, by 11:15 on Mon 2 Mar (Europe/Berlin)."),
        (
            {"zone": "America/Los_Angeles"},
            f"{ASKS} acknowledge, or decline if you cannot help, by 02:15 on Mon 2 Mar (America/Los_Angeles).",
        ),
        (
            {"zone": "Asia/Kolkata"},
            f"{ASKS} acknowledge, or decline if you cannot help, by 15:45 on Mon 2 Mar (Asia/Kolkata).",
        ),
        ({"due_at": None}, f"{ASKS} acknowledge, or decline if you cannot help, now."),
        ({"due_at": None, "call": CALLED}, "Please acknowledge, or decline if you cannot help, now."),
    ],
)
def test_what_is_asked_and_by_when(changes: dict[str, Any], asked: str) -> None:
    assert of(**changes).asked == asked


@pytest.mark.parametrize(
    ("changes", "following"),
    [
        ({}, "Without an answer, at 11:05 on Mon 2 Mar: The path pages Bo."),
        ({"due_at": None}, "Without an answer, at 11:05 on Mon 2 Mar (Europe/Berlin): The path pages Bo."),
        (
            {"next": (FACTS.next or {}) | {"otherwise": "The leads are told every hour.", "at": None}},
            "Without an answer: The leads are told every hour.",
        ),
        ({"next": None}, ""),
        ({"call": CALLED}, "If nobody acknowledges, you are paged again at 11:05 on Mon 2 Mar (Europe/Berlin)."),
        (
            {"call": msgspec.structs.replace(CALLED, round=3)},
            "If nobody acknowledges by 11:05 on Mon 2 Mar (Europe/Berlin), Lea is told that nobody comes.",
        ),
    ],
)
def test_who_is_next(changes: dict[str, Any], following: str) -> None:
    assert of(**changes).following == following


@pytest.mark.parametrize(
    ("changes", "impact"),
    [
        ({}, (("Customer", "Meridian Airways"), ("Affected", "5,000 users"), ("Kind", "Service outage (api)"))),
        ({"users_affected": 1, "type": None, "customer": None}, (("Affected", "1 user"), ("Kind", "api"))),
        (
            {"users_affected": 0, "product_area": None},
            (("Customer", "Meridian Airways"), ("Affected", "0 users"), ("Kind", "Service outage")),
        ),
        ({"users_affected": None, "type": None, "product_area": None, "customer": None}, ()),
    ],
)
def test_the_impact(changes: dict[str, Any], impact: Any) -> None:
    assert of(**changes).impact == impact


def test_it_says_what_is_wrong_first_and_which_ticket_it_is() -> None:
    said = of()
    assert said.headline == "CRITICAL: API down"
    assert said.subject == "[Tocsin] CRITICAL Z-1 Meridian Airways: API down - acknowledge"
    assert said.quote == "Since two nobody can log in."
    assert said.about == (
        ("Severity", "critical, level executive, technical"),
        ("Ticket", "Z-1"),
        ("Case", "#142"),
        ("Opened", "11:00 on Mon 2 Mar"),
    )
    assert said.times == "Times are those of Europe/Berlin."
    assert of(ticket=None).subject == "[Tocsin] CRITICAL #142 Meridian Airways: API down - acknowledge"


TEXTS = st.text(max_size=30)
MAYBE = st.none() | TEXTS


@given(
    st.builds(
        PageFacts,
        display=TEXTS,
        zone=st.sampled_from(["Europe/Berlin", "UTC", "Asia/Kathmandu", "America/St_Johns"]),
        number=st.integers(1, 1 << 40),
        ticket=MAYBE,
        subject=TEXTS,
        customer=MAYBE,
        severity=TEXTS,
        level=TEXTS,
        opened_at=st.integers(0, 1 << 52),
        type=MAYBE,
        product_area=MAYBE,
        users_affected=st.none() | st.integers(0, 1 << 53),
        words=MAYBE,
        target=st.none() | st.sampled_from(["oncall:a", "oncall:a:backup", "lead:team", "role:x", "every lead", "?"]),
        declined_by=MAYBE,
        due_at=st.none() | st.integers(0, 1 << 52),
        next_people=st.lists(TEXTS, max_size=6).map(tuple),
        next_at=st.none() | st.integers(0, 1 << 52),
    )
)
def test_every_sentence_is_one_line_whatever_others_wrote(facts: PageFacts) -> None:
    said = page(facts)
    sentences = [said.subject, said.headline, said.why, said.asked, said.following, said.times]
    sentences += [text for row in (*said.impact, *said.about) for text in row]
    assert all("\n" not in one and "\r" not in one for one in sentences)
    assert len(said.subject) <= pages.MOST_SUBJECT


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (None, None),
        ("", None),
        ("  \n ", None),
        ("API down", None),
        ("Nobody can  log in.\n\n\n\nPlease help!\x07", "Nobody can log in.\nPlease help!"),
        ("1\n2\n3\n4\n5\n6\n7\n8", "1\n2\n3\n4\n5\n6 …"),
    ],
)
def test_the_customers_words(body: str | None, words: str | None) -> None:
    assert quoted(body, "API down") == words


def test_the_customers_words_are_cut_at_a_word() -> None:
    said = quoted("and nobody can log in " * 100, "API down")
    assert said is not None
    assert len(said) <= 280
    assert said.endswith(("nobody…", "can…", "log…", "in…", "and…"))


HEBREW = "השרת לא עונה"


def test_what_is_written_from_right_to_left_stands_apart_in_our_sentences() -> None:
    apart = f"\u2068{HEBREW}\u2069"
    told = of(subject=HEBREW, customer=HEBREW, declined_by=HEBREW)
    assert told.headline == f"CRITICAL: {apart}"
    assert told.subject == f"[Tocsin] CRITICAL Z-1 {apart}: {apart} - acknowledge"
    assert told.why.startswith(f"{apart} declined, so it comes to you")
    assert of(target="owner:account", customer=HEBREW).why.startswith(f"You own the account {apart} (")
    assert of(subject="Zürich: 東京").headline == "CRITICAL: Zürich: 東京", "what needs no help gets none"


def test_where_it_is_cut_nothing_behind_it_is_turned_around() -> None:
    said = of(subject=HEBREW * 40).subject
    assert len(said) <= pages.MOST_SUBJECT
    assert said.endswith("…\u2069 - acknowledge")
    assert said.count("\u2068") == said.count("\u2069") == 1
