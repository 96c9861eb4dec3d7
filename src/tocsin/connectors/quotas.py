"""How many deliveries a minute a connector takes, where its pack says: a tool that runs wild must not hold up others.
Counted in each process."""

from collections import OrderedDict
from dataclasses import dataclass, field

from tocsin.core.clock import MINUTE, SECOND
from tocsin.core.errors import TooMany
from tocsin.core.wording import say

_MOST = 1000  # connectors that a process counts; the one that was quiet the longest is forgotten


@dataclass(slots=True)
class Quotas:
    _counts: OrderedDict[int, tuple[int, int]] = field(default_factory=OrderedDict)  # begun at, and how many since

    def take(self, connector: int, quota: int | None, now: int) -> None:
        """Count a delivery; TooMany, with the seconds to wait, for one too many in a minute."""
        if quota is None:
            return
        begun, count = self._counts.pop(connector, (now, 0))
        if now - begun >= MINUTE:
            begun, count = now, 0
        self._counts[connector] = (begun, min(count, quota) + 1)
        if len(self._counts) > _MOST:
            self._counts.popitem(last=False)
        if count >= quota:
            wait = (begun + MINUTE - now) / SECOND
            raise TooMany(say("too many deliveries"), wait=wait, expected=say("at most {quota} a minute", quota=quota))
