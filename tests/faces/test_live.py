"""The stream of events by HTTP: who hears what, who is let in, and that it ends with its session and its server."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import OUTAGE, Office, staffed
from tests.testing import Databases
from tocsin.web import live


@pytest.fixture
def office(tmp_path: Any) -> Iterator[Office]:
    with staffed(Databases("sqlite", tmp_path).new(), still=True) as office:
        give_passwords(office.installation, "anna", "bo")
        yield office


class Listening:
    """A stream, read in a thread of its own; `heard` in order, but for the time and the counts. `cut`: it was broken
    off."""

    def __init__(self, browser: Browser, path: str = "/events") -> None:
        self.heard: list[tuple[str, str]] = []
        self.ended = threading.Event()
        self.cut = False
        self.change = threading.Condition()
        self._browser, self._path = browser, path
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        kind = ""
        try:
            with self._browser.http.stream("GET", self._path) as answer:
                for line in answer.iter_lines():
                    name, _, value = line.partition(": ")
                    if name == "event":
                        kind = value
                    elif name.startswith("data") and kind not in ("time", "counts"):
                        with self.change:
                            self.heard.append((kind, value))
                            self.change.notify_all()
        except httpx2.HTTPError:
            self.cut = True
        self.ended.set()

    def wait(self, count: int) -> list[tuple[str, str]]:
        with self.change:
            assert self.change.wait_for(lambda: len(self.heard) >= count, 20), self.heard
        return self.heard


def signed_in(office: Office, name: str) -> Browser:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    return browser


def test_a_page_hears_of_what_it_shows_and_of_nothing_else(office: Office) -> None:
    one, other = office.open(OUTAGE), office.open(OUTAGE)
    bo = signed_in(office, "bo")
    now, shown = Listening(signed_in(office, "anna")), Listening(bo, f"/events/cases/{one['number']}")
    now.wait(1)
    shown.wait(1)  # whoever comes may have missed something, and the first look at a case is news
    office.do("anna", other["id"], "notes", text="elsewhere")
    assert now.wait(2)[-1] == ("changed", "now")
    office.do("anna", one["id"], "notes", text="here")
    now.wait(3)  # one look tells both
    shown.wait(2)
    bo.post("/sign-out")
    assert shown.ended.wait(20)
    assert shown.heard == [("changed", one["id"]), ("changed", one["id"]), ("gone", "")]


def test_who_may_not_see_a_case_does_not_hear_of_it(office: Office) -> None:
    case = office.open(OUTAGE)
    office.do("lea", case["id"], "confidentiality", names=["lea"], reason="legal")
    assert signed_in(office, "bo").get(f"/events/cases/{case['id']}").status_code == 404
    for path in (f"/cases/{case['number']}", f"/parts/cases/{case['number']}"):
        assert signed_in(office, "bo").get(path).status_code == 404
    assert Browser(office.url).get("/events").status_code == 401


def test_who_may_not_see_a_case_any_more_hears_no_more_of_it(office: Office) -> None:
    """The page then looks for itself, and finds that there is no such case."""
    case = office.open(OUTAGE)
    named, other = (Listening(signed_in(office, name), f"/events/cases/{case['id']}") for name in ("anna", "bo"))
    named.wait(1)
    other.wait(1)
    office.do("lea", case["id"], "confidentiality", names=["anna"], reason="legal")
    assert other.wait(2)[1:] == [("gone", "")]
    assert other.ended.wait(20)
    assert named.wait(2)[1:] == [("changed", case["id"])]
    assert not named.ended.is_set()


def test_it_ends_with_the_session_and_with_the_server(office: Office) -> None:
    browser = signed_in(office, "anna")
    mine, others = Listening(browser), Listening(signed_in(office, "bo"))
    mine.wait(1)
    others.wait(1)
    browser.post("/sign-out")
    assert mine.ended.wait(20)
    assert mine.heard[-1] == ("gone", "")
    assert not others.ended.is_set()


def test_a_server_that_stops_ends_every_stream(tmp_path: Any) -> None:
    with staffed(Databases("sqlite", tmp_path).new(), still=True) as office:
        give_passwords(office.installation, "bo")
        listening = Listening(signed_in(office, "bo"))
        listening.wait(1)
    assert listening.ended.wait(20)
    assert not listening.cut, "the stream was ended, and not broken off after it was waited for"


def test_only_so_many_may_listen(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_OF_ONE", 1)
    first = Listening(signed_in(office, "anna"))
    first.wait(1)
    assert signed_in(office, "anna").get("/events").status_code == 503
    Listening(signed_in(office, "bo")).wait(1)


@pytest.mark.parametrize(
    ("looking", "drawing", "told", "seconds"),
    [
        (0.0, 0.0, True, 1.0),
        (0.0, 0.0, False, 0.5),
        (0.05, 0.4, True, 1.0),
        (0.1, 0.0, False, 2.0),
        (0.0, 0.8, True, 2.0),
        (60.0, 60.0, True, 5.0),
    ],
)
def test_a_look_that_costs_much_is_followed_by_a_longer_pause_though_never_a_long_one(
    looking: float, drawing: float, told: bool, seconds: float
) -> None:
    assert live.pause(looking, drawing, told=told) == pytest.approx(seconds)
