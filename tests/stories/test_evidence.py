"""Evidence: fetched once when a case is escalated, kept with where it came from, shown as failed where it fails;
nobody's page waits for it."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from aiohttp import ClientTimeout

from tests.stories.conftest import Stage
from tests.stories.process import OUTAGE, QUESTION, act, assert_proved, at, events, opened, paged, until
from tests.testing import World
from tocsin.administration import evidence
from tocsin.cases import verbs
from tocsin.core.clock import HOUR, MINUTE, SECOND
from tocsin.core.errors import InvalidInput, NotAllowed, TocsinError
from tocsin.evidence import store
from tocsin.evidence.collecting import MOST_BYTES
from tocsin.evidence.store import Item
from tocsin.ledger import erasing, journal
from tocsin.tools import outgoing
from tocsin.tools.outgoing import Client

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
SERIES = json.dumps({"data": {"result": [{"metric": {"job": "api"}, "values": [[1, "0.5"], [2, "NaN"], [3, "7"]]}]}})


over = threading.Event()


class Tool(BaseHTTPRequestHandler):
    """A tool of others, whose behaviour its path names."""

    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("authorization")))
        kind = self.path.split("?")[0].strip("/").split("/")[0]
        if kind == "redirect":
            self.send_response(302)
            self.send_header("location", "http://169.254.169.254/latest")
            self.end_headers()
            return
        status = 500 if kind == "broken" else 200
        self.send_response(status)
        self.end_headers()
        if kind in ("huge", "drip"):
            self._endless(b"x" * 65536 if kind == "huge" else b"x")
        else:
            self.wfile.write({"prom": SERIES, "garbage": "<html>"}.get(kind, '{"fine": true}').encode())

    def _endless(self, part: bytes) -> None:
        with suppress(OSError):
            while not over.wait(0 if len(part) > 1 else 0.02):
                self.wfile.write(part)

    def log_message(self, *given: Any) -> None:
        """Nothing."""


@pytest.fixture
def tool() -> Iterator[str]:
    Tool.asked = []
    over.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tool)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    over.set()
    server.shutdown()
    server.server_close()


def named(*collectors: str) -> tuple[str, str]:
    return ("triage:\n", "evidence:\n" + "".join(f"  - {{{one}}}\n" for one in collectors) + "triage:\n")


def near(here: World) -> World:
    """Collectors may ask this very machine."""
    here.installation.outgoing.evidence.courier.client = Client(allow_private=True)  # type: ignore[attr-defined]
    return here


def items(here: World, case: int) -> list[Item]:
    with here.installation.database.reading(here.clock.now()) as tx:
        return store.of_case(tx, case)


def kinds(here: World, case: int) -> list[str]:
    return [event.kind for event in events(here, case) if event.kind.startswith("evidence.")]


def test_it_is_fetched_once_when_a_case_is_escalated(stage: Stage, tool: str) -> None:
    here = stage(
        named(
            f"id: errors, on: prometheus, url: '{tool}/prom', query: 'up'",
            "id: tickets, on: account_tickets",
            f"id: other, on: http, url: '{tool}/', when: 'case.type == \"question\"'",
        ),
        start=NINE,
    )
    near(here)
    calm = opened(here, QUESTION)
    assert items(here, calm) == []
    case = opened(here, OUTAGE)
    found = {item.collector: item for item in items(here, case)}
    assert {name: item.state for name, item in found.items()} == {"errors": "collected", "tickets": "collected"}
    errors = found["errors"]
    assert errors.digest == sha256(SERIES.encode()).hexdigest()
    assert (errors.policy_version, errors.begins, errors.ends) == (1, NINE - HOUR, NINE)
    assert errors.address.startswith(f"{tool}/prom/api/v1/query_range?query=up")
    assert kinds(here, case) == ["evidence.collected"] * 2
    with here.installation.database.reading() as tx:
        [shown] = [one.shown for one in evidence.of_case(tx, case) if one.item.collector == "errors"]
    assert shown is not None
    assert (shown.series[0].points, shown.left_out) == ([(1.0, 0.5), (3.0, 7.0)], 1)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 2 * HOUR)
    assert len(paged(here)) > 1, "its answer ran out, and it climbed once more"
    assert [path.split("?")[0] for path, _ in Tool.asked].count("/prom/api/v1/query_range") == 2
    with here.installation.database.reading() as tx:
        assert tx.rows("SELECT count(*) FROM evidence_contents WHERE digest = ?", (errors.digest,)) == [(1,)]
    assert_proved(here)


@pytest.mark.parametrize(
    ("path", "on", "says"),
    [
        ("broken", "http", "500"),
        ("redirect", "http", "not followed"),
        ("garbage", "prometheus", "no JSON"),
    ],
)
def test_one_that_fails_is_shown_with_its_reason_and_delays_no_page(
    stage: Stage, tool: str, path: str, on: str, says: str
) -> None:
    here = near(stage(named(f"id: it, on: {on}, url: '{tool}/{path}', query: 'up'"), start=NINE))
    case = opened(here, OUTAGE)
    assert len(paged(here)) == 1
    until(here, NINE + 5 * MINUTE)
    [item] = items(here, case)
    assert item.state == "failed"
    assert says in (item.error or "")
    assert kinds(here, case) == ["evidence.failed"]
    assert_proved(here)


def test_too_much_is_cut_and_said_so(stage: Stage, tool: str) -> None:
    here = near(stage(named(f"id: it, on: http, url: '{tool}/huge'"), start=NINE))
    case = opened(here, OUTAGE)
    [item] = items(here, case)
    assert (item.state, item.size, item.cut) == ("collected", MOST_BYTES, True)


def test_one_that_answers_for_ever_is_given_up(stage: Stage, tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "_TIMEOUT", ClientTimeout(total=0.2))
    here = near(stage(named(f"id: it, on: http, url: '{tool}/drip'"), start=NINE))
    case = opened(here, OUTAGE)
    assert len(paged(here)) == 1
    until(here, NINE + MINUTE)
    [item] = items(here, case)
    assert (item.state, item.error) == ("failed", "TimeoutError: ")


def test_where_nobody_listens_it_is_tried_thrice(stage: Stage) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = near(stage(named(f"id: it, on: http, url: 'http://127.0.0.1:{port}/'"), start=NINE))
    case = opened(here, OUTAGE)
    assert items(here, case)[0].state == "queued"
    until(here, NINE + 30 * SECOND)
    [item] = items(here, case)
    assert (item.state, kinds(here, case)) == ("failed", ["evidence.failed"])


def test_a_private_address_is_refused(stage: Stage, tool: str) -> None:
    here = stage(named(f"id: it, on: http, url: '{tool}/'"), start=NINE)
    [item] = items(here, opened(here, OUTAGE))
    assert (item.state, Tool.asked) == ("failed", [])
    assert "is a private address" in (item.error or "")


def test_a_credential_that_nobody_gave_asks_nothing(stage: Stage, tool: str) -> None:
    here = near(stage(named(f"id: it, on: http, url: '{tool}/', secret: prometheus"), start=NINE))
    case = opened(here, OUTAGE)
    [item] = items(here, case)
    assert item.error == "TOCSIN_EVIDENCE_CREDENTIALS names no prometheus"
    assert Tool.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "https://",
        "https://[x/",
        "https://x.test:ab/",
        "https://x.test:99999/",
        "https://{attribute:host}/",
        "http://:80/",
    ],
)
def test_a_url_without_a_host_of_its_own_is_refused_with_the_policy(stage: Stage, url: str) -> None:
    with pytest.raises(TocsinError, match="this is not a web address"):
        stage(named(f"id: it, on: http, url: '{url}'"), start=NINE)


def test_people_ask_again(stage: Stage, tool: str) -> None:
    here = near(stage(named(f"id: it, on: http, url: '{tool}/'"), start=NINE))
    case = opened(here, QUESTION)
    built, carl = here.installation, here.viewer("carl")

    def again(name: str) -> Item:
        return built.writer.write(lambda tx: evidence.again(tx, built, carl, case, name))

    with pytest.raises(InvalidInput, match="there is no collector"):
        again("none")
    again("it")
    with pytest.raises(NotAllowed, match="is being asked already"):
        again("it")
    here.installation.step_all()
    [item] = items(here, case)
    assert (item.state, item.asked_by) == ("collected", "user:carl")


def test_an_erased_case_keeps_no_answer(stage: Stage, tool: str) -> None:
    here = near(stage(named(f"id: it, on: http, url: '{tool}/{{area}}'"), start=NINE))
    case = opened(here, OUTAGE)
    built = here.installation

    def erase(tx: Any) -> None:
        first = [event.seq for event in journal.read(tx, case) if event.kind == "case.decided"]
        erasing.erase(tx, built.journal, case, first, by="test", reason="asked to")

    built.writer.write(erase, cases=(case,))
    built.step_all()
    [item] = items(here, case)
    assert (item.digest, item.address) == (None, "")
    with built.database.reading() as tx:
        assert tx.rows("SELECT count(*) FROM evidence_contents") == [(0,)]
