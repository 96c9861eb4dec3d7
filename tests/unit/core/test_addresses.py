"""Addresses that a user types: which are refused at once, and how little of them is shown."""

import asyncio
import socket
from contextlib import closing, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.testing import Receiver
from tocsin.core import addresses
from tocsin.core.addresses import check_url
from tocsin.core.errors import InvalidInput
from tocsin.notify.channels.port import Message, Place
from tocsin.notify.channels.webhook.sender import WebhookChannel
from tocsin.tools.outgoing import Outcome

SIGNING = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "0.0.0.0",
    "[::1]",
    "[fe80::1]",
    "[fd00::1]",
    "[ff02::1]",
    "[ff0e::1]",
    "[::ffff:10.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::808:808]",
    "[2002:7f00:1::]",
]


def sent(url: str, loop: type[asyncio.AbstractEventLoop] = asyncio.SelectorEventLoop) -> Outcome:
    """What became of a message to that address."""

    async def send() -> Outcome:
        channel = WebhookChannel()
        try:
            return await channel.send(Place(url, SIGNING), Message("m", b"{}"), 0)
        finally:
            await channel.close()

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(send())


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address_is_refused_at_once_and_on_sending(host: str) -> None:
    with pytest.raises(InvalidInput, match="TOCSIN_ALLOW_PRIVATE_DESTINATIONS"):
        check_url(f"http://{host}:8080/hook", allow_private=False)
    check_url(f"http://{host}:8080/hook", allow_private=True)
    outcome = sent(f"http://{host}:8080/hook")
    assert outcome.final
    assert "TOCSIN_ALLOW_PRIVATE_DESTINATIONS" in outcome.error


@pytest.mark.parametrize(
    "url", ["https://8.8.8.8/x", "https://[2001:4860:4860::8888]/", "https://u:p@hooks.test:8443/"]
)
def test_a_public_address_is_taken(url: str) -> None:
    check_url(url, allow_private=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.test:99999/",
        "https://a.test:x/",
        "https://[::1/",
        "https:///x",
        "ftp://a.test/",
        "a.test",
        "",
        "https://a.test/" + "x" * 2000,
        "https://a b.test/",
        "https://a.test/\n",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_url(url, allow_private=True)
    assert refused.value.place == "url"


def test_a_refusal_does_not_repeat_a_secret() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_url("https://user:hunter2@a.test:99999/hunter2?key=hunter2", allow_private=True)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("url", ["https://user:hunter2@a.test:8443/hunter2?hunter2#hunter2", "https://[hunter2/"])
def test_only_scheme_and_host_are_shown(url: str) -> None:
    assert addresses.shown(url) in ("https://a.test:8443", "an address")


class Astray(asyncio.SelectorEventLoop):
    """A network in which every connection ends at this machine, wherever it was to go."""

    asked: list[str]

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        self.asked.append(address[0])
        await super().sock_connect(sock, ("127.0.0.1", address[1]))


def test_a_name_that_leads_into_a_private_network_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Receiver()) as receiver:
        port = urlsplit(receiver.url).port
        answers = [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"]]

        def lookup(*_: object, **__: object) -> list[tuple[object, ...]]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port)) for found in answers.pop()]

        monkeypatch.setattr(socket, "getaddrinfo", lookup)
        monkeypatch.setattr(Astray, "asked", [], raising=False)
        for _ in range(2):
            outcome = sent(f"http://turns.test:{port}/", Astray)
            assert outcome.final
            assert "turns.test is a private address" in outcome.error
        assert answers == []
        assert Astray.asked == []  # nothing was connected to
        assert receiver.got == []


def test_a_name_that_turns_private_between_check_and_connection_gets_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with closing(Receiver()) as receiver:
        port = urlsplit(receiver.url).port
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        monkeypatch.setattr(Astray, "asked", [], raising=False)
        outcome = sent(f"http://turns.test:{port}/", Astray)
        assert outcome.final
        assert "turns.test is a private address" in outcome.error
        assert Astray.asked == ["8.8.8.8"]  # it was connected to, and found out by its peer
        assert receiver.got == []


@pytest.mark.parametrize(("size", "connections"), [(100, 1), (1_000_000, 2)])
def test_a_connection_is_kept_unless_its_answer_is_too_long(size: int, connections: int) -> None:
    made = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal made
        made += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await reader.readuntil(b"{}"):
                writer.write(b"HTTP/1.1 302 Found\r\nlocation: http://elsewhere.test/\r\n")
                writer.write(b"content-length: %d\r\n\r\n" % size + b"x" * size)

    async def post() -> list[Outcome]:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        channel = WebhookChannel(allow_private=True)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        outcomes = [await channel.send(Place(url, SIGNING), Message("m", b"{}"), 0) for _ in range(2)]
        await channel.close()
        server.close()
        return outcomes

    assert asyncio.run(post()) == [Outcome(False, "the receiver answered 302")] * 2
    assert made == connections


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("https://user:secret@host.test/path?key=1", "https://***@host.test/path?key=1"),
        ("https://user:p@ss@host.test/", "https://***@host.test/"),
        ("https://token@host.test:8443", "https://***@host.test:8443"),
        ("it goes to http://a:b@c and d@e.test", "it goes to http://***@c and d@e.test"),
        ("https://host.test/@anna", "https://host.test/@anna"),
        ("anna@host.test", "anna@host.test"),
    ],
)
def test_of_an_address_nobody_sees_how_one_signs_in(text: str, masked: str) -> None:
    assert addresses.masked(text) == masked
