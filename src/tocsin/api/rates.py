"""How many requests a token or a session may make: a bucket for each, in the memory of this process. Tickets are never
turned away for being many (the writer's queue bounds them), nor is whoever answers a page or asks whether we live."""

from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b

from starlette.requests import HTTPConnection
from starlette.types import Scope

from tocsin.core.clock import stopwatch
from tocsin.core.errors import TooMany
from tocsin.core.wording import say
from tocsin.people import sessions

BURST = 10.0  # seconds' worth of requests that may come at once
MOST = 10_000  # buckets; the one that was used least lately is forgotten, which only ever allows more
_FREE = ("/hooks/", "/acknowledge/", "/decline/", "/healthz", "/readyz", "/metrics", "/static/")


class Rates:
    """`per_second` 0: no limit. `now`: seconds that only ever run forward."""

    def __init__(self, per_second: float, now: Callable[[], float] = stopwatch) -> None:
        self._per_second, self._now = per_second, now
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()  # what is left, and as of when

    def require(self, scope: Scope) -> None:
        """TooMany, with the seconds to wait, where its token or session made too many requests. Counts this one."""
        if not self._per_second or scope["path"].startswith(_FREE):
            return
        who = _who(scope)
        if who and (wait := self._wait(who)) > 0:
            raise TooMany(
                say("too many requests"),
                wait=wait,
                expected=say("at most {per_second} a second", per_second=f"{self._per_second:g}"),
            )

    def _wait(self, who: bytes) -> float:
        most, now = self._per_second * BURST, self._now()
        left, since = self._buckets.pop(who, (most, now))
        left = min(most, left + (now - since) * self._per_second)
        allowed = left >= 1
        self._buckets[who] = (left - 1 if allowed else left, now)
        if len(self._buckets) > MOST:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._per_second


def _who(scope: Scope) -> bytes | None:
    """A digest of what the request shows of itself; None where it shows nothing, or comes from this very process."""
    if "tocsin.viewer" in scope:
        return None
    asking = HTTPConnection(scope)
    shown = asking.headers.get("authorization") or asking.cookies.get(sessions.COOKIE)
    return blake2b(shown.encode(), digest_size=16).digest() if shown else None
