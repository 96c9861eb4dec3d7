"""Addresses that a user types: which are refused at once, and how little of them is shown."""

import socket
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.testing import Receiver
from tocsin.core.errors import InvalidInput
from tocsin.notify import addresses
from tocsin.notify.channels.webhook import WebhookChannel
from tocsin.notify.destinations import check_url

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


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address_is_refused_at_once_and_on_sending(host: str) -> None:
    with pytest.raises(InvalidInput, match="TOCSIN_ALLOW_PRIVATE_DESTINATIONS"):
        check_url(f"http://{host}:8080/hook", allow_private=False)
    check_url(f"http://{host}:8080/hook", allow_private=True)
    outcome = WebhookChannel().send(f"http://{host}:8080/hook", SIGNING, "m", 0, b"{}")
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


def test_a_name_that_turns_private_between_check_and_connection_gets_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with closing(Receiver()) as receiver:
        answers = iter(["8.8.8.8", "127.0.0.1"])
        port = urlsplit(receiver.url).port

        def lookup(*_: object, **__: object) -> list[tuple[object, ...]]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

        monkeypatch.setattr(socket, "getaddrinfo", lookup)
        outcome = WebhookChannel().send(f"http://turns.test:{port}/", SIGNING, "m", 0, b"{}")
        assert outcome.final
        assert "turns.test is a private address" in outcome.error
        assert next(answers, None) is None  # it was connected to, and found out by its peer
        assert receiver.got == []
