"""How cases are found by what was written: subject, body and the ticket's number, kept as words beside the case."""

from collections.abc import Sequence

from tocsin.ledger.subscribers import Happened
from tocsin.policy.body import CaseBody
from tocsin.storage import search
from tocsin.storage.transaction import Tx


def opened(tx: Tx, tickets: Sequence[tuple[int, CaseBody]]) -> None:
    """New cases, with the tickets that opened them."""
    search.put(tx, [(case, f"{body.subject}\n{body.external_id or ''}\n{body.body or ''}") for case, body in tickets])


def reclassified(tx: Tx, happened: Sequence[Happened]) -> None:
    """A signal may have brought another text. Both subjects find the case: the first is the one that lists show."""
    for case, payload in happened:
        row = tx.row("SELECT subject, external_id FROM cases WHERE id = ?", (case,))
        said = payload["facts"]["case"]
        texts = (*(row or ()), said.get("subject"), said.get("body"))
        search.put(tx, [(case, "\n".join(text for text in texts if text))])
