"""Signing in and out by HTTP: what the cookie is, how a session ends, what a stranger is told, what a form needs."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qs, unquote, urlsplit

import httpx2
import pytest

from tests.faces.browsing import PASSWORD, Browser, give_passwords
from tests.testing import MONDAY, PEOPLE, SECRET, furnish, serving
from tocsin import runtime
from tocsin.core import networks
from tocsin.core.clock import HOUR, VirtualClock
from tocsin.people import tokens
from tocsin.policy import starters
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx


@pytest.fixture
def here(database_url: str) -> Installation:
    installation = runtime.build(database_url, SECRET, clock=VirtualClock(MONDAY), allow_private=True)
    furnish(installation, starters.text(), PEOPLE, "http://127.0.0.1:9/")
    give_passwords(installation, "anna", "lea")
    return installation


@pytest.fixture
def url(here: Installation) -> Iterator[str]:
    with serving(here) as url:
        yield url


def test_a_session_from_its_beginning_to_its_end(here: Installation, url: str) -> None:
    browser = Browser(url)
    led = browser.get("/cases/1")
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in?back=/cases/1")
    done = browser.sign_in("Anna ", back="/cases")
    assert (done.status_code, done.headers["location"]) == (303, "/cases")
    cookie = done.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age=43200" in cookie
    assert "secure" not in cookie, "this server is reached by http"
    token = browser.http.cookies["tocsin_session"]
    with here.database.reading() as tx:
        [(digest, expires)] = tx.rows("SELECT hash, expires_at FROM sessions")
    assert token.encode() not in bytes(digest)
    assert expires == MONDAY + 12 * HOUR
    assert browser.get("/").status_code == 200
    assert browser.post("/sign-out", token="0" * 64).status_code == 403
    assert browser.post("/sign-out").headers["location"] == "/sign-in"
    browser.http.cookies.set("tocsin_session", token)
    assert browser.get("/").status_code == 303, "the session is gone, whoever kept its cookie"


def test_a_session_ends_with_its_time_its_password_and_its_user(here: Installation, url: str) -> None:
    browser = Browser(url)
    browser.sign_in("anna")
    for expires, status in ((MONDAY + 1, 200), (MONDAY, 303)):
        change = "UPDATE sessions SET expires_at = ?"
        here.writer.write(partial(Tx.run, statement=change, parameters=(expires,)))
        assert browser.get("/").status_code == status
    browser.sign_in("anna")
    give_passwords(here, "anna")
    assert browser.get("/").status_code == 303, "with another password"
    browser.sign_in("anna")
    here.writer.write(lambda tx: tx.run("UPDATE users SET active = ? WHERE name = 'anna'", (False,)))
    assert browser.get("/").status_code == 303, "she has left"
    assert browser.sign_in("anna").status_code == 403
    assert browser.get("/parts/mine", **{"hx-request": "true"}).status_code == 401


def test_a_stranger_learns_nothing_and_not_for_long(url: str) -> None:
    browser = Browser(url)
    wrong, unknown, without = (browser.sign_in(name, "guessed wrong") for name in ("anna", "nobody", "bo"))
    texts = {
        answer.text.replace(f'value="{name}"', "")
        for answer, name in ((wrong, "anna"), (unknown, "nobody"), (without, "bo"))
    }
    assert len(texts) == 1, "a wrong name, a wrong password, a user without one: the same answer"
    assert wrong.status_code == unknown.status_code == without.status_code == 403
    for _ in range(7):
        browser.sign_in("anna", "guessed wrong")
    locked = browser.sign_in("anna")
    assert (locked.status_code, int(locked.headers["retry-after"])) == (429, 900)
    assert "Wait 15 minutes" in locked.text
    assert browser.sign_in("lea").status_code == 303, "others come in"
    assert browser.sign_in("anna", "x" * 100_000).status_code == 429


def try_from(url: str, address: str, name: str, password: str = "guessed wrong") -> int:
    """Through a proxy at 127.0.0.1 that appends the address of the browser to what that one said."""
    browser = Browser(url)
    browser.http.headers["x-forwarded-for"] = f"198.51.100.1, {address}"
    return browser.sign_in(name, password).status_code


def test_behind_a_proxy_that_is_trusted_a_stranger_closes_his_own_address_only(here: Installation) -> None:
    here.entrance.trusted_proxies = networks.parse("127.0.0.1")
    here.entrance.attempts = replace(here.entrance.attempts, per_address=12)
    with serving(here) as url:
        for number in range(12):
            assert try_from(url, "203.0.113.66", f"nobody{number}") == 403
        assert try_from(url, "203.0.113.66", "lea", PASSWORD) == 429
        assert try_from(url, "203.0.113.7", "lea", PASSWORD) == 303


def test_an_address_that_anybody_says_of_himself_does_not_count(here: Installation, url: str) -> None:
    codes = [try_from(url, f"203.0.113.{number}", "anna") for number in range(9)]
    assert codes == [403] * 8 + [429]


def test_an_administrator_opens_what_failures_closed(here: Installation, url: str) -> None:
    headers = {"authorization": f"Bearer {administrator(here)}"}
    for _ in range(9):
        Browser(url).sign_in("anna", "guessed wrong")
    assert Browser(url).sign_in("anna").status_code == 429
    for name, status in (("nobody", 404), ("anna", 204), ("anna", 204)):
        assert httpx2.delete(f"{url}/api/v1/users/{name}/attempts", headers=headers).status_code == status
    assert Browser(url).sign_in("anna").status_code == 303


def test_an_administrator_opens_an_address_that_is_closed_to_all(here: Installation) -> None:
    here.entrance.attempts = replace(here.entrance.attempts, per_address=10)
    with serving(here) as url:
        for number in range(11):
            Browser(url).sign_in(f"nobody{number}", "guessed wrong")
        assert Browser(url).sign_in("anna").status_code == 429
        headers = {"authorization": f"Bearer {administrator(here)}"}
        assert httpx2.delete(f"{url}/api/v1/users/lea/attempts", headers=headers).status_code == 204
        assert Browser(url).sign_in("anna").status_code == 303


def administrator(here: Installation) -> str:
    return here.writer.write(lambda tx: tokens.issue(tx, here.mint, here.journal, "robot", "admin", "test"))


@pytest.mark.parametrize(
    "back",
    [
        "//evil.test/",
        "https://evil.test",
        "/\\evil.test",
        "/cases\r\nx: y",
        "javascript:1",
        "/\t/evil.test",
        "/sign-out",
    ],
)
def test_the_way_back_leads_nowhere_else(url: str, back: str) -> None:
    assert Browser(url).sign_in("anna", back=back).headers["location"] == "/"


@pytest.mark.parametrize(
    "back", ["/?as_of=2026-12-01T10:00:00Z", "/cases?q=a,b&sort=due", "/cases?q='x y'@z", f"/cases?q={'w' * 600}"]
)
def test_after_signing_in_one_is_where_one_wanted_to_be(url: str, back: str) -> None:
    browser = Browser(url)
    led = browser.http.get(back)
    assert led.status_code == 303
    asked = parse_qs(urlsplit(led.headers["location"]).query)["back"]
    done = browser.http.post("/sign-in", data={"name": "anna", "password": PASSWORD, "back": asked[0]})
    assert unquote(done.headers["location"]) == back


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.test"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 303),
        ({}, 403),
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_a_form_comes_from_our_own_pages(url: str, headers: dict[str, str], status: int) -> None:
    with httpx2.Client(base_url=url, timeout=30) as http:
        data = {"name": "anna", "password": PASSWORD}
        assert http.post("/sign-in", data=data, headers=headers).status_code == status


def test_a_cookie_over_https_is_secure(database_url: str) -> None:
    installation = runtime.build(database_url, SECRET, base_url="https://tocsin.test")
    furnish(installation, starters.text(), PEOPLE)
    give_passwords(installation, "anna")
    with serving(installation) as url, httpx2.Client(base_url=url, headers={"origin": "https://tocsin.test"}) as http:
        done = http.post("/sign-in", data={"name": "anna", "password": PASSWORD})
        assert done.status_code == 303
        assert "secure" in done.headers["set-cookie"].lower()


def test_pages_say_what_browsers_may_do_with_them(url: str) -> None:
    browser = Browser(url)
    browser.sign_in("anna")
    for path in ("/sign-in", "/", "/cases", "/cases/404"):
        headers = browser.get(path).headers
        if headers.get("location"):
            continue
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
