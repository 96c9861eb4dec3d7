"""Every table of every package, in one catalogue: importing this module fills `metadata`."""

from tocsin.cases import tables as _cases
from tocsin.connectors import tables as _connectors
from tocsin.evidence import tables as _evidence
from tocsin.guards import tables as _guards
from tocsin.intake import tables as _intake
from tocsin.ledger import tables as _ledger
from tocsin.notify import tables as _notify
from tocsin.people import tables as _people
from tocsin.policy import tables as _policy
from tocsin.roster import tables as _roster
from tocsin.storage import tables as _storage
from tocsin.storage.schema import metadata

PACKAGES = (_cases, _connectors, _evidence, _guards, _intake, _ledger, _notify, _people, _policy, _roster, _storage)

__all__ = ["PACKAGES", "metadata"]
