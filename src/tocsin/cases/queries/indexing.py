"""What a case is found by: the subject and id of its ticket, the customer's name, what the ticket says, and what people
wrote since. The index of words is written with the events that bring these texts; what a search shows of a case is read
again from its record, so that it shows nothing that was erased.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from tocsin.cases.happenings.base import CaseEvent
from tocsin.cases.happenings.deciding import Decided, Opened, Reclassified
from tocsin.cases.happenings.messages import AnsweredTeam, AskedTeam, CustomerUpdated, Explained, Noted, Replied
from tocsin.core import canonical
from tocsin.ledger import journal
from tocsin.ledger.subscribers import Happened
from tocsin.policy.body import CaseBody
from tocsin.storage import search
from tocsin.storage.transaction import Tx

WRITTEN: dict[type[CaseEvent], tuple[str, str]] = {
    Noted: ("text", "note"),
    Replied: ("text", "reply"),
    CustomerUpdated: ("text", "update"),
    Explained: ("text", "explanation"),
    AskedTeam: ("question", "question"),
    AnsweredTeam: ("answer", "answer"),
}
"""What people wrote, by kind of event: the field that holds it, and what it is to readers."""
_FIELDS = {kind.KIND: field for kind, field in WRITTEN.items()}
_DECIDING = (Decided.KIND, Reclassified.KIND)


class Passage(NamedTuple):
    """A text of a case. `where`: subject, external_id, account, body, or what somebody wrote."""

    where: str
    text: str


def opened(tx: Tx, tickets: Sequence[tuple[int, CaseBody, str | None]]) -> None:
    """New cases, with the tickets that opened them and their customers' names."""
    put(tx, [(case, (body.subject, body.external_id, customer, body.body)) for case, body, customer in tickets])


def put(tx: Tx, texts: Iterable[tuple[int, Sequence[str | None]]]) -> None:
    """Cases are found by these texts. The longest last: of what is too long, the end is not searched."""
    search.put(tx, [(case, "\n".join(text for text in said if text)) for case, said in texts])


def renewed(tx: Tx, happened: Sequence[Happened[Any]]) -> None:
    """Something was written, or a signal brought another text. A ticket that was renamed is found by its first subject
    too."""
    found = passages(tx, {case for case, _ in happened})
    put(tx, [(case, [part.text for part in sorted(parts, key=_body_last)]) for case, parts in found.items()])


def passages(tx: Tx, cases: Iterable[int]) -> dict[int, list[Passage]]:
    """The texts of these cases that were not erased, in the order of their events."""
    found: dict[int, list[Passage]] = {}
    newest: dict[int, dict[str, Any]] = {}
    for case, kind, body in journal.bodies(tx, cases, (Opened.KIND, *_DECIDING, *_FIELDS)):
        parts, said = found.setdefault(case, []), canonical.decode(body)
        if kind == Opened.KIND:
            parts += _said(subject=said.get("subject"), external_id=said.get("external_id"))
        elif kind in _DECIDING:
            newest[case] = said["facts"]
        else:
            field, where = _FIELDS[kind]
            parts += _said(**{where: said.get(field)})
    for case, facts in newest.items():
        first = {part.text for part in found[case] if part.where == "subject"}
        subject, body = facts["case"].get("subject"), facts["case"].get("body")
        named = None if subject in first else subject
        found[case] = [*found[case], *_said(subject=named, account=facts["account"].get("name"), body=body)]
    return found


def _said(**texts: Any) -> list[Passage]:
    return [Passage(where, text) for where, text in texts.items() if isinstance(text, str) and text]


def _body_last(part: Passage) -> bool:
    return part.where == "body"
