"""`/settings/imports`: a file is looked at, its mapping corrected, tried, carried out, and what came of it is said."""

import asyncio
import csv
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords, heading, plain, signed
from tests.faces.office import Office, staffed
from tests.testing import Databases, wait_until
from tocsin.api import app
from tocsin.clocks import written
from tocsin.core.wording import say
from tocsin.intake import uploads
from tocsin.intake.import_runs import ImportRun
from tocsin.people.sessions import COOKIE
from tocsin.web.uploads import TAKEN_AT

TICKETS = """Ticket ID;Subject;Customer;Created at;Status;Users affected
A-1;API is down;Acme;2026-03-02 09:00;Closed;5000
A-2;How do we rename a report?;Acme;2026-03-02 10:00;Open;1
A-3;;Acme;2026-03-02 11:00;Open;1
A-4;A button is grey;Blue;whenever;Open;1
"""


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        yield office


def brought(browser: Browser, name: str, text: str) -> str:
    """The page of a file that was sent."""
    answer = browser.send("/settings/imports", (name, text.encode()))
    assert answer.status_code == 303, plain(answer.text)
    return str(answer.headers["location"].partition("?")[0])


def mapping_of(page: Any) -> str:
    found = re.search(r'name="mapping"[^>]*>\n(.*?)</textarea>', page.text, re.S)
    assert found
    return unescape(found[1])


def ended(browser: Browser, path: str) -> Any:
    """The page of a file once its run is over."""
    wait_until(lambda: "progressbar" not in browser.get(path).text, 60)
    return browser.get(path)


def imported(office: Office) -> dict[str, Any]:
    """The cases of a history, by the id of their ticket."""
    return {case["external_id"]: case for case in office.get("admin", "/cases?imported=true")["cases"]}


def test_a_file_is_looked_at_tried_and_imported(office: Office) -> None:
    otto = signed(office.url, "otto")
    assert 'href="/settings/imports"' in otto.get("/settings").text
    path = brought(otto, "C:\\exports\\tickets.csv", TICKETS)
    page = otto.get(path)
    assert heading(page) == "How tickets.csv is read"
    said = plain(page.text)
    assert "external_id Ticket ID A-1" in said
    assert "account.name Customer Acme" in said
    assert "in which zone are these times?" in said.partition("What the draft is not sure of")[2]
    mapping = mapping_of(page)
    assert "delimiter" in mapping

    tried = otto.post(path, mapping=mapping, do="dry")
    assert tried.headers["location"] == f"{path}#run"
    dry = ended(otto, path)
    assert "Tried; nothing was written" in plain(dry.text)
    assert "What the policy would decide" in plain(dry.text)
    assert re.search(r"A-1 API is down (Senior|Executive)", plain(dry.text))
    assert imported(office) == {}

    # What was corrected stays as it was typed, also where it cannot be read.
    wrong = otto.post(path, mapping=mapping + "\nnonsense: [", do="history")
    assert wrong.status_code == 422
    assert "nonsense: [" in mapping_of(wrong)
    assert "keeps it from being read" in plain(wrong.text)
    assert imported(office) == {}

    corrected = mapping.replace("unreadable: missing", "unreadable: refuse")
    assert otto.post(path, mapping=corrected, do="save").headers["location"] == f"{path}?done=saved"
    assert "unreadable: refuse" in mapping_of(otto.get(path))
    otto.post(path, mapping=corrected, do="history")
    done = ended(otto, path)
    cases = imported(office)
    assert cases.keys() >= {"A-1", "A-2"}
    assert cases["A-1"]["state"] == "closed"
    assert heading(done) == f"{len(cases)} cases were opened"
    assert "imported=true" in done.text
    rows = list(csv.DictReader(otto.get(f"{path}/refused.csv").text.removeprefix("\ufeff").splitlines()))
    assert [row["line"] for row in rows if row["external_id"] == "A-4"] == ["5"]
    assert len(rows) + len(cases) == 4
    said = f"'whenever' is not a time; expected {written.EXPECTED}"
    assert [row["detail"] for row in rows if row["external_id"] == "A-4"] == [said]
    german = otto.get(f"{path}/refused.csv", **{"accept-language": "de"}).text
    assert "'whenever' ist keine Zeit; erwartet: eine Zeit wie 2026" in german

    listed = plain(otto.get("/settings/imports").text)
    assert re.search(r"\d imports? came in", heading(otto.get("/settings/imports")))
    assert "tickets.csv by otto" in listed
    assert "tickets.csv" in {each["name"] for each in office.get("otto", "/imports")["imports"]}

    otto.post(path, mapping=corrected, do="history")
    ended(otto, path)
    assert imported(office).keys() == cases.keys()


