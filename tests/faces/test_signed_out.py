"""A session that ended while its user wrote: they are told, and come back to where they were with what they wrote."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.browsing import PASSWORD, Browser, give_passwords
from tests.faces.office import Office, staffed
from tests.testing import Databases

WRITTEN = 'It is the "cache".\n<b>Ask Bo</b> & wait.'


@pytest.fixture
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation, "carl", "lea", "vera")
        yield office


@pytest.fixture
def browser(office: Office) -> Browser:
    """Carl's, at a case, and his session has ended."""
    office.open()
    browser = Browser(office.url)
    browser.sign_in("carl")
    browser.get("/cases/1")
    browser.http.cookies.clear()
    return browser


def fields(page: str) -> dict[str, Any]:
    """The hidden fields of the sign-in's form."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def signs_in(browser: Browser, page: str, name: str = "carl", password: str = PASSWORD) -> Any:
    """What the sign-in answers, or the page to which the browser sends the form on."""
    data = fields(page) | {"name": name, "password": password}
    answer = browser.http.post("/sign-in", data=data)
    return browser.http.post(answer.headers["location"], data=data) if answer.status_code == 307 else answer


def test_what_was_written_is_there_again_after_signing_in(office: Office, browser: Browser) -> None:
    asked = browser.post("/cases/1/note", text=WRITTEN)
    assert asked.status_code == 401
    assert "You were signed out; what you wrote is kept." in asked.text
    assert "case.noted" not in office.kinds("1")
    wrong = signs_in(browser, asked.text, password="guessed wrong")
    assert wrong.status_code == 403
    page = signs_in(browser, wrong.text)
    assert str(page.url).endswith("/cases/1/note")
    assert html.escape(WRITTEN, quote=False).replace('"', "&#34;") in page.text
    assert "send it again" in page.text
    assert "case.noted" not in office.kinds("1")
    browser.get("/cases/1")
    assert browser.post("/cases/1/note", text=WRITTEN).status_code == 303
    assert "case.noted" in office.kinds("1")


def test_what_was_written_is_kept_from_a_page_of_an_older_session(office: Office, browser: Browser) -> None:
    older = browser.form_token
    browser.sign_in("carl")
    refused = browser.post("/cases/1/note", token=older, text=WRITTEN)
    assert (refused.status_code, "another session" in refused.text) == (403, True)
    assert "&lt;b&gt;Ask Bo" in refused.text
    assert "case.noted" not in office.kinds("1")


@pytest.mark.parametrize(
    ("path", "given", "back"),
    [
        ("/cases/1/acknowledge", {}, "/cases/1"),
        ("/cases/1/acknowledge", {"back": "now"}, "/"),
        ("/cases/1/assign", {"back": "now", "owner": "carl"}, "/"),
        ("/cases/1/no-verb", {"text": "x"}, "/cases/1"),
    ],
)
def test_a_form_without_text_leads_back_to_its_page(
    browser: Browser, path: str, given: dict[str, str], back: str
) -> None:
    asked = browser.post(path, token=None, headers=None, **given)
    assert (asked.status_code, "You were signed out; nothing was done." in asked.text) == (401, True)
    done = signs_in(browser, asked.text)
    assert (done.status_code, done.headers["location"]) == (303, back)


def test_a_page_that_was_asked_for_says_why_it_is_not_there(office: Office, browser: Browser) -> None:
    led = browser.get("/cases/1?all=1")
    assert led.headers["location"] == "/sign-in?back=/cases/1%3Fall%3D1"
    asked = browser.get(led.headers["location"]).text
    assert "You are not signed in." in asked
    assert signs_in(browser, asked).headers["location"] == "/cases/1?all=1"
    office.installation.writer.write(lambda tx: tx.run("DELETE FROM sessions"))
    assert "You were signed out" in browser.get(browser.get("/").headers["location"]).text
    assert "failed" not in Browser(office.url).get("/sign-in").text, "nothing to say to whoever comes first"


def test_what_is_carried_shows_nothing_and_leads_nowhere_that_signing_in_does_not(
    office: Office, browser: Browser
) -> None:
    office.do("lea", "1", "confidentiality", names=["lea"], reason="a secret")
    asked = browser.post("/cases/1/note", text=WRITTEN)
    done = signs_in(browser, asked.text, "vera")
    assert (done.status_code, "secret" in done.text, "cache" in done.text) == (404, False, False)
    forged = {"name": "lea", "password": PASSWORD, "back": "//evil.test/", "typed-text": "x"}
    for action in ("//evil.test/cases/1/note", "https://evil.test/", "/\\evil.test", ""):
        done = browser.http.post("/sign-in", data=forged | {"action": action})
        assert (done.status_code, done.headers["location"]) == (303, "/")
    carried = {"action": "/cases/1/note", "typed-text": "x", "typed-form_token": "guessed"}
    page = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in carried.items())
    assert signs_in(browser, page, "lea").status_code == 403
    assert "case.noted" not in [event["kind"] for event in office.get("lea", "/cases/1/timeline")["events"]]
    browser.http.cookies.clear()
    foreign = browser.post("/cases/1/note", headers={"origin": "https://evil.test"}, text="<p>forged</p>")
    assert (foreign.status_code, "forged" in foreign.text) == (403, False)


def test_what_was_typed_anywhere_else_is_there_again_too(office: Office) -> None:
    give_passwords(office.installation, "admin")
    office.open()
    browser = Browser(office.url)
    browser.sign_in("admin")
    browser.get("/settings/users")
    browser.http.cookies.clear()
    asked = browser.post("/settings/users", name="nils", display="Nils <N>", role="lead", password="a long secret")
    assert (asked.status_code, "what you wrote is kept" in asked.text) == (401, True)
    assert "a long secret" not in asked.text
    page = signs_in(browser, asked.text, "admin")
    assert "check it and send it again" in page.text
    assert 'value="Nils &lt;N&gt;"' in page.text
    assert '<option value="lead" selected>' in page.text
    assert "a long secret" not in page.text
    assert "nils" not in {user["name"] for user in office.get("admin", "/users")["users"]}

    browser.get("/settings/users")
    browser.http.cookies.clear()
    asked = browser.post(
        "/settings/places/user/carl", channel="chat", chat="https://chat.test/hooks/known-to-few", style="slack"
    )
    assert "known-to-few" not in asked.text, "what is a secret is not carried to whoever signs in next"

    browser.get("/settings/users")
    browser.http.cookies.clear()
    asked = browser.post("/policy/new", source="policy: mine\n", do="store")
    assert "policy: mine" in signs_in(browser, asked.text, "admin").text

    browser.get("/cases")
    browser.http.cookies.clear()
    asked = browser.post("/bulk", verb="note", case="1", text=WRITTEN, sure="yes")
    page = signs_in(browser, asked.text, "admin")
    assert "&lt;b&gt;Ask Bo" in page.text
    assert "case.noted" not in office.kinds("1")

    browser.http.cookies.clear()
    origin = {"referer": f"{office.url}/settings/users/anna"}
    asked = browser.post("/settings/users/anna/unlock", headers=origin)
    assert "nothing was done" in asked.text
    assert signs_in(browser, asked.text, "admin").headers["location"] == "/settings/users/anna"
