"""Where pages reach people, teams and roles, as the pages of their owners show it."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from tocsin.administration import places
from tocsin.core import ids
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import marked
from tocsin.notify import trying
from tocsin.notify.channels import registry
from tocsin.notify.destinations import Destination
from tocsin.notify.trying import Trial
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

ZONES = tuple(sorted(available_timezones()))
DONE = {
    "reached": marked("Added. Send a test page to see whether it arrives."),
    "removed": marked("Removed. What waited for it is cancelled."),
    "tested": marked("A test page is on its way."),
}


class ShownTrial(NamedTuple):
    """The outcome of a test page. `page`, `to`: itself and its destination, as texts."""

    page: str
    to: str
    state: str
    queued_at: int
    settled_at: int | None
    error: str | None


def values(tx: Tx, here: Installation, found: Iterable[Destination], trial: str = "") -> dict[str, Any]:
    """What the component of places shows. `trial`: a test page to one of them, as the address names it."""
    those = list(found)
    return {
        "places": [places.shown(one) for one in those],
        "channels": {channel.name: channel for channel in registry.to_people()},
        "reachable_by": here.outgoing.reachable_by,
        "trial": tried(tx, trial, {one.id for one in those}),
    }


def tried(tx: Tx, trial: str, known: set[int]) -> ShownTrial | None:
    """A test page, where it went to one of these destinations."""
    try:
        found = trying.outcome(tx, ids.from_text(trial, "trial")) if trial else None
    except InvalidInput:
        return None
    return _shown(found) if found is not None and found.destination in known else None


def _shown(trial: Trial) -> ShownTrial:
    return ShownTrial(ids.to_text(trial.id), ids.to_text(trial.destination), *trial[2:])
