"""The kinds of events of rosters, and which rows follow from them."""

from tocsin.core.wording import say
from tocsin.ledger.keeping import Kept, What
from tocsin.roster.tables import rosters

_CHANGED = What(
    "A roster was made or replaced", lambda said: say("the roster {name} was made or replaced", name=said["name"])
)
ROSTERS = Kept(rosters, "roster", "name", {"changed": _CHANGED}, public=True)

KEPT = (ROSTERS,)
EVENTS = ROSTERS.kinds
