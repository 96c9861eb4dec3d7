"""A clock that a policy declares is called by its title wherever people see it: pages, commands, the API."""

import html
import re
from collections.abc import Iterator

import pytest
from rich.console import Console

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import OUTAGE, Office, staffed
from tests.stories.process import changed
from tests.testing import Databases
from tocsin.cli.case import printing, reading
from tocsin.core import instants
from tocsin.policy import starters

TITLE, RAW = "First call of the customer", re.compile(r"\bcall_back\b|\bcall back\b", re.I)
KINDS = "  kinds: # promises beside those that every policy has\n"
CONTRACTS = "targets: # contracts: the strictest of severity, level and these wins\n"
CALL_BACK = f'    call_back: {{title: {TITLE}, start: opened, stop: ["marked:called"]}}\n'
OWED = '  - {id: calls, when: "true", targets: {call_back: 1m}}\n'


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    policy = changed(starters.text(), (KINDS, KINDS + CALL_BACK), (CONTRACTS, CONTRACTS + OWED))
    with staffed(databases.new(), policy=policy) as office:
        give_passwords(office.installation, "lea")
        yield office


def text(page: str) -> str:
    """What a page says, without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_title_stands_on_every_face_and_the_name_on_none(office: Office) -> None:
    made = office.open(OUTAGE)
    assert {run["clock"]: run["title"] for run in made["clocks"]}["call_back"] == TITLE
    shown = office.get("admin", f"/cases/{made['id']}")
    assert {run["clock"]: run["title"] for run in shown["clocks"]}["call_back"] == TITLE
    [listed] = [case for case in office.get("admin", "/cases")["cases"] if case["id"] == made["id"]]
    assert listed["clocks"] == [{key: run[key] for key in listed["clocks"][0]} for run in shown["clocks"]]
    due = instants.from_text(shown["clocks"][0]["due_at"])
    assert f"{TITLE} due in" in reading._next_due(shown, instants.from_text(made["opened_at"]))
    browser = Browser(office.url)
    browser.sign_in("lea")
    for path in ("/", f"/cases/{made['number']}"):
        said = text(browser.get(path).text)
        assert TITLE in said, path
        assert not RAW.search(said), path
    timeline = office.get("admin", f"/cases/{made['id']}/timeline")["events"]
    console = Console(record=True, width=300)
    printing._timeline(console, shown, timeline)
    printing._clocks(console, shown, due)
    written = console.export_text()
    assert written.count(TITLE) >= 2
    assert not RAW.search(written)
