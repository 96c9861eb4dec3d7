"""Server-sent events: browsers hear that something changed, and fetch it themselves.

One look a second serves all listeners together: at the open cases that Now shows and at the cases whose pages are
open, by their indexes. Where a look costs much, the next one waits longer, though never long. A listener that does not
take what it is sent is dropped, and so is one whose session has ended.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool

from tocsin.cases.queries import changes
from tocsin.core import ids
from tocsin.core.clock import effort
from tocsin.core.errors import Unavailable
from tocsin.core.logging import log
from tocsin.core.wording import say
from tocsin.notify import outcomes
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

MOST = 500
MOST_OF_ONE = 12
NOW = "now"
_EVERY = 1.0  # seconds
_SHARE = 0.05  # of a processor's time that looking may take
_LONGEST = 5.0  # seconds that a change may go unnoticed, whatever looking costs

Look = dict[str | int, Any]


@dataclass(eq=False, slots=True)
class Listener:
    """A browser's page. `case`: the one that it shows; None: it shows Now. `changed` is what it has not heard of."""

    user: int
    case: int | None
    changed: bool = False
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self) -> None:
        self.changed = True
        self.wake.set()


@dataclass(slots=True)
class Hub:
    """Whoever listens, and the one task that looks for them. It runs while anybody listens."""

    here: Installation
    ending: Callable[[], bool] = lambda: False  # whether the server is about to stop
    _listeners: list[Listener] = field(default_factory=list)
    _task: "asyncio.Task[None] | None" = None

    def join(self, user: int, case: int | None) -> Listener:
        """Unavailable where too many listen already."""
        if len(self._listeners) >= MOST or sum(one.user == user for one in self._listeners) >= MOST_OF_ONE:
            raise Unavailable(say("too many pages are open"), expected=say("fewer of them"))
        listener = Listener(user, case, changed=True)  # it may have missed something while it was away
        self._listeners.append(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        return listener

    def leave(self, listener: Listener) -> None:
        with suppress(ValueError):
            self._listeners.remove(listener)

    async def _watch(self) -> None:
        before: Look = {}
        first = True
        while self._listeners and not self.ending():
            cost = 0.0
            try:
                after, cost = await run_in_threadpool(self._measured, {one.case for one in self._listeners if one.case})
                if not first:
                    self._tell(before, after)
                before, first = after, False
            except Exception:  # the database may be away for a while; pages say that they are not live
                log.exception("live.failed")
            await asyncio.sleep(pause(cost))
        for listener in self._listeners:
            listener.wake.set()

    def _tell(self, before: Look, after: Look) -> None:
        for listener in self._listeners:
            if _seen(before, listener) != _seen(after, listener):
                listener.hear()

    def _measured(self, cases: Iterable[int]) -> tuple[Look, float]:
        began = effort()
        return self._look(cases), effort() - began

    def _look(self, cases: Iterable[int]) -> Look:
        with self.here.database.reading() as tx:
            return {NOW: changes.on_board(tx), **_cases(tx, cases)}


def pause(cost: float) -> float:
    """How long to wait after a look that cost so much; both in seconds, the cost in those of a processor."""
    return min(_LONGEST, max(_EVERY, cost / _SHARE))


def _seen(look: Look, listener: Listener) -> Any:
    """What this listener would notice, as the look found it."""
    found = look.get(listener.case or NOW, "not looked at yet")
    if not isinstance(found, changes.Changes):
        return found
    name = f" {ids.to_text(listener.user)} "
    return found.public, [changed for named, *changed in found.confided if name in named]


def _cases(tx: Tx, cases: Iterable[int]) -> Look:
    """Of these cases: when they changed last, and what became of their messages."""
    chosen = sorted(cases)
    sent = outcomes.changes(tx, chosen)
    return {case: (at, sent.get(case)) for case, at in changes.of(tx, chosen).items()}
