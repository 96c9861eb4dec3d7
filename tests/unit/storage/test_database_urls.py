"""A database URL that cannot be used is refused with the reason, and without its password."""

import pytest

from tocsin.core.errors import Misconfigured
from tocsin.storage.database import Database


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:geheim@h:port/n",
        "postgresql://u:geheim@h:/n",
        "postgresql://u:geheim@[::1/n",
        "postgresql://u:geheim@h:99999/n",
        "postgresql://u:geheim@h:0/n",
        "mysql://u:geheim@h/n",
        "u:geheim@h/n",
        "sqlite:///",
        "",
    ],
)
def test_what_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        Database(url)
    assert refused.value.place == "TOCSIN_DATABASE_URL"
    assert "postgresql://user:password@host:port/name" in str(refused.value)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("url", ["postgresql://u:x@h:5432/n", "postgresql://[::1]:5432/n", "postgresql:///n"])
def test_what_can_be_used_is_taken(url: str) -> None:
    assert Database(url).dialect == "postgresql"
