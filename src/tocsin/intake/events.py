"""The kinds of events of the intake, and which rows follow from them."""

from tocsin.intake.tables import hooks
from tocsin.ledger.keeping import Kept, What

HOOKS = Kept(
    hooks,
    "hook",
    "name",
    {
        "created": What("A hook was made, to which another tool delivers its tickets"),
        "revoked": What("A hook takes nothing more", ("revoked_at",)),
    },
    secret=frozenset({"hash", "secret"}),
)

KEPT = (HOOKS,)
EVENTS = HOOKS.kinds
