"""How many cases lists have, for names with a number beside them: counted up to a limit, and known for some seconds."""

from dataclasses import dataclass, field

from tocsin.cases.queries import listing
from tocsin.cases.queries.listing import Bounded, Filter
from tocsin.core.clock import SECOND
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

MOST = 1200
KNOWN_FOR = 5 * SECOND
_REMEMBERED = 10_000
_Key = tuple[int | None, str]


@dataclass(slots=True)
class ViewCounts:
    """By whoever asks, for confidential cases are counted for those alone who see them, and by what they ask."""

    _known: dict[_Key, tuple[int, Bounded]] = field(default_factory=dict)

    def of(self, tx: Tx, viewer: Viewer, wanted: Filter, now: int) -> Bounded:
        """How many cases of this list the viewer sees, as of the last few seconds."""
        viewer.require("cases.read")
        key = (viewer.user, repr(wanted._replace(behind=None, sort="newest", limit=0, severities=())))
        known = self._known.get(key)
        if known is not None and 0 <= now - known[0] < KNOWN_FOR:
            return known[1]
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        found = listing.count(tx, viewer, wanted, MOST)
        self._known[key] = (now, found)
        return found
