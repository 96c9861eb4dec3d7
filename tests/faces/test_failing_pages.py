"""What a browser is shown where the fault is ours, and where more was sent than is taken: a page, not JSON."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords, heading, plain, signed
from tests.faces.office import QUESTION, Office, staffed
from tests.testing import Databases
from tocsin.api import hot
from tocsin.web import rows

HTML = "text/html,application/xhtml+xml"


@pytest.fixture
def office(tmp_path: Any) -> Iterator[Office]:
    with staffed(Databases("sqlite", tmp_path).new(), still=True) as office:
        give_passwords(office.installation, "lea")
        yield office


@pytest.fixture
def lea(office: Office) -> Browser:
    office.open(QUESTION)
    return signed(office.url, "lea")


def test_a_fault_of_ours_is_a_page_that_tells_nothing_of_its_inside(
    office: Office, lea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> Any:
        raise RuntimeError("an inside that is nobody's business")

    monkeypatch.setattr(rows, "of_lines", fails)
    answer = lea.get("/cases", accept=HTML)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert heading(answer) == "Something went wrong"
    assert "The error is in the server's log; nothing of the request was stored." in plain(answer.text)
    assert "business" not in answer.text
    german = lea.get("/cases", **{"accept": HTML, "accept-language": "de"})
    assert "Der Fehler steht im Protokoll des Servers" in plain(german.text)


def test_more_than_is_taken_is_refused_by_a_page(office: Office, lea: Browser) -> None:
    answer = lea.post("/cases/1/note", headers={"accept": HTML}, text="x" * hot.MOST_BYTES)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert heading(answer) == "The input is too large"
    assert 'href="/cases"' in answer.text, "there is a way on"
    assert "case.noted" not in office.kinds("1")
