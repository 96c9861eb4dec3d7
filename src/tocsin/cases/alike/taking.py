"""The prints of cases: of what their newest decision knows, and of the words that are their senders' own."""

from collections.abc import Iterable, Mapping
from typing import Any

from tocsin.cases.happenings.deciding import Decided, Reclassified
from tocsin.core import canonical
from tocsin.core.texts import fold, fold_lines
from tocsin.detection.problems import prints
from tocsin.detection.problems.prints import Print
from tocsin.ledger import journal
from tocsin.policy.evidence import own_words
from tocsin.policy.markup import text_of
from tocsin.storage.transaction import Tx

_READ = 20_000  # characters of a message in which its sender's own words are looked for
# Attributes whose value names what is broken, or how.
NAMING = frozenset(
    {"host", "hostname", "server", "service", "component", "instance", "cluster", "node", "url", "endpoint"}
    | {"error", "error_code", "code", "status_code", "exception", "alertname", "check", "job"}
)
_DECIDING = (Decided.KIND, Reclassified.KIND)


def of_cases(tx: Tx, cases: Iterable[int]) -> dict[int, Print]:
    """Of those of which it is known what they say; one that was erased says nothing."""
    found = {case: canonical.decode(body) for case, body in journal.newest(tx, cases, _DECIDING).items()}
    return {case: of_decision(decision) for case, decision in found.items()}


def of_decision(decision: Mapping[str, Any]) -> Print:
    """Of a stored decision."""
    case, account = decision["facts"]["case"], decision["facts"]["account"]
    attributes = case.get("attributes") or {}
    return of_ticket(
        case.get("subject") or "",
        case.get("body") or "",
        decision["opened_at"],
        area=decision.get("product_area"),
        type=decision.get("type"),
        region=account.get("region"),
        products=account.get("products") or (),
        named=[str(value) for name, value in sorted(attributes.items()) if fold(name) in NAMING and _names(value)],
    )


def of_ticket(subject: str, body: str, at: int, **known: Any) -> Print:
    """Of a ticket's subject and message, without what its sender did not write. `known`: as `prints.taken` has it."""
    told = own_words(fold_lines(text_of(body)[:_READ]), fold(subject)) if body else ""
    return prints.taken((subject, told), at, **known)


def _names(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
