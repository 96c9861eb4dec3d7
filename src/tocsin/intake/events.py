"""The kinds of events of the intake, and which rows follow from them."""

from tocsin.intake.tables import hooks
from tocsin.ledger.keeping import Kept, What

HOOKS = Kept(
    hooks,
    "hook",
    "name",
    {
        "created": What("A hook was created, to which another tool delivers its tickets"),
        "revoked": What("A hook was revoked", ("revoked_at",)),
    },
    secret=frozenset({"hash", "secret"}),
)

KEPT = (HOOKS,)
EVENTS = HOOKS.kinds
