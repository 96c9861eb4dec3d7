"""The kinds of events of cases, in the order in which they are shown."""

from tocsin.cases.happenings import (
    calls,
    claims,
    clocks,
    deciding,
    family,
    judging,
    messages,
    paths,
    people,
    progress,
    repairs,
)
from tocsin.cases.happenings.base import CaseEvent
from tocsin.ledger.kinds import KINDS, declared_by

EVENTS = declared_by(deciding, judging, people, claims, progress, family, messages, clocks, paths, calls, repairs)


def kind_of(name: str) -> type[CaseEvent] | None:
    """The struct of a kind of event of cases; None for any other kind."""
    found = KINDS[name].happening if name in KINDS else None
    return found if found is not None and issubclass(found, CaseEvent) else None
