"""Notices: made, and as they arrived."""

import itertools
from typing import Any

from tests.stories.starter import QUESTION, act, opened
from tests.testing import World
from tocsin.cases.happenings.people import Alerted
from tocsin.core import ids
from tocsin.core.clock import HOUR
from tocsin.ledger.journal import Event

numbers = itertools.count()


def person(here: World, name: str) -> dict[str, str]:
    return {"user": ids.to_text(here.installation.people().by_name[name].id), "name": name, "why": "owner"}


def alerted(here: World, *names: str, **said: Any) -> Event:
    told = {"why": "warning", "clock": "resolve", "cycle": 1, "due_at": here.clock.now() + HOUR, "says": "It is late."}
    people = {"notified": [person(here, name) for name in names], "unreachable": [], "again": None}
    return Alerted.of({**told, **said, **people}).event()


def alert(here: World, case: int, *names: str, **said: Any) -> None:
    event = alerted(here, *names, **said)
    act(here, case, lambda state, around: [event])


def question(here: World) -> int:
    return opened(here, {**QUESTION, "external_id": f"N-{next(numbers)}"})


def told(here: World, kind: str = "notice", name: str = "anna") -> list[dict[str, Any]]:
    return [message for message in here.outbox.sent if message["type"] == kind and message["to"] == name]
