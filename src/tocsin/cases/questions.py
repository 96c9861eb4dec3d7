"""The questions to other teams that wait for an answer: one of each team, its newest. Pure."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tocsin.cases.happenings.messages import AnsweredTeam, AskedTeam
from tocsin.ledger.journal import Recorded


class WaitingQuestion(NamedTuple):
    """`actor`: who asked. `notified`: who heard of it, as the event has them."""

    actor: str
    notified: list[Any]


def waiting(history: Sequence[Recorded]) -> dict[str, WaitingQuestion]:
    """Those that wait, by team. An answer that names no team answered all of them."""
    found: dict[str, WaitingQuestion] = {}
    for event in history:
        if event.payload is None:  # erased
            continue
        if event.kind == AskedTeam.KIND:
            found[event.payload["team"]] = WaitingQuestion(event.actor, event.payload["notified"])
        elif event.kind == AnsweredTeam.KIND:
            team = event.payload.get("team")
            found = {name: one for name, one in found.items() if team not in (None, name)}
    return found
