"""Whether two tickets are about the same problem: what is compared of them, and where likely ones meet."""

import pytest
from examples.grouping import replay
from examples.grouping.run import SHIPPED, halves
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.clock import HOUR, MINUTE
from tocsin.detection.problems import lexicon, prints
from tocsin.detection.problems.buckets import BANDS, buckets
from tocsin.detection.problems.likeness import AGAINST, WEIGHTS, Frequencies, compared
from tocsin.detection.problems.prints import MOST_TERMS, Print

TEXTS = st.lists(st.text(max_size=80), min_size=1, max_size=3)


def taken(text: str, at: int = 0, **known: object) -> Print:
    return prints.taken([text], at, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cannot sign in", "Anmeldung unmöglich"),
        ("the connection drops", "die Verbindung wird getrennt"),
        ("site injoignable", "the website is unreachable"),
        ("la réplication est en retard", "replication is delayed"),
        ("No se puede conectar a la base de datos", "database connection refused"),
    ],
)
def test_languages_have_meanings_in_common(one: str, other: str) -> None:
    assert taken(one).of("about") & taken(other).of("about") - {"about:cannot"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("error 502 from api.acme.example", {"code:502", "code:api.acme.example"}),
        ("a licence for 500 users", set()),
        ("HTTP 500 on every call", {"code:500"}),
        ("err_connection_reset at 10.0.0.17", {"code:err_connection_reset", "code:10.0.0.17"}),
        ("E-2210: no licence", {"code:e-2210"}),
        ("we are 48 people", set()),
    ],
)
def test_codes_and_names_are_told_from_amounts(text: str, codes: set[str]) -> None:
    assert taken(text).of("code") == codes


@pytest.mark.parametrize(
    ("text", "word"), [("l'environnement de test", "sandbox"), ("on ne peut plus envoyer", "no-longer")]
)
def test_french_words_are_parted(text: str, word: str) -> None:
    assert f"about:{word}" in taken(text).terms


def test_words_that_say_nothing_are_left_out() -> None:
    assert taken("Hello, please could you have a look at this? Thanks and regards").of("word") == {"word:look"}
    assert lexicon.meaning("verbindungsabbruch") == "connection"


@settings(max_examples=40)
@given(TEXTS, st.integers(0, 10**15))
def test_whatever_is_written_makes_a_bounded_print(texts: list[str], at: int) -> None:
    one = prints.taken(texts, at)
    assert len(one.terms) <= MOST_TERMS
    found = buckets(one)
    assert len(found) == (BANDS if one.terms else 0)
    assert all(0 <= bucket < 1 << 63 for bucket in found)
    assert len({bucket >> 56 for bucket in found}) == len(found)  # bands share no bucket
    assert found == buckets(one)


@settings(max_examples=40)
@given(st.sampled_from(["chat is down", "invoice please", "error 502 in the portal", ""]), st.integers(0, 10))
def test_a_likelihood_is_one_and_grows_with_nearness(text: str, hours: int) -> None:
    seen = Frequencies([taken("chat is down")])
    near = compared(taken(text), taken("the chat is unreachable", MINUTE), seen)
    far = compared(taken(text), taken("the chat is unreachable", hours * HOUR + MINUTE), seen)
    assert 0 < far.likelihood <= near.likelihood < 1
    assert near.points.keys() <= WEIGHTS.keys() | near.features.keys()


def test_tickets_that_have_much_in_common_meet_and_others_rarely_do() -> None:
    one = taken("Since ten minutes the chat drops all connections, error 502, the whole office is affected")
    same = taken("The chat drops our connections with error 502, all of us are affected")
    other = taken("Where do I find the invoice of May?")
    met = set(buckets(one)) & set(buckets(same))
    assert len(met) > BANDS // 4
    assert len(set(buckets(one)) & set(buckets(other))) <= 2


def test_what_many_say_tells_little() -> None:
    seen = Frequencies([taken("chat")] * 300)
    assert seen.weight("about:message") < seen.weight("word:elepha") / 3


def test_the_weights_say_what_speaks_for_and_against() -> None:
    assert all((weight < 0) is (name in AGAINST) for name, weight in WEIGHTS.items() if name)
    seen = Frequencies()
    outage = taken("Chat is down, nobody can connect", products=["chat"])
    again = taken("The chat is unreachable since ten minutes", 10 * MINUTE, products=["chat"])
    asks = taken("How do I mute a chat?", 10 * MINUTE, products=["chat"])
    theirs = taken("The chat is unreachable since ten minutes", 10 * MINUTE, products=["files"])
    likely = compared(again, outage, seen).likelihood
    assert likely > 0.7
    assert compared(asks, outage, seen).likelihood < 0.1
    assert compared(theirs, outage, seen).likelihood < likely


def test_how_well_it_does_on_outages_that_nothing_was_chosen_on() -> None:
    """What docs/same-problem.md says, so that a change of words or weights that makes it worse is seen."""
    _, _, _, held = halves(SHIPPED)
    found = replay.result(held[0], replay.by_product, 0.74)
    plain = replay.result(held[0], replay.by_words, 0.5)
    assert found.precision >= 0.9
    assert found.recall >= 0.58
    assert plain.recall < 0.1
