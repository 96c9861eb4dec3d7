"""Whether a secret is the one under which a record was sealed. Under another one nothing could be proved, no stored
secret opened, and no page signed; so whoever would write asks first."""

from tocsin.core.errors import Misconfigured
from tocsin.core.wording import say
from tocsin.ledger import chain
from tocsin.storage.transaction import Tx

_ASKED = 20  # chains; one that somebody has changed must not lock everybody out


def require(tx: Tx, secret: str) -> None:
    """Misconfigured where the newest chains are all sealed under another secret. An empty record takes any."""
    rows = tx.rows(
        "SELECT c.chain, c.count, c.seal, e.hash FROM chains c JOIN events e ON e.chain = c.chain AND e.seq = c.count"
        f" ORDER BY c.chain DESC LIMIT {_ASKED}"
    )
    key = chain.derive(secret, "journal")
    if rows and not any(chain.seal(key, row[0], row[1], bytes(row[3])) == bytes(row[2]) for row in rows):
        raise Misconfigured(
            say("the record of this database was sealed under another secret key"),
            place="TOCSIN_SECRET_KEY",
            expected=say("the key that this database began with"),
        )
