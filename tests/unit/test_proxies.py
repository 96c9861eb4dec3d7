"""Whose address a request has, behind proxies that are trusted and before others."""

from typing import Any

import pytest

from tocsin.api.proxies import Proxies
from tocsin.core import networks
from tocsin.core.errors import Misconfigured
from tocsin.core.settings import load

TRUSTED = "10.0.0.5, 192.168.0.0/16, fd00::/8"


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        ("10.0.0.5", ["203.0.113.7"], "203.0.113.7"),
        ("10.0.0.5", ["1.2.3.4, 203.0.113.7"], "203.0.113.7"),  # what stands before was said by the browser
        ("10.0.0.5", ["1.2.3.4", "203.0.113.7"], "203.0.113.7"),
        ("10.0.0.5", ["203.0.113.7, 192.168.3.3"], "203.0.113.7"),  # two proxies of ours
        ("10.0.0.5", ["192.168.3.3"], "192.168.3.3"),  # a browser inside
        ("10.0.0.5", ["203.0.113.7:4711"], "203.0.113.7"),
        ("fd00::1", ["[2001:db8::1]:443"], "2001:db8::1"),
        ("::ffff:10.0.0.5", ["203.0.113.7"], "203.0.113.7"),
        ("10.0.0.5", ["203.0.113.7, unknown"], "10.0.0.5"),
        ("10.0.0.5", [""], "10.0.0.5"),
        ("10.0.0.5", [], "10.0.0.5"),
        ("203.0.113.9", ["1.2.3.4"], "203.0.113.9"),
        ("127.0.0.1", ["1.2.3.4"], "127.0.0.1"),  # nobody is trusted who is not named
    ],
)
def test_whose_address_counts(peer: str, said: list[str], client: str) -> None:
    headers = [(b"x-forwarded-for", value.encode()) for value in said]
    scope: dict[str, Any] = {"client": (peer, 1), "headers": headers}
    Proxies(networks.parse(TRUSTED)).look(scope)
    assert scope["client"][0] == client


@pytest.mark.parametrize("wrong", ["*", "0.0.0.0/0", "::/0", "proxy.example.com", "10.0.0.5/8", "10.0.0.5;10.0.0.6"])
def test_what_trusts_nobody_in_particular_is_refused(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_TRUSTED_PROXIES", wrong)
    with pytest.raises(Misconfigured) as refused:
        load()
    assert refused.value.place == "TOCSIN_TRUSTED_PROXIES"
    assert "10.1.0.0/16" in (refused.value.expected or "")