def test_a_backlog_is_opened_live(office: Office) -> None:
    admin = signed(office.url, "admin")
    path = brought(admin, "backlog.csv", "id,subject,users affected\nL-1,Everything is down,9000\n")
    page = admin.get(path)
    admin.post(path, mapping=mapping_of(page), do="live")
    ended(admin, path)
    [case] = office.get("admin", "/cases?external_id=L-1")["cases"]
    assert case["imported"] is False
    assert case["clocks"]


def test_only_who_may_import_sees_it_and_a_file_is_its_senders(office: Office) -> None:
    path = brought(signed(office.url, "admin"), "mine.csv", TICKETS)
    otto = signed(office.url, "otto")
    for answer in (otto.get(path), otto.post(path, mapping="x", do="dry"), otto.get(f"{path}/refused.csv")):
        assert answer.status_code == 404
        assert "not kept any more" in plain(answer.text)
    lea = signed(office.url, "lea")
    assert lea.get("/settings/imports").status_code == 403
    assert lea.get(path).status_code == 403
    assert lea.send("/settings/imports", ("a.csv", TICKETS.encode())).status_code == 403
    assert lea.post(path, mapping="x", do="dry").status_code == 403


def test_an_import_that_ended_early_is_seen_by_all_who_may_import(office: Office) -> None:
    here, otto = office.installation, signed(office.url, "otto")
    path = brought(otto, "cut-off.csv", TICKETS)
    with here.database.reading() as tx:
        upload = next(each for each in uploads.listed(tx) if each.name == "cut-off.csv")
    run = ImportRun(here.mint.new(here.clock.now()), False, False, here.clock.now(), upload.size)
    run.working, run.failed = False, say("otto is not an active user any more")
    here.writer.write(lambda tx: uploads.begin(tx, upload, run))
    here.writer.write(lambda tx: uploads.note(tx, upload.id, run))
    own, listed = plain(otto.get(path).text), plain(signed(office.url, "admin").get("/settings/imports").text)
    assert "It ended early otto is not an active user any more" in own.replace("as history ", "")
    assert re.search("Imports of others cut-off.csv by otto otto is not an active user any more", listed)
    assert "ended early" in plain(otto.get("/settings/imports").text)


def test_what_is_no_file_is_refused(office: Office) -> None:
    admin = signed(office.url, "admin")
    for data in (b"", b"\n\n"):
        assert admin.send("/settings/imports", ("a.csv", data)).status_code == 422
    assert admin.post("/settings/imports").status_code == 422
    large = b"id,subject\n" + b"x" * (uploads.MOST_BYTES + 100_000)
    assert admin.send("/settings/imports", ("a.csv", large)).status_code == 413
    # Elsewhere bodies stay as small as they were.
    assert admin.send("/settings/users", ("a.csv", large[: 2 * 1024 * 1024])).status_code == 413


@pytest.mark.parametrize("path", sorted(TAKEN_AT))
@pytest.mark.parametrize("cookie", ["", f"{COOKIE}=nobody"])
def test_of_nobody_no_large_body_is_read(office: Office, path: str, cookie: str) -> None:
    answer = asyncio.run(sent_by_nobody(office, path, cookie))
    assert answer["status"] == 401
    assert b"You were signed out; nothing was done." in answer["body"]


async def sent_by_nobody(office: Office, path: str, cookie: str) -> dict[str, Any]:
    """The answer to a large form that comes without a session; it fails where any of its body is read."""
    answer: dict[str, Any] = {"body": b""}

    async def receive() -> Any:
        raise AssertionError("the body was read")

    async def send(message: Any) -> None:
        answer.update(
            status=message.get("status", answer.get("status")), body=answer["body"] + message.get("body", b"")
        )

    headers = {"host": "desk", "origin": "http://desk", "cookie": cookie, "content-length": str(uploads.MOST_BYTES)}
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "server": ("desk", 80),
        "http_version": "1.1",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
    }
    await app.create(office.installation)(scope, receive, send)
    return answer


def test_old_files_are_forgotten(office: Office) -> None:
    admin = signed(office.url, "admin")
    first = brought(admin, "1.csv", TICKETS)
    for number in range(2, 4):
        brought(admin, f"{number}.csv", TICKETS)
    assert admin.get(first).status_code == 404
