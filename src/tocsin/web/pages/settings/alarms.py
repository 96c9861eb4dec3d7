"""`/settings/alarms`: what is wrong with Tocsin itself now, and how the watchers of this process fare."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.cases import queries
from tocsin.clocks.moments import localised
from tocsin.core import instants
from tocsin.core.wording import unpacked, worded
from tocsin.notify import alarms
from tocsin.notify.alarms import StandingAlarm
from tocsin.web import rendering, words
from tocsin.web.pages.settings import frame
from tocsin.web.pages.settings.frame import SettingsRoute, Visit, Visiting
from tocsin.web.pages.settings.sections import ALARMS

router = APIRouter(route_class=SettingsRoute)


@router.get("/settings/alarms")
def show(visit: Visiting) -> Response:
    visit.see(ALARMS)
    here = visit.here
    now = here.clock.now()
    status = here.watch.status(now)
    unwritten = here.watch.writing.alarm()
    with here.database.reading(now) as tx:
        standing = ([unwritten] if unwritten else []) + alarms.standing(tx)
        numbers = queries.numbers(tx, visit.viewer, [alarm.case for alarm in standing if alarm.case is not None])
        heard = alarms.audience(here.desk.around(tx))
        people = here.desk.directory.get(tx)
    heading = visit.says("Nothing is wrong")
    if standing:
        heading = visit.counts("{amount} alarm stands", "{amount} alarms stand", len(standing))
    return frame.show(
        visit,
        ALARMS,
        "alarms.html",
        heading,
        listed=True,
        standing=[(alarm, _says(visit, alarm), numbers.get(alarm.case or 0)) for alarm in standing],
        heard=[people.display_of(user) for user in heard],
        sweep=_instants(status["sweep"]),
        heartbeat=_instants(status["heartbeat"]),
        pages=[_instants(page) for page in status["synthetic_pages"]],
        loops=status["loops"],
        writes=_instants(status["writes"]),
        node=status["node"],
    )


def _says(visit: Visit, alarm: StandingAlarm) -> str:
    """In the language of whoever reads, its instants marked for `timed`."""
    says = alarm.says if alarm.words is None else worded(unpacked(alarm.words), rendering.reader(visit.language))
    return localised(says, words.marked)


def _instants(shown: dict[str, Any] | None) -> dict[str, Any] | None:
    """With its times as instants."""
    return shown and {
        name: instants.from_text(value) if name.endswith(("_at", "_since")) and value else value
        for name, value in shown.items()
    }
