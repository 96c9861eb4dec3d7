"""Server-sent events: pages that are open hear of what changes.

One look serves all listeners together (`looking.py`). What has changed is told once a second at most; where looking or
drawing costs much, the next look waits longer, though never long. A listener that does not take what it is sent is
dropped.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from tocsin.core.errors import Unavailable
from tocsin.core.logging import log
from tocsin.core.wording import say
from tocsin.runtime import Installation
from tocsin.web.looking import Listener, Looker, News
from tocsin.web.messages import StreamMessage

MOST = 600
MOST_OF_ONE = 12
_QUIET = 0.5  # seconds from a look that told nobody to the next one
_EVERY = 1.0  # seconds from one that did
_LOOKING, _DRAWING = 0.05, 0.4  # of a processor's time that each may take
_LONGEST = 5.0  # seconds that a change may go unnoticed, whatever that costs


@dataclass(eq=False, slots=True)
class Ear:
    """Of one stream: what it is to say next. News and counts that it has not taken yet are old when there are newer
    ones."""

    listener: Listener
    news: News | None = None
    counts: StreamMessage | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, news: News) -> None:
        self.news = news
        self.wake.set()

    def count(self, counts: StreamMessage) -> None:
        self.counts = counts
        self.wake.set()

    def take(self) -> tuple[News | None, StreamMessage | None]:
        """The news and the counts, which are none from now on."""
        self.wake.clear()
        taken, self.news, self.counts = (self.news, self.counts), None, None
        return taken


@dataclass(slots=True)
class Hub:
    """Whoever listens, and the one task that looks for them. It runs while anybody listens."""

    here: Installation
    ending: Callable[[], bool] = lambda: False  # whether the server is about to stop
    _ears: dict[Listener, Ear] = field(default_factory=dict)
    _task: "asyncio.Task[None] | None" = None

    def join(self, listener: Listener) -> Ear:
        """Unavailable where too many listen already."""
        same = sum(one.user == listener.user for one in self._ears)
        if len(self._ears) >= MOST or same >= MOST_OF_ONE:
            raise Unavailable(say("too many pages are open"), expected=say("fewer of them"))
        ear = self._ears[listener] = Ear(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        return ear

    def leave(self, listener: Listener) -> None:
        self._ears.pop(listener, None)

    async def _watch(self) -> None:
        looker = Looker(self.here)
        while self._ears and not self.ending():
            wait = _EVERY
            try:
                found = await run_in_threadpool(looker.look, tuple(self._ears))
                wait = pause(found.looking, found.drawing, told=bool(found.news))
                for listener, news in found.news:
                    if listener in self._ears:
                        self._ears[listener].hear(news)
                for listener, counts in found.counts:
                    if listener in self._ears:
                        self._ears[listener].count(counts)
            except Exception:  # the database may be away for a while; pages say that they are not live
                log.exception("live.failed")
                looker = Looker(self.here)  # it has missed what changed meanwhile
                for ear in self._ears.values():
                    ear.hear("lost")
            await asyncio.sleep(wait)
        for ear in self._ears.values():
            ear.wake.set()


def pause(looking: float, drawing: float, *, told: bool) -> float:
    """How long to wait after a look that cost so much; in seconds, the cost in those of a processor."""
    least = _EVERY if told else _QUIET
    return min(_LONGEST, max(least, looking / _LOOKING, drawing / _DRAWING))
