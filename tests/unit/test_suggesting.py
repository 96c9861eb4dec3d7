"""Suggestions: as sure as they are right, explained by words, the same each time, and stored as plain numbers."""

import random

import msgspec
import pytest

from tocsin.detection.suggesting import training
from tocsin.detection.suggesting.model import Learnt, suggest, terms_of

WORDS = {
    "billing": ["invoice", "charged", "refund", "twice", "amount", "card"],
    "access": ["password", "locked", "login", "token", "expired", "account"],
    "slow": ["minutes", "waiting", "crawls", "sluggish", "loading", "lag"],
}
COMMON = [
    "please",
    "hello",
    "our",
    "team",
    "the",
    "since",
    "today",
    "we",
    "have",
    "with",
    "report",
    "page",
    "customer",
    "thanks",
]


def cases(amount: int, wrong: float, seed: int = 1) -> list[tuple[str, str]]:
    """Texts with labels, a share of which is not what the words say."""
    drawn = random.Random(seed)
    found = []
    for _ in range(amount):
        meant = drawn.choice([*WORDS])
        text = " ".join([*drawn.choices(WORDS[meant], k=3), *drawn.choices(COMMON, k=8)])
        found.append((text, drawn.choice([*WORDS]) if drawn.random() < wrong else meant))
    return found


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    pytest.importorskip("sklearn", reason="the extra tocsin[suggest] is not installed")
    found = training.learn(cases(900, wrong=0.3))
    assert found is not None
    return found


def test_it_is_right_as_often_as_it_says(learnt: Learnt) -> None:
    assert learnt.off <= 0.1  # told by itself, of held-out cases
    said = [(suggest(learnt, text), label) for text, label in cases(2000, wrong=0.3, seed=2)]
    sure = sum(one.confidence for one, _ in said if one) / len(said)
    right = sum(one.name == label for one, label in said if one) / len(said)
    assert right == pytest.approx(0.8, abs=0.05)  # no more can be known
    assert sure == pytest.approx(right, abs=0.08)


def test_it_names_the_words_that_weighed_most(learnt: Learnt) -> None:
    found = suggest(learnt, "Hello, our team was charged twice, please refund the amount")
    assert found is not None
    assert found.name == "billing"
    assert {word for term in found.words for word in term.split()} & {"charged", "twice", "refund", "amount"}
    assert suggest(learnt, "Xyzzy 4711") is None


def test_the_same_cases_give_the_same_numbers(learnt: Learnt) -> None:
    assert training.learn(cases(900, wrong=0.3)) == learnt
    stored = msgspec.json.decode(msgspec.json.encode(learnt), type=Learnt)
    text = cases(1, wrong=0, seed=3)[0][0]
    assert suggest(stored, text) == suggest(learnt, text)


def test_of_too_few_or_of_one_label_nothing_is_learnt() -> None:
    assert training.learn(cases(training.LEAST - 1, wrong=0)) is None
    assert training.learn([(f"invoice {number}", "billing") for number in range(100)]) is None


def test_japanese_is_read_by_pairs_of_signs() -> None:
    assert {"画面", "真っ"} <= set(terms_of("画面が真っ白です"))
