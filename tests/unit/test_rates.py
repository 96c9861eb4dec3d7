"""A bucket for each token and session: a burst, then so many a second; tickets are never turned away."""

from typing import Any

import pytest

from tocsin.api import rates
from tocsin.api.rates import Rates
from tocsin.core.errors import TooMany


class Watch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def scope(path: str = "/api/v1/cases", token: str = "one", **more: Any) -> dict[str, Any]:
    return {"type": "http", "path": path, "headers": [(b"authorization", f"Bearer {token}".encode())], **more}


def allowed(limit: Rates, asked: dict[str, Any], most: int = 1000) -> int:
    """How many requests pass before the first that does not."""
    for count in range(most):
        try:
            limit.require(asked)
        except TooMany:
            return count
    return most


def test_a_burst_and_then_so_many_a_second() -> None:
    watch = Watch()
    limit = Rates(2, watch)
    assert allowed(limit, scope()) == 20
    with pytest.raises(TooMany) as refused:
        limit.require(scope())
    assert refused.value.wait == pytest.approx(0.5)
    assert allowed(limit, scope(token="another")) == 20, "each has its own"
    watch.now = 1.0
    assert allowed(limit, scope()) == 2
    watch.now = 1000.0
    assert allowed(limit, scope()) == 20, "a burst, however long the rest was"


def test_a_session_is_limited_as_a_token_is() -> None:
    asked = {"type": "http", "path": "/cases", "headers": [(b"cookie", b"tocsin_session=abc; other=1")]}
    other = asked | {"headers": [(b"cookie", b"tocsin_session=def; other=1")]}
    limit = Rates(1, Watch())
    assert (allowed(limit, asked), allowed(limit, other)) == (10, 10)


@pytest.mark.parametrize(
    "asked",
    [
        *(scope(path) for path in ("/hooks/generic/token", "/acknowledge/token", "/healthz", "/readyz", "/metrics")),
        scope(headers=[]),
        scope() | {"tocsin.viewer": object()},
    ],
)
def test_what_is_free_of_it(asked: dict[str, Any]) -> None:
    assert allowed(Rates(1, Watch()), asked) == 1000


def test_it_can_be_switched_off() -> None:
    assert allowed(Rates(0, Watch()), scope()) == 1000


def test_it_remembers_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST", 3)
    limit = Rates(1, Watch())
    for name in range(10):
        limit.require(scope(token=str(name)))
    assert len(limit._buckets) == 3
