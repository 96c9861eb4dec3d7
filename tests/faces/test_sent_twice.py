"""A form that is sent twice, as by a double tap on a slow connection, is carried out once, and answered alike."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords, once
from tests.faces.office import Office, staffed
from tests.testing import Databases


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new(), still=True) as office:
        give_passwords(office.installation, "carl", "admin")
        office.open(external_id="T-1")
        yield office


@pytest.fixture(scope="module")
def carl(office: Office) -> Browser:
    return signed_in(office, "carl")


@pytest.fixture(scope="module")
def admin(office: Office) -> Browser:
    return signed_in(office, "admin")


def signed_in(office: Office, name: str) -> Browser:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    return browser


def number_of(browser: Browser, page: str, action: str) -> str:
    """That of a form as its page shows it."""
    found = re.search(rf'<form[^>]*action="{action}".*?name="once" value="(\w+)"', browser.get(page).text, re.S)
    assert found is not None, action
    return found[1]


def twice(browser: Browser, path: str, **fields: Any) -> list[Any]:
    """Both answers to a form that is sent while its first sending is still under way, or after it."""
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(lambda _: browser.post(path, **fields), range(2)))


def alike(answers: list[Any]) -> Any:
    first, second = answers
    assert first.status_code < 400, first.text
    assert (first.status_code, first.headers.get("location")) == (second.status_code, second.headers.get("location"))
    assert first.text == second.text
    return first


def test_what_is_written_on_a_case_stands_there_once(office: Office, carl: Browser) -> None:
    for verb, kind in (("note", "case.noted"), ("send-update", "case.customer_update")):
        before = office.kinds("1").count(kind)
        number = number_of(carl, "/cases/1", f'/cases/[^"]*/{verb}')
        alike(twice(carl, f"/cases/1/{verb}", text="It works again.", once=number))
        alike([carl.post(f"/cases/1/{verb}", text="It works again.", once=number) for _ in range(2)])
        assert office.kinds("1").count(kind) == before + 1
        carl.post(f"/cases/1/{verb}", text="It works again, for all.", once=number)
        assert office.kinds("1").count(kind) == before + 2, "another text is another act"
        again = number_of(carl, "/cases/1", f'/cases/[^"]*/{verb}')
        carl.post(f"/cases/1/{verb}", text="It works again.", once=again)
        assert office.kinds("1").count(kind) == before + 3, "a form that was shown anew is another act"


def test_one_ticket_is_opened(office: Office, carl: Browser) -> None:
    number = number_of(carl, "/cases/new", "/cases/new")
    before = len(office.get("admin", "/cases")["cases"])
    opened = alike(twice(carl, "/cases/new", subject="The API is down", do="open", once=number))
    assert opened.headers["location"].endswith("?done=opened")
    assert len(office.get("admin", "/cases")["cases"]) == before + 1


def test_a_secret_that_is_shown_once_is_shown_to_whoever_taps_twice(office: Office, admin: Browser) -> None:
    number = number_of(admin, "/settings/tokens", "/settings/tokens")
    [secret] = once(alike(twice(admin, "/settings/tokens", name="desk-2", role="operator", once=number)))
    assert office.clients["admin"].get("/me", headers={"authorization": f"Bearer {secret}"}).status_code == 200
    number = number_of(admin, "/settings/webhooks", "/settings/webhooks")
    alike(twice(admin, "/settings/webhooks", url="http://127.0.0.1:9/", events="*", once=number))
    assert len(office.get("admin", "/webhooks")["webhooks"]) == 1
    number = number_of(admin, "/settings/users", "/settings/users")
    alike(twice(admin, "/settings/users", name="zoe", display="Zoe", role="agent", once=number))


def test_what_was_refused_or_is_somebody_elses_is_another_act(office: Office, carl: Browser, admin: Browser) -> None:
    number = number_of(carl, "/cases/1", '/cases/[^"]*/link')
    fields: Any = {"kind": "related", "case": "T-later", "once": number}
    assert [one.status_code for one in twice(carl, "/cases/1/link", **fields)] == [404, 404]
    office.open(external_id="T-later")
    assert carl.post("/cases/1/link", **fields).status_code == 303
    before = office.kinds("1").count("case.noted")
    for browser in (carl, admin):
        browser.get("/cases/1")
        assert browser.post("/cases/1/note", text="Seen.", once="0123456789abcdef").status_code == 303
    assert office.kinds("1").count("case.noted") == before + 2


def test_a_file_that_is_sent_twice_is_kept_once(office: Office, admin: Browser) -> None:
    number = number_of(admin, "/settings/imports", "/settings/imports")
    file = ("tickets.csv", b"key,title\nA-1,The API is down\n")
    alike([admin.send("/settings/imports", file, once=number) for _ in range(2)])
    assert admin.get("/settings/imports").text.count("tickets.csv</") == 1
