"""Pages that are drawn by further processes: who answers what, and that nobody goes without when one ends."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen
from typing import Any

import pytest

from tests.faces.browsing import PASSWORD, Browser, give_passwords, plain
from tests.faces.office import OUTAGE, Office, staffed
from tests.testing import SECRET, Databases, answering, wait_until
from tocsin.api import app, readers
from tocsin.api.readers import Readers

_MINUTES = 120  # seconds; a busy machine takes many to start a process
# A server of the least kind: its readers, and nobody who asks them.
_SERVER = """
import os, sys, time
from tocsin.api import readers
made = readers.Readers(2, readers.command(), os.environ, lambda: True)
made.start()
while made.ready < 2:
    time.sleep(0.01)
print(*made.processes, flush=True)
time.sleep(600)
"""


@pytest.fixture
def office(tmp_path: Any) -> Iterator[Office]:
    with staffed(Databases("sqlite", tmp_path).new(), still=True) as office:
        give_passwords(office.installation, "anna")
        yield office


@contextmanager
def read_by_one(office: Office) -> Iterator[tuple[Readers, Browser, list[bool]]]:
    """A server with one reader; the browser of somebody who has signed in there. What the list holds says whether
    writes succeed."""
    writes = [True]
    settings = {
        "TOCSIN_DATABASE_URL": office.installation.database.url.render_as_string(hide_password=False),
        "TOCSIN_SECRET_KEY": SECRET,
    }
    made = Readers(1, readers.command(), os.environ | settings, lambda: writes[0])
    made.start()
    try:
        with answering(app.server(office.installation, made, port=0, log_level="warning")) as url:
            wait_until(lambda: made.ready == 1, _MINUTES)
            browser = Browser(url)
            assert browser.http.post("/sign-in", data={"name": "anna", "password": PASSWORD}).status_code == 303
            yield made, browser, writes
    finally:
        made.stop()


def test_pages_are_drawn_by_a_reader_and_by_the_server_where_that_cannot(office: Office) -> None:
    case = office.open(OUTAGE, subject="Größe & <Maß>")
    with read_by_one(office) as (made, browser, writes):

        def drawn(path: str, **headers: str) -> tuple[bool, Any]:
            """Whether the reader answered, and what."""
            before = made.answered
            answer = browser.get(path, **headers)
            return made.answered > before, answer

        for path in ("/", "/mine", "/cases", "/cases?q=Gr%C3%B6%C3%9Fe", f"/cases/{case['number']}", "/accounts"):
            by_reader, answer = drawn(path)
            assert (by_reader, answer.status_code) == (True, 200), path
        by_reader, answer = drawn(f"/cases/{case['number']}")
        assert "Größe & <Maß>" in plain(answer.text)
        assert "tocsin-route" not in answer.headers
        assert answer.headers.get_list("date") == [answer.headers["date"]]
        assert drawn("/cases.csv?q=Gr%C3%B6%C3%9Fe")[1].text.count("Größe & <Maß>") == 1
        assert drawn("/cases/nothing")[1].status_code == 404

        # What was written is on the next page, whoever draws it.
        office.do("anna", case["id"], "notes", text="Looked at the log.")
        by_reader, answer = drawn(f"/cases/{case['number']}")
        assert by_reader
        assert "Looked at the log." in plain(answer.text)

        # That a session is in use is written down now and then: by the server.
        office.installation.writer.write(lambda tx: tx.run("UPDATE sessions SET seen_at = seen_at - 3600000000"))
        by_reader, answer = drawn("/cases")
        assert (by_reader, answer.status_code) == (False, 200)
        assert drawn("/cases")[0], "it was written down"

        for path in ("/settings/profile", "/policy/backtest", "/healthz"):
            by_reader, answer = drawn(path)
            assert (by_reader, answer.status_code) == (False, 200), path
        writes[0] = False
        assert not drawn("/")[0], "that writes fail is known to the server alone"
        writes[0] = True
        figures = office.clients["admin"].get(browser.http.base_url.join("/metrics")).text
        assert 'tocsin_page_processes{state="ready"} 1.0' in figures
        assert 'tocsin_http_requests_total{method="GET",route="/cases/{case}",status="200"} 3.0' in figures
        assert f"tocsin_pages_drawn_beside_total {float(made.answered)}" in figures

        assert browser.post("/sign-out").status_code == 303
        by_reader, answer = drawn("/cases")
        assert (by_reader, answer.status_code) == (True, 303)
        assert answer.headers["location"].startswith("/sign-in")


def test_a_reader_that_ends_costs_nobody_a_page_and_is_started_again(office: Office) -> None:
    with read_by_one(office) as (made, browser, _):
        first = made.processes
        os.kill(first[0], signal.SIGKILL)
        assert browser.get("/cases").status_code == 200
        wait_until(lambda: made.ready == 1 and made.processes != first, _MINUTES)
        before = made.answered
        assert browser.get("/cases").status_code == 200
        assert made.answered == before + 1
        last = made.processes
    with pytest.raises(ProcessLookupError):
        os.kill(last[0], 0)


def test_nothing_is_left_behind_of_a_server_that_was_killed(office: Office, tmp_path: Any) -> None:
    folder = tmp_path / "t"  # short: the address of a socket has room for little
    folder.mkdir()
    settings = {
        "TOCSIN_DATABASE_URL": office.installation.database.url.render_as_string(hide_password=False),
        "TOCSIN_SECRET_KEY": SECRET,
        "TMPDIR": str(folder),
    }
    killed = Popen([sys.executable, "-c", _SERVER], env=os.environ | settings, stdout=PIPE, text=True)
    try:
        assert killed.stdout is not None
        assert len(killed.stdout.readline().split()) == 2
        assert [each.name[:7] for each in folder.iterdir()] == ["tocsin-"]
    finally:
        killed.kill()
        killed.communicate()
    wait_until(lambda: not list(folder.iterdir()), _MINUTES)
