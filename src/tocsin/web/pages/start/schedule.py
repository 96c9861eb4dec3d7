"""`/start/schedule`: the first schedule: who takes turns, how long one is, when it is handed over."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import editing, rosters, starting
from tocsin.administration.editing import Edit
from tocsin.administration.rosters import ROSTER
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import marked, say
from tocsin.web.access import Fields, Form
from tocsin.web.asking import whole
from tocsin.web.errors import PageRoute
from tocsin.web.pages.settings import reaching
from tocsin.web.pages.settings.frame import Kept, Visit, Visiting, carried
from tocsin.web.pages.settings.schedules import LABELS
from tocsin.web.pages.start import frame
from tocsin.web.pages.start.steps import SCHEDULE

router = APIRouter(route_class=PageRoute)
DAYS = (
    ("mon", marked("Monday")),
    ("tue", marked("Tuesday")),
    ("wed", marked("Wednesday")),
    ("thu", marked("Thursday")),
    ("fri", marked("Friday")),
    ("sat", marked("Saturday")),
    ("sun", marked("Sunday")),
)
TURNS = ((1, marked("a day")), (7, marked("a week")), (14, marked("two weeks")))
_MOST_DAYS = 366
_WEEK = 7


@router.get("/start/schedule")
def show(visit: Visiting, done: str = "") -> Response:
    return _page(visit, key=done)


@router.post("/start/schedule")
def put(visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        frame.require(visit)
        name, held = _held(visit)
        edit = Edit(visit.here, visit.viewer, None) if held is None else visit.edit(form)
        rosters.put(edit, name, _said(form))
        return f"{frame.after(SCHEDULE)}?done=schedule"

    return carried(visit, form, "schedule", do, lambda kept: _page(visit, kept), LABELS)


def _said(form: Form) -> dict[str, Any]:
    """The definition that a form holds; InvalidInput names the field."""
    members, days = form.several("members"), whole(form, "days", _MOST_DAYS)
    if not members:
        raise InvalidInput(say("nobody takes turns"), place="members", expected=say("one person at least"))
    time = form.get("time", "").strip()
    handoff = f"{form.get('day', '')} {time}" if days % _WEEK == 0 else time
    return {"members": members, "zone": form.get("zone", "").strip(), "handoff": handoff, "days": days}


def _held(visit: Visit) -> tuple[str, dict[str, Any] | None]:
    """The name of the schedule, and what it is; None where there is none yet."""
    with visit.here.database.reading(visit.here.clock.now()) as tx:
        there = sorted(visit.here.desk.rosters.get(tx).by_name)
        usual = starting.roster_named()
        name = usual if usual in there or not there else there[0]
        return name, editing.found(visit.here, tx, visit.viewer, ROSTER, name) if there else None


def _page(visit: Visit, kept: Kept | None = None, *, key: str = "") -> Response:
    frame.require(visit)
    name, held = _held(visit)
    with visit.here.database.reading(visit.here.clock.now()) as tx:
        around = visit.here.desk.around(tx)
        own = around.directory.by_name[visit.viewer.name].zone
        zone = own or visit.here.desk.policies.get(tx).zone(tx.now).key
        duty = around.on_call(name) if held is not None else None
    people = around.directory
    day, _, time = str(held["handoff"] if held else starting.HANDOFF).rpartition(" ")
    typed = kept.typed if kept is not None else None
    chosen = typed.several("members") if isinstance(typed, Form) else held["members"] if held else [visit.viewer.name]
    first = duty.primary if duty is not None else None
    return frame.show(
        visit,
        SCHEDULE,
        key=key,
        kept=kept,
        name=name,
        version=held["version"] if held else None,
        able=[user for user in people.users.values() if user.active and user.may("cases.work")],
        chosen=chosen,
        turns=TURNS,
        weekdays=DAYS,
        days=held.get("days", _WEEK) if held else _WEEK,
        day=day or "mon",
        clock_time=time,
        zone=held["zone"] if held else zone,
        zones=reaching.ZONES,
        on_call=people.displays([first])[0] if first else None,
    )
