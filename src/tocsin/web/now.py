"""`/`: what needs somebody now."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from tocsin.cases import actions, staging, store
from tocsin.cases.clocks import ticking
from tocsin.cases.paths import hours
from tocsin.cases.queries import board
from tocsin.cases.verbs import acknowledge
from tocsin.clocks import saying
from tocsin.clocks.moments import localised
from tocsin.core import ids
from tocsin.core.wording import marked
from tocsin.languages import tongue
from tocsin.notify import outcomes
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.web import rendering, verbs, words
from tocsin.web.access import Here, Language, Signed
from tocsin.web.errors import PageRoute

router = APIRouter(route_class=PageRoute)
SHOWN = 100


def _marked(says: str | None) -> str | None:
    """A sentence with its instants marked for `timed`."""
    return says and localised(says, words.marked)


def _asked(row: board.Row, paged: Mapping[int, Sequence[str]]) -> tuple[str, ...]:
    """Who was asked to answer the paths of a case that nobody has answered, each once."""
    return tuple(dict.fromkeys(name for climb in row.state.live() for name in paged.get(climb.id, ())))


@router.get("/")
def now(here: Here, signed: Signed, language: Language, done: str = "", case: str = "") -> Response:
    values = _values(here, signed)
    title, says = tongue(language).text(marked("Now")), verbs.said(done, case, language)
    return rendering.page("now.html", language=language, title=title, place="now", says=says, failed=False, **values)


@router.get("/parts/now")
def part(here: Here, signed: Signed, language: Language) -> Response:
    """What of the page changes."""
    text = rendering.part("parts/now.html", language=language, **_values(here, signed))
    return HTMLResponse(text, headers={"cache-control": "no-store"})


def _values(here: Installation, signed: Session) -> dict[str, Any]:
    at = here.clock.now()
    with here.database.reading(at) as tx:
        policies = here.desk.policies.get(tx)
        seen = board.look(tx, signed.viewer, board.severities(policies, at), at, SHOWN)
        rests = {row.state.case.id: hours.opens_at(policies, row.state, at) for row in seen.escalated}
        people = here.desk.directory.get(tx)
        empty = not store.exist(tx)
        paged = outcomes.names_of_paged(tx, [climb.id for row in seen.escalated for climb in row.state.live()])
        scenes = staging.scenes(tx, here.desk, [row.state for row in seen.escalated])
        takes = {
            row.state.case.id
            for row in seen.escalated
            if actions.why_not(signed.viewer, acknowledge, row.state, scenes[row.state.case.id]) is None
        }
    titles = ticking.titles(policies)
    return {
        "session": signed,
        "clock_title": lambda run: saying.name(run.clock, titles(run)),
        "board": seen,
        "people": people,
        "takes": takes,
        "paged": {row.state.case.id: _asked(row, paged) for row in seen.escalated},
        "rests": rests,
        "may_work": signed.viewer.may("cases.work"),
        "empty": empty,
        "not_written": _marked(here.watch.writing.says()),
        "base_url": here.entrance.base_url.rstrip("/"),
        "most_sorted": board.MOST_SORTED,
        "now": at,
        "id_text": ids.to_text,
    }
