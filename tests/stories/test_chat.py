"""Messages to chats, over HTTP to a real server: what arrives, what waits as long as it was asked to, and that the URL
stays a secret."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import pytest

from tests.stories.starter import OUTAGE, STARTER, opened, rows
from tests.testing import PEOPLE, SECRET, World, furnish, serving, world
from tocsin import runtime
from tocsin.core.clock import MINUTE, SECOND
from tocsin.notify import destinations
from tocsin.notify.channels import registry
from tocsin.notify.channels.chat.sender import ChatChannel
from tocsin.notify.destinations import New


class Chat:
    """An incoming webhook; `answers`: status and headers of the next ones, then 200."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                chat.got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                status, headers = chat.answers.pop(0) if chat.answers else (200, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks/very-secret"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def chat() -> Iterator[Chat]:
    made = Chat()
    yield made
    made.close()


def reached(url: str, chat: Chat, style: str = "slack") -> World:
    """A world in which everybody is reached by this chat alone."""
    here = world(url, STARTER)
    installation = here.installation
    courier: Any = installation.outgoing.pages.courier
    courier.channels["chat"] = ChatChannel(allow_private=True)
    channel, address, options = registry.read({"chat": chat.url, "style": style})
    checked = channel.check(address, options, True)

    def move(tx: Any) -> None:
        for user, places in destinations.load(tx).items():
            for place in places:
                destinations.end(tx, installation.mint, installation.journal, user, place.id, by="test")
            new = New("chat", checked.address, checked.secret, options)
            destinations.add(tx, installation.mint, installation.journal, installation.vault, user, new, by="test")

    installation.writer.write(move)
    return here


@pytest.mark.parametrize("style", ["slack", "mattermost", "teams"])
def test_a_page_arrives_with_its_links(database_url: str, chat: Chat, style: str) -> None:
    here = reached(database_url, chat, style)
    opened(here, OUTAGE)
    here.forward(0)
    said = json.dumps(chat.got[0])
    links = [part.split('"')[0].split(")")[0] for part in said.split("/acknowledge/")[1:]]
    assert here.installation.entrance.links.read(links[0]).user in here.installation.people().users
    assert "API is down" in said
    assert {row[0] for row in rows(here, "SELECT state FROM notifications WHERE kind = 'page'")} == {"delivered"}
    here.installation.close()


def test_a_chat_that_has_too_much_is_left_alone_for_as_long_as_it_asks(database_url: str, chat: Chat) -> None:
    here = reached(database_url, chat)
    chat.answers = [(429, {"retry-after": "90"})]
    opened(here, OUTAGE)
    here.forward(85 * SECOND)
    told = len(chat.got)
    states = rows(here, "SELECT state, error FROM notifications WHERE kind = 'page' ORDER BY state")
    assert [tuple(row) for row in states] == [("delivered", None), ("queued", "the receiver answered 429")]
    here.forward(10 * SECOND)
    assert len(chat.got) == told + 1
    here.installation.close()


def test_what_a_chat_does_not_understand_goes_out_as_text(database_url: str, chat: Chat) -> None:
    here = reached(database_url, chat)
    chat.answers = [(400, {})]
    opened(here, OUTAGE)
    here.forward(0)
    assert set(chat.got[1]) == {"text"}
    assert "/acknowledge/" in chat.got[1]["text"]
    assert rows(here, "SELECT DISTINCT state FROM notifications WHERE kind = 'page'") == [("delivered",)]
    here.installation.close()


@pytest.mark.parametrize("status", [404, 410])
def test_a_webhook_that_is_gone_is_not_tried_again(database_url: str, chat: Chat, status: int) -> None:
    here = reached(database_url, chat)
    chat.answers = [(status, {})] * 100
    opened(here, OUTAGE)
    here.forward(MINUTE)
    found = rows(here, "SELECT DISTINCT state, attempts FROM notifications WHERE kind = 'page'")
    assert [tuple(row) for row in found] == [("failed", 1)]
    here.installation.close()


def test_the_url_is_shown_nowhere(database_url: str, chat: Chat) -> None:
    installation = runtime.build(database_url, SECRET, allow_private=True)
    token = furnish(installation, STARTER, PEOPLE)
    with serving(installation) as url, httpx2.Client(base_url=url) as http:
        http.headers["authorization"] = f"Bearer {token}"
        where = "/api/v1/users/anna/destinations"
        made = http.post(where, json={"chat": chat.url, "style": "mattermost"})
        assert made.status_code == 201, made.text
        listed = http.get(where)
        [place] = [one for one in listed.json()["destinations"] if one["channel"] == "chat"]
        assert (place["options"], place["wakes"]) == ({"style": "mattermost"}, False)
        changes = http.get("/api/v1/audit/changes")
        for answer in (made, listed, changes):
            assert "very-secret" not in answer.text
        again = http.post(where, json={"chat": chat.url, "style": "teams"}).json()
        assert again["id"] == made.json()["id"], "the same URL is the same destination"
        [place] = [one for one in http.get(where).json()["destinations"] if one["channel"] == "chat"]
        assert place["options"] == {"style": "teams"}
        with installation.database.reading() as tx:
            stored = tx.rows("SELECT address, secret, options FROM destinations")
            told = tx.rows("SELECT body FROM payloads")
        assert not any(b"very-secret" in str(value).encode() for row in [*stored, *told] for value in row)
