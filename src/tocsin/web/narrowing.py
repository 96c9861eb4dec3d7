"""What a list of cases is narrowed by, and how it is ordered, in words."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from tocsin.cases.queries import asked
from tocsin.cases.queries.asked import CaseQuery
from tocsin.core.wording import marked
from tocsin.people.directory import Directory

_FIELDS = {
    "state": marked("State"),
    "level": marked("Level"),
    "kind": marked("Kind"),
    "severity": marked("Severity"),
    "type": marked("Type"),
    "product_area": marked("Product area"),
    "team": marked("Team"),
    "owner": marked("Owner"),
    "account": marked("Customer"),
    "external_id": marked("Ticket"),
    "source": marked("Source"),
    "imported": marked("Imported"),
    "live": marked("Worked on"),
    "needs": marked("Needs"),
    "followed_by": marked("Followed by"),
}
_PEOPLE = ("owner", "followed_by")
_OURS = ("state", "level", "kind")  # whose values are words of ours
# What a case may need, as the filter says it.
NEEDS = {
    "now": marked("somebody now"),
    "unanswered": marked("an answer"),
    "unowned": marked("an owner"),
    "breached": marked("work on a missed target"),
    "requests": marked("an answer to a request"),
    "triage": marked("triage"),
    "escalated": marked("senior people"),
}
ORDERS = {
    "unanswered": marked("unanswered, then level and score"),
    "urgency": marked("highest level and score first"),
    "due": marked("next target first"),
    "newest": marked("newest first"),
    "oldest": marked("oldest first"),
    "age": marked("longest open first"),
    "level": marked("by level"),
    "severity": marked("by severity"),
    "owner": marked("by owner"),
    "account": marked("by customer"),
}
_MYSELF = marked("me")
_FOUND = marked("Find")
_ORDER = marked("Order")

Says = Callable[[str], str]


def narrowed(query: CaseQuery, people: Directory, says: Says) -> Iterator[tuple[str, str, CaseQuery]]:
    """Each field that the list is narrowed by: what it is called, its value, and the list without it."""
    for name, value in asked.shown(query).items():
        if name in _FIELDS:
            without: dict[str, Any] = {name: CaseQuery.__struct_defaults__[asked.FIELDS.index(name)]}
            yield says(_FIELDS[name]), _value(name, value, people, says), msgspec.structs.replace(query, **without)


def read(query: CaseQuery, people: Directory, says: Says) -> str:
    """The whole list on one line."""
    told = [f"{label}: {value}" if value else label for label, value, _ in narrowed(query, people, says)]
    if query.q:
        told.append(f"{says(_FOUND)}: {query.q}")
    return ", ".join([*told, f"{says(_ORDER)}: {says(ORDERS[query.sort])}"])


def _value(name: str, value: Any, people: Directory, says: Says) -> str:
    """Empty where the field alone says it."""
    if name in _PEOPLE:
        return says(_MYSELF) if value == asked.MYSELF else people.known_as(str(value))
    if name in _OURS:
        return says(str(value))
    if name == "needs":
        return says(NEEDS.get(str(value), str(value)))
    if isinstance(value, bool):
        return "" if value else says(marked("no"))
    return str(value)
