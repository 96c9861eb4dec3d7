"""The index of words by which `listing` finds cases: of the ticket's subject, text and own id, and of the customer's
name. It is written with the events that bring these texts."""

from collections.abc import Sequence

from tocsin.cases.happenings.deciding import Reclassified
from tocsin.core import canonical
from tocsin.ledger import journal
from tocsin.ledger.subscribers import Happened
from tocsin.policy.body import CaseBody
from tocsin.storage import search
from tocsin.storage.transaction import Tx


def opened(tx: Tx, tickets: Sequence[tuple[int, CaseBody, str | None]]) -> None:
    """New cases, with the tickets that opened them and their customers' names."""
    search.put(
        tx,
        [(case, _text(body.subject, body.external_id, customer, body.body)) for case, body, customer in tickets],
    )


def reclassified(tx: Tx, happened: Sequence[Happened[Reclassified]]) -> None:
    """A signal may have brought another text. A ticket that was renamed is found by its first subject too."""
    for case, decided in happened:
        first = journal.first(tx, case)
        opened = {} if first is None else canonical.decode(first)
        subject, ticket = opened.get("subject"), opened.get("external_id")
        said, customer = decided.facts["case"], decided.facts["account"].get("name")
        search.put(tx, [(case, _text(subject, said.get("subject"), ticket, customer, said.get("body")))])


def _text(*texts: str | None) -> str:
    """The body last: of what is too long, the end is not searched."""
    return "\n".join(text for text in texts if text)
