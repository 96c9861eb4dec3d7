"""Every kind of event of every package, and every table whose rows the journal keeps, in one catalogue."""

from tocsin.cases import events as _cases
from tocsin.intake import events as _intake
from tocsin.ledger import events as _ledger
from tocsin.ledger.kinds import collect
from tocsin.notify import events as _notify
from tocsin.people import events as _people
from tocsin.policy import events as _policy
from tocsin.roster import events as _roster

KEPT = (*_people.KEPT, *_roster.KEPT, *_notify.KEPT, *_intake.KEPT)
KINDS = collect(package.EVENTS for package in (_cases, _ledger, _notify, _policy, _people, _roster, _intake))

__all__ = ["KEPT", "KINDS"]
