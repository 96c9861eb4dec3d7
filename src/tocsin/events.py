"""Every kind of event of every package, in one catalogue."""

from tocsin.cases import events as _cases
from tocsin.ledger import events as _ledger
from tocsin.ledger.kinds import collect
from tocsin.notify import events as _notify
from tocsin.policy import events as _policy
from tocsin.roster import events as _roster

KINDS = collect(package.EVENTS for package in (_cases, _ledger, _notify, _policy, _roster))

__all__ = ["KINDS"]
