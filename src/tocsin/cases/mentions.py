"""Other cases that an event of a case names: the one that it is linked to, or was merged into. Pure."""

from collections.abc import Container, Iterable
from typing import Any

from tocsin.cases.aggregate import Case
from tocsin.cases.events import kind_of
from tocsin.cases.happenings.deciding import Opened
from tocsin.core import ids
from tocsin.core.wording import Said, say
from tocsin.ledger.journal import Recorded


def called(case: Case) -> Said:
    """How sentences in the record of one case call another: by its number, unless few may know of that."""
    return say("a confidential case") if case.confidential else say("case {number}", number=case.number)


def mentioned(events: Iterable[Recorded]) -> list[int]:
    """The ids of the cases that these events name."""
    return [case for event in events if (case := _named(event.kind, event.payload)) is not None]


def shown(event: Recorded, seen: Container[int]) -> Recorded:
    """The event, without the name of a case that is not among those seen."""
    named, field = _named(event.kind, event.payload), _field(event.kind)
    if named is None or named in seen or field is None:
        return event
    hidden: dict[str, Any] = {field: None}
    if event.kind != Opened.KIND:  # there the number is the case's own
        hidden["number"] = None
    return event._replace(payload=event.payload | hidden)


def _named(kind: str, payload: Any) -> int | None:
    field = _field(kind)
    text = payload.get(field) if field is not None and payload is not None else None
    return None if text is None else ids.from_text(text)


def _field(kind: str) -> str | None:
    """The field of such an event that names another case."""
    found = kind_of(kind)
    return None if found is None else found.NAMES
