"""The kinds of events of connectors, and which rows follow from them."""

from tocsin.connectors.tables import hooks
from tocsin.ledger.keeping import Kept, What
from tocsin.ledger.words import Field, begins, simply

HOOKS = Kept(
    hooks,
    "hook",
    "name",
    {
        "created": What(
            "A hook was created, to which another tool delivers its tickets",
            begins(
                "the hook {name} was made",
                "name",
                {"secret": Field("deliveries are signed", secret=True), "pack": Field("of the pack")},
            ),
        ),
        "secret_renewed": What(
            "A hook got a new secret; the former one holds for a while",
            simply("the hook got a new secret"),
            ("secret", "former_secret", "former_until"),
        ),
        "revoked": What("A hook was revoked", simply("the hook was revoked and takes nothing more"), ("revoked_at",)),
    },
    secret=frozenset({"hash", "secret", "former_secret"}),
)

KEPT = (HOOKS,)
EVENTS = HOOKS.kinds
