"""The kinds of events of rosters, and which rows follow from them."""

from tocsin.ledger.keeping import Kept, What
from tocsin.roster.tables import rosters

ROSTERS = Kept(rosters, "roster", "name", {"changed": What("A roster was made or replaced")}, public=True)

KEPT = (ROSTERS,)
EVENTS = ROSTERS.kinds
