"""Every kind of event of every package, every table whose rows the journal keeps, and how an event reads."""

from collections.abc import Mapping
from typing import Any

from tocsin.cases import events as _cases
from tocsin.clocks import moments
from tocsin.clocks.moments import Say
from tocsin.connectors import events as _connectors
from tocsin.core import wording
from tocsin.evidence import events as _evidence
from tocsin.guards import events as _guards
from tocsin.languages import ENGLISH, tongue
from tocsin.ledger import events as _ledger
from tocsin.ledger.kinds import KINDS, EventKind
from tocsin.notify import events as _notify
from tocsin.people import events as _people
from tocsin.policy import events as _policy
from tocsin.roster import events as _roster

__all__ = ["KEPT", "KINDS", "PACKAGES", "listed", "sentence"]

KEPT = (*_cases.KEPT, *_people.KEPT, *_roster.KEPT, *_guards.KEPT, *_notify.KEPT, *_connectors.KEPT)
PACKAGES = (_cases, _ledger, _notify, _policy, _people, _roster, _guards, _connectors, _evidence)


def listed() -> list[EventKind]:
    """Every kind in the order in which they are shown."""
    first = {kind.name: kind for package in PACKAGES for kind in package.EVENTS}
    return [*first.values(), *(kind for name, kind in KINDS.items() if name not in first)]


def sentence(event: Mapping[str, Any], say: Say = moments.utc, language: str = ENGLISH) -> str:
    """An event in words, with what is in its payload; of a kind that has none of its own, what that kind says. `say`:
    how instants are said to whoever reads it. `people` of an event, which may be absent: names of users by id, for
    those that its payload has by id; and `clocks`: titles of those that a policy declares."""
    kind, payload = event["kind"], event["payload"]
    title = wording.say(KINDS[kind].says if kind in KINDS else kind)
    if payload is None:
        said = wording.say("{what} (the content was erased)", what=title)
    else:
        said = (KINDS[kind].reads(payload) if kind in KINDS else None) or title
    return wording.worded(said, moments.reader(say, event.get("people", {}), tongue(language), event.get("clocks", {})))
