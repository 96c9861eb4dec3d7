"""The kinds of events of connectors, and which rows follow from them."""

from sys import modules

from tocsin.connectors.tables import hooks
from tocsin.core.wording import Said, say
from tocsin.ledger.keeping import Kept, What
from tocsin.ledger.kinds import Happening, declared_by
from tocsin.ledger.words import Phrase, begins, changes, simply


class EffectSent(Happening):
    """`connector`: its name; `ticket`: the id that their system has for it."""

    KIND, TITLE = "effect.sent", "What follows from an earlier event was told to the ticket's system"

    effect: str
    connector: str
    ticket: str
    seq: int

    def reads(self) -> Said:
        return say("{effect} went out to {ticket} by {connector}", **_named(self))


class EffectFailed(Happening):
    KIND, TITLE = "effect.failed", "What follows from an earlier event could not be told to the ticket's system"

    effect: str
    connector: str
    ticket: str
    seq: int
    error: str

    def reads(self) -> Said:
        return say("{effect} to {ticket} by {connector} failed: {error}", error=self.error, **_named(self))


def _named(said: EffectSent | EffectFailed) -> dict[str, str]:
    return {"effect": said.effect, "ticket": said.ticket, "connector": said.connector}


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
                {"secret": Phrase("deliveries are signed", secret=True), "pack": Phrase("of the pack")},
            ),
        ),
        "secret_renewed": What(
            "A hook got a new secret; the former one holds for a while",
            simply("the hook got a new secret"),
            ("secret", "former_secret", "former_until"),
        ),
        "changed": What(
            "A hook got another mapping, another credential, or other effects",
            changes(
                "the hook was changed",
                {
                    "mapping": Phrase("another mapping", secret=True),
                    "settings": Phrase("other effects", secret=True),
                    "credential": Phrase("another credential", secret=True),
                },
            ),
            ("mapping", "settings", "credential"),
        ),
        "revoked": What("A hook was revoked", simply("the hook was revoked and takes nothing more"), ("revoked_at",)),
    },
    secret=frozenset({"hash", "secret", "former_secret", "credential"}),
)

KEPT = (HOOKS,)
EVENTS = (*declared_by(modules[__name__]), *HOOKS.kinds)
