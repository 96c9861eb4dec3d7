"""Two people at one case: who comes second is told, and nothing is overwritten in silence."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.testing import Databases


@pytest.fixture
def office(tmp_path: Any) -> Iterator[Office]:
    with staffed(Databases("sqlite", tmp_path).new()) as office:
        give_passwords(office.installation, "carl", "bo", "lea", "vera")
        yield office


def signed_in(office: Office, name: str = "carl") -> Browser:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    return browser


def text(office: Office, path: str, name: str = "carl") -> str:
    answer = signed_in(office, name).get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_a_form_that_was_refused_keeps_what_was_typed_and_says_why(office: Office) -> None:
    case = office.open(QUESTION)
    browser = signed_in(office)
    browser.get(f"/cases/{case['number']}")
    answer = browser.post(f"/cases/{case['number']}/link", kind="parent", case="T-none", reason="the <same>")
    assert answer.status_code == 404
    form = answer.text.partition('id="act-link"')[2].partition("</section>")[0]
    assert form.startswith(" hx-morph-skip")
    assert "There is no case T-none; expected the number of a case" in form
    assert "its id, or its ticket&#39;s own number" in form
    assert 'value="T-none"' in form
    assert '<option value="parent" selected>' in form
    assert "the &lt;same&gt;</textarea>" in form
    assert "hx-morph-skip" not in answer.text.partition('id="act-note"')[2].partition("</details>")[0]


def test_who_writes_the_customer_while_somebody_else_does_is_told_and_loses_nothing(office: Office) -> None:
    case = office.open(OUTAGE)
    path = f"/cases/{case['number']}"
    browser = signed_in(office)
    shown = re.search(r'name="seen" value="(\d+)"', browser.get(path).text)
    assert shown is not None
    office.do("bo", case["id"], "notes", text="Another thing stops nobody.")
    office.do("bo", case["id"], "updates", text="We come back to you by 14:40.")
    refused = browser.post(f"{path}/send-update", text="It works <again>.", seen=shown[1])
    assert refused.status_code == 412
    kept = refused.text.partition('id="act-send-update"')[2].partition("</section>")[0]
    assert "We come back to you by 14:40." in kept
    assert "It works &lt;again&gt;.</textarea>" in kept
    assert "Keep theirs, drop mine" in kept
    assert office.kinds(case["id"]).count("case.customer_update") == 1
    again = re.search(r'name="seen" value="(\d+)"', kept)
    assert again is not None
    assert browser.post(f"{path}/send-update", text="It works.", seen=again[1]).status_code == 303
    assert browser.post(f"{path}/send-update", text="And once more.", seen=again[1]).status_code == 303, "one's own"


@pytest.mark.parametrize(
    ("verb", "fields", "theirs"),
    [
        ("assign", {"owner": "bo"}, ("assignment", {"owner": "dora"})),
        ("bridge", {"address": "tel:+49301"}, ("bridge", {"address": "tel:+49302"})),
        ("override", {"severity": "low", "reason": "r"}, ("override", {"severity": "high", "reason": "s"})),
    ],
)
def test_what_somebody_else_has_set_meanwhile_is_not_overwritten(
    office: Office, verb: str, fields: dict[str, Any], theirs: tuple[str, dict[str, str]]
) -> None:
    case = office.open(QUESTION)
    browser = signed_in(office)
    shown = re.search(r'name="seen" value="(\d+)"', browser.get(f"/cases/{case['number']}").text)
    assert shown is not None
    office.do("lea", case["id"], theirs[0], **theirs[1])
    events = len(office.kinds(case["id"]))
    assert browser.post(f"/cases/{case['number']}/{verb}", seen=shown[1], **fields).status_code == 412
    assert len(office.kinds(case["id"])) == events


def test_of_fifty_edits_by_two_people_at_once_none_is_overwritten_in_silence(office: Office) -> None:
    """Each has the case as it was before the other's edit: one of the two is taken, the other is told, and keeps it."""
    case = office.open(QUESTION)
    path = f"/cases/{case['number']}"
    people = [signed_in(office, name) for name in ("lea", "bo")]
    answers = []
    with ThreadPoolExecutor(2) as threads:
        for number in range(25):
            shown = re.search(r'name="seen" value="(\d+)"', people[0].get(path).text)
            assert shown is not None
            address = f"tel:+4930{number:02}"
            sent = [
                threads.submit(browser.post, f"{path}/bridge", address=f"{address}{digit}", seen=shown[1])
                for digit, browser in enumerate(people)
            ]
            answers.append([each.result() for each in sent])
    for number, both in enumerate(answers):
        assert sorted(answer.status_code for answer in both) == [303, 412], number
        refused = next(answer.text for answer in both if answer.status_code == 412)
        assert f"tel:+4930{number:02}0" in refused, "what is typed"
        assert f"tel:+4930{number:02}1" in refused, "what the other has set"
    assert office.kinds(case["id"]).count("case.bridged") == 25


def test_nobody_is_chosen_before_somebody_chooses(office: Office) -> None:
    office.open(OUTAGE)
    page = text(office, "/cases/1", "lea")
    assigning = re.search(r'action="/cases/1/assign">.*?</form>', page, re.S)
    assert assigning is not None
    assert re.search(r'<select name="owner" required>\s*<option value="">choose</option>', assigning[0])
    assert "selected" not in assigning[0]
