"""`/settings/components`: every component of the pages in every state, for those who build them."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.wording import marked
from tocsin.languages import tongue
from tocsin.web import shell
from tocsin.web.access import Here, Language, Signed
from tocsin.web.drawing import horizon, icons
from tocsin.web.drawing.fuses import Fuse
from tocsin.web.drawing.horizon import Due
from tocsin.web.errors import PageRoute
from tocsin.web.pages.case import doing
from tocsin.web.verbs import acts

router = APIRouter(route_class=PageRoute)


@router.get("/settings/components")
def show(here: Here, signed: Signed, language: Language) -> Response:
    at = here.clock.now()
    title = tongue(language).text(marked("Components"))
    values: dict[str, Any] = {
        "fuses": _fuses(at),
        "pins": horizon.pins(_due(at), at),
        "place_at": horizon.place,
        "icons": sorted(icons.shapes()),
        "minute": MINUTE,
        "case": {"number": 0},
        "seen": 0,
        "titles": {},
        "keys": doing.KEYS,
        "choices": lambda field: field.choices,
        "sample_acts": acts(),
        "now": at,
    }
    return shell.show(here, signed, "components.html", language=language, title=title, place="settings", **values)


def _fuses(at: int) -> list[tuple[str, Fuse]]:
    begun, due = at - 20 * MINUTE, at + 40 * MINUTE
    return [
        (marked("time is left"), Fuse("calm", 66.7, (20.0,), begun, due)),
        (marked("past its warning"), Fuse("risk", 14.0, (20.0,), at - 50 * MINUTE, at + 8 * MINUTE)),
        (marked("late"), Fuse("late", 100.0, (), at - HOUR, at - 3 * MINUTE)),
        (marked("paused"), Fuse("paused", 45.0, (), begun, due)),
        (marked("stopped while a claim waits"), Fuse("claimed", 45.0, (), begun, due)),
        (marked("met"), Fuse("met", 0.0, (), begun, due)),
    ]


def _due(at: int) -> list[Due]:
    spans = ((-4, "late"), (6, "calm"), (11, "risk"), (13, "calm"), (52, "risk"), (140, "calm"), (330, "calm"))
    return [
        Due("Update" if span % 2 else "Containment", f"HD-{4700 + span}", "#", at + span * MINUTE, tone, bool(span % 2))  # type: ignore[arg-type]
        for span, tone in spans
    ] + [Due("Resolution", "HD-1", "#", at + 2 * DAY, "calm")]
