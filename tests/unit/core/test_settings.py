"""Addresses among the settings that would make broken links are refused."""

import pytest

from tocsin.core import settings
from tocsin.core.errors import Misconfigured


@pytest.mark.parametrize("name", ["TOCSIN_BASE_URL", "TOCSIN_URL"])
@pytest.mark.parametrize(
    "url",
    [
        "https://tocsin.test/?a=b",
        "https://tocsin.test?",
        "https://tocsin.test/#top",
        "https://u:geheim@tocsin.test",
        "https://u@tocsin.test",
        "https://tocsin.test:port",
        "https://[::1",
        "ftp://tocsin.test",
    ],
)
def test_an_address_that_nothing_can_be_put_behind(name: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, url)
    with pytest.raises(Misconfigured) as refused:
        settings.load()
    assert refused.value.place == name
    assert "https://tocsin.example.com" in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_one_with_a_path_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_BASE_URL", "https://intern.test:8443/tocsin/")
    assert settings.load().base_url == "https://intern.test:8443/tocsin/"
