"""The kinds of events of the intake, and which rows follow from them."""

from tocsin.intake.tables import hooks
from tocsin.ledger.keeping import Kept, What
from tocsin.ledger.words import Field, begins, simply

HOOKS = Kept(
    hooks,
    "hook",
    "name",
    {
        "created": What(
            "A hook was created, to which another tool delivers its tickets",
            begins("the hook {name} was made", "name", {"secret": Field("deliveries are signed", secret=True)}),
        ),
        "revoked": What("A hook was revoked", simply("the hook was revoked and takes nothing more"), ("revoked_at",)),
    },
    secret=frozenset({"hash", "secret"}),
)

KEPT = (HOOKS,)
EVENTS = HOOKS.kinds
