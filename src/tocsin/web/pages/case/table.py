"""`/cases/{case}/history.csv`: the history of a case as a table, as its page tells it."""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from tocsin.cases import discretion, queries
from tocsin.cases.clocks import ticking
from tocsin.core import instants, sheets
from tocsin.events import sentence
from tocsin.people.directory import Directory
from tocsin.web.access import Here, Language, Signed
from tocsin.web.errors import PageRoute
from tocsin.web.pages.case import course, looks

router = APIRouter(route_class=PageRoute)
_COLUMNS = ("at", "who", "user", "kind", "says", "text")


@router.get("/cases/{case}/history.csv")
def show(case: str, here: Here, signed: Signed, language: Language) -> Response:
    """Every event, the oldest first, with people as they are called and by the names that they sign in with."""
    with here.database.reading() as tx:
        found = queries.found(tx, signed.viewer, case)
        events = [discretion.shown(event.show(), signed.viewer) for event in queries.timeline(tx, signed.viewer, found)]
        people, titles = here.desk.directory.get(tx), ticking.titles(here.desk.policies.get(tx))
        named = {str(run.clock): titles(run) for run in queries.load(tx, signed.viewer, found).clocks}
    rows = _rows(events, people, named, language)
    headers = {"content-disposition": 'attachment; filename="history.csv"', "cache-control": "no-store"}
    return StreamingResponse(sheets.written(_COLUMNS, rows), media_type="text/csv; charset=utf-8", headers=headers)


def _rows(
    events: Sequence[dict[str, Any]], people: Directory, titles: dict[str, str], language: str
) -> Iterator[Sequence[Any]]:
    for event in events:
        payload = course.called(event["payload"], people)
        says = sentence(event | {"payload": payload, "clocks": titles}, instants.to_text, language)
        _, quote = looks.quoted(event["kind"], event["payload"] or {})
        yield event["at"], people.called(event["actor"]), event["actor"], event["kind"], says, quote
