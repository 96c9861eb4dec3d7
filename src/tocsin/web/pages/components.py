"""`/settings/components`: every component of the pages in every state, for those who build them."""

from itertools import pairwise
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.clocks import zone
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.wording import marked
from tocsin.languages import tongue
from tocsin.people.directory import Directory
from tocsin.web import shell
from tocsin.web.access import Here, Language, Signed
from tocsin.web.drawing import horizon, icons, lanes
from tocsin.web.drawing.fuses import Fuse
from tocsin.web.drawing.horizon import Due
from tocsin.web.drawing.lanes import Span
from tocsin.web.errors import PageRoute
from tocsin.web.pages.case import doing
from tocsin.web.pages.oncall import Lane, Words
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
        **_week(at, language),
        "now": at,
    }
    return shell.show(here, signed, "components.html", language=language, title=title, place="settings", **values)


def _week(at: int, language: str) -> dict[str, Any]:
    """A roster with every kind of bar, among them one too narrow for its name."""
    utc, reader = zone.load("UTC"), "Mira Shah"
    today = zone.local(at, utc).date()
    axis, said = lanes.week(today, utc), Words(Directory(), tongue(language), utc, reader)
    edges = [axis.start + hours * HOUR for hours in (0, 30, 78, 84, 100, 130, 168)]
    people = ((reader, None), ("Carl Lindqvist", None), ("Lea Hoffmann", None), (None, None))
    spans = [Span(*pair, *who) for pair, who in zip(pairwise(edges), people, strict=False)]
    covers = [Span(edges[4], edges[5], "Jonas Weber", "Kim Park"), Span(edges[5], edges[6], reader, "Kim Park")]
    drawn = [said.drawn(bar, "Asia/Tokyo") for bar in lanes.bars(axis, [*spans, *covers])]
    return {
        "axis": axis,
        "lanes": [Lane("payments", "Asia/Tokyo", False, drawn), Lane("payments", "Asia/Tokyo", True, drawn[1:3])],
        "today": today,
        "now_at": axis.now(at),
    }


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
