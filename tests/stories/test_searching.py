"""One search over cases, people and customers: the best first, of what the viewer may see, and nothing that was
erased."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stories.starter import OUTAGE, STARTER, act, erase, opened
from tests.testing import World, world
from tocsin.cases import verbs
from tocsin.cases.queries import searching
from tocsin.cases.queries.searching import Found
from tocsin.comms.updates import send_update
from tocsin.core.errors import InvalidInput
from tocsin.people import accounts
from tocsin.people.permissions import SYSTEM, Viewer


@pytest.fixture
def here(database_url: str) -> Iterator[World]:
    made = world(database_url, STARTER)
    yield made
    made.installation.close()


def look(here: World, query: str, viewer: Viewer = SYSTEM, limit: int = 10) -> Found:
    with here.installation.database.reading() as tx:
        return searching.look(tx, viewer, here.installation.desk.directory.get(tx), query, limit)


def subjects(here: World, query: str, viewer: Viewer = SYSTEM) -> list[str]:
    return [hit.case.subject for hit in look(here, query, viewer).cases]


def marked(found: Found) -> list[tuple[str, list[str]]]:
    return [
        (match.where, [part.text for part in match.fragments if part.marked])
        for hit in found.cases
        for match in hit.matches
    ]


def test_what_is_called_so_comes_first(here: World) -> None:
    here.open(subject="Invoice 4731 is wrong", body="It says 17")
    numbers = [here.open(subject=f"Case {number}", external_id=f"HD-{number}")["number"] for number in (4731, 17)]
    for query in ("HD-4731", "hd-4731", " HD-4731 "):
        assert subjects(here, query)[0] == "Case 4731", query
    assert look(here, "HD-4731").cases[0].exact
    for query in (str(numbers[1]), f"#{numbers[1]}", f"CS-{numbers[1]}"):
        found = look(here, query).cases[0]
        assert (found.case.number, found.exact) == (numbers[1], True), query
    assert subjects(here, "4731")[-1] == "Invoice 4731 is wrong"


def test_open_before_over_and_the_subject_before_the_text(here: World) -> None:
    here.open(subject="Checkout is slow", external_id="A")
    over = opened(here, {"subject": "Checkout fails for one", "external_id": "B"})
    here.open(subject="Another", body="the checkout", external_id="C")
    here.open(**OUTAGE | {"subject": "API is down, and checkout"})
    act(here, over, verbs.resolve(here.viewer("lea"), "done"))
    assert subjects(here, "check") == [
        "API is down, and checkout",
        "Checkout is slow",
        "Another",
        "Checkout fails for one",
    ]


def test_what_people_write_finds_a_case_and_is_shown_in_parts(here: World) -> None:
    case = opened(here, {"subject": "Reports", "body": "Slow since Monday", "external_id": "R-1"})
    act(here, case, verbs.note(here.viewer("anna"), "The vendor restarted the <b>gateway</b> twice"))
    act(here, case, send_update(here.viewer("anna"), "We found the Ursache"))
    assert marked(look(here, "gatew")) == [("note", ["gateway"])]
    assert marked(look(here, "ursache")) == [("update", ["Ursache"])]
    assert marked(look(here, "reports slow gateway")) == [("subject", ["Reports"]), ("note", ["gateway"])]
    first, *_ = look(here, "gateway").cases[0].matches[0].fragments
    assert first.text.endswith("<b>"), "text as it is"
    assert look(here, "gatew vendor").cases == [], "only the last word may be incomplete"


def test_nobody_learns_of_a_confidential_case(here: World) -> None:
    case = opened(here, {"subject": "Acquisition", "external_id": "HD-9", "account": {"name": "Globex"}})
    [number] = [hit.case.number for hit in look(here, "acquisition").cases]
    act(here, case, verbs.note(here.viewer("lea"), "the codename is quicksilver"))
    act(here, case, verbs.restrict(here.viewer("lea"), ["lea"], "not yet public"))
    for query in ("acquisition", "quicksilver", "HD-9", str(number), f"#{number}"):
        assert subjects(here, query, here.viewer("lea")) == ["Acquisition"], query
        found = look(here, query, here.viewer("carl"), limit=1)
        assert (found.cases, found.more) == ([], False), query


def test_what_was_erased_is_neither_found_nor_shown(here: World) -> None:
    case = opened(here, {"subject": "Reports", "body": "of Ms Rosalind", "external_id": "R-1"})
    act(here, case, verbs.note(here.viewer("anna"), "her phone is 555 0199"))
    erase(here, case, "case.noted")
    assert subjects(here, "0199") == subjects(here, "rosalind") == []
    act(here, case, verbs.note(here.viewer("anna"), "she was called back"))
    assert subjects(here, "0199") == []
    assert marked(look(here, "rosalind")) == [("body", ["Rosalind"])], "what still stands is found again"


def test_people_and_customers(here: World) -> None:
    here.open(subject="Slow", account={"external_id": "C-17", "name": "Zürich Airways"})
    found = look(here, "zurich air")
    assert [account.external_id for account in found.accounts] == ["C-17"]
    assert [hit.case.subject for hit in found.cases] == ["Slow"]
    assert [account.external_id for account in look(here, "c-17").accounts] == ["C-17"]

    def rename(tx: Any) -> None:
        known = accounts.by_external_id(tx, ["C-17"])["C-17"]
        accounts.learn(
            tx, here.installation.mint, here.installation.journal, known, "C-17", {"name": "Initech"}, by="t"
        )

    here.installation.writer.write(rename)
    assert look(here, "zurich air").accounts == []
    assert [account.external_id for account in look(here, "initech").accounts] == ["C-17"]
    assert [user.name for user in look(here, "ca").people] == ["carl"]
    assert [user.name for user in look(here, "lea").people] == ["lea"]


def test_more_than_are_shown(here: World) -> None:
    for number in range(4):
        here.open(subject=f"Login {number}")
    found = look(here, "login", limit=3)
    assert ([hit.case.subject for hit in found.cases], found.more) == (["Login 3", "Login 2", "Login 1"], True)
    assert not look(here, "login", limit=4).more


def test_a_query_without_words_is_refused_and_signs_find_nothing(here: World) -> None:
    for query in ("", " ", "x" * 201, " ".join(map(str, range(13)))):
        with pytest.raises(InvalidInput):
            look(here, query)
    assert look(here, "→").cases == []
