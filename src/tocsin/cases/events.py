"""The kinds of events of cases, in the order in which they are shown."""

from tocsin.cases.happenings import (
    calls,
    claims,
    clocks,
    deciding,
    family,
    guarding,
    judging,
    messages,
    paths,
    people,
    progress,
    repairs,
    storms,
    undoing,
)
from tocsin.cases.happenings.base import CaseEvent
from tocsin.cases.tables import bulks, views
from tocsin.core.wording import Said, say
from tocsin.ledger.keeping import Kept, What
from tocsin.ledger.kinds import KINDS, declared_by
from tocsin.ledger.words import Payload, Phrase, begins, changes, simply


def _bulk(said: Payload) -> Said:
    return say(
        "{verb}, on {count} cases at once", verb=said["verb"], count=sum(1 for _, event, *_ in said["cases"] if event)
    )


BULKS = Kept(
    bulks,
    "bulk",
    "verb",
    {
        "done": What("One verb was carried out on many cases at once", _bulk),
        "undone": What(
            "What was done to many cases at once was undone, where it still could",
            simply("it was undone, where it still could"),
            ("undone_at",),
        ),
    },
)
_VIEW = {
    "name": Phrase("name"),
    "page": Phrase("page"),
    "filter": Phrase("filter"),
    "place": Phrase("place"),
}


def _shared(said: Payload) -> Said | None:
    if "shared" not in said:
        return None
    whom = said["shared"]
    return say("shared with {whom}", whom=whom) if whom else say("shared with nobody")


VIEWS = Kept(
    views,
    "view",
    "name",
    {
        "created": What("A view was saved", begins("the view {name} was saved", "name", {})),
        "changed": What(
            "A view was changed",
            changes("the view was changed", _VIEW, _shared),
            ("name", "page", "filter", "shared", "place"),
        ),
        "deleted": What("A view was deleted", simply("the view was deleted"), ("ended_at",)),
    },
)
KEPT = (BULKS, VIEWS)
EVENTS = (
    *declared_by(
        deciding,
        judging,
        people,
        claims,
        progress,
        family,
        messages,
        clocks,
        paths,
        guarding,
        calls,
        storms,
        undoing,
        repairs,
    ),
    *BULKS.kinds,
    *VIEWS.kinds,
)


def kind_of(name: str) -> type[CaseEvent] | None:
    """The struct of a kind of event of cases; None for any other kind."""
    found = KINDS[name].happening if name in KINDS else None
    return found if found is not None and issubclass(found, CaseEvent) else None
