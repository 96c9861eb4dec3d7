"""How many cases lists have, for names with a number beside them: counted up to a limit, and where they are many known
for some seconds."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tocsin.cases.queries import listing
from tocsin.cases.queries.listing import Bounded, Filter
from tocsin.core.clock import SECOND, effort
from tocsin.people.permissions import ANYBODY, Viewer
from tocsin.storage.transaction import Tx

MOST = 1200
KNOWN_FOR = 5 * SECOND
_FEW = 100  # of which it costs little to count them
_QUICK = 0.001  # seconds of a processor
_REMEMBERED = 10_000
_Key = tuple[str | None, str]


@dataclass(slots=True)
class ViewCounts:
    """By what is asked: of the cases that everybody sees for everybody together, and of confidential ones for those
    alone who see them."""

    _known: dict[_Key, tuple[int, Bounded]] = field(default_factory=dict)

    def of(self, tx: Tx, viewer: Viewer, wanted: Filter, now: int) -> Bounded:
        """How many cases of this list the viewer sees; where that is dear to count, as of the last few seconds."""
        viewer.require("cases.read")
        asked = wanted._replace(behind=None, sort="newest", limit=0, severities=())
        shown = self._of((None, repr(asked)), now, lambda: listing.count(tx, ANYBODY, wanted, MOST))
        if shown.more:
            return shown
        own = self._of((viewer.actor, repr(asked)), now, lambda: listing.count_confided(tx, viewer, wanted, MOST))
        every = shown.amount + own.amount
        return Bounded(min(every, MOST), own.more or every > MOST)

    def _of(self, key: _Key, now: int, count: Callable[[], Bounded]) -> Bounded:
        known = self._known.get(key)
        if known is not None and 0 <= now - known[0] < KNOWN_FOR:
            return known[1]
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        began, found = effort(), count()
        if found.amount > _FEW or effort() - began > _QUICK:
            self._known[key] = (now, found)
        return found
