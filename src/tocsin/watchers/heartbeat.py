"""The heartbeat to the outside, so that Tocsin's own death is noticed: an address is called every minute, but only
while every loop of this process makes progress and its writes succeed. Whoever runs that address raises the alarm when
the calls stay out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import httpx2

from tocsin.core.clock import MINUTE
from tocsin.core.logging import log
from tocsin.core.wording import Said, plain
from tocsin.watchers.loops import Loops

EVERY = MINUTE
_TIMEOUT = httpx2.Timeout(5.0)


class Caller(Protocol):
    """Calls an address; raises where it does not answer well."""

    def __call__(self, url: str) -> None: ...


def call(url: str) -> None:
    httpx2.get(url, timeout=_TIMEOUT, trust_env=False, headers={"user-agent": "Tocsin"}).raise_for_status()


@dataclass(slots=True)
class Heartbeat:
    """`url` None: nobody outside listens. `unwritten`: since when nothing can be written, where that is so. `failure`:
    why the last call did not arrive, for the screens."""

    url: str | None
    loops: Loops
    unwritten: Callable[[], Said | None]
    call: Caller = call
    next_at: int = 0
    called_at: int | None = None
    failure: str | None = None

    def step(self, now: int) -> int:
        """Call when a minute has passed and nothing is wrong. What is wrong is logged every minute."""
        if self.url is None or now < self.next_at:
            return 0
        self.next_at = now + EVERY
        stuck, ended = self.loops.stuck(now), self.loops.ended()
        if stuck or ended:
            self.failure = "not called, because a loop is stuck: " + ", ".join(stuck or ended)
            log.error("heartbeat.withheld", stuck=stuck, ended=ended)
            return 0
        if (why := self.unwritten()) is not None:
            self.failure = f"not called, because {plain(why)}"
            log.error("heartbeat.withheld", why=plain(why))
            return 0
        try:
            self.call(self.url)
        except Exception as error:
            self.failure = f"{type(error).__name__}: the call did not succeed"
            # The address itself often carries a secret, and the error may repeat it.
            log.error("heartbeat.failed", host=urlsplit(self.url).hostname, error=type(error).__name__)
            return 0
        self.called_at, self.failure = now, None
        return 1
