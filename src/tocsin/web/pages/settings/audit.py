"""`/settings/audit`: who changed what besides cases, and whether the record is as it was written."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse

from tocsin import audit
from tocsin.administration import changes
from tocsin.administration.changes import ShownChange
from tocsin.cases.record import replay
from tocsin.core import instants, sheets
from tocsin.events import sentence
from tocsin.ledger.audit import chain_count
from tocsin.web import rendering
from tocsin.web.access import Fields
from tocsin.web.pages.settings import frame
from tocsin.web.pages.settings.frame import Kept, SettingsRoute, Visit, Visiting
from tocsin.web.pages.settings.sections import AUDIT

router = APIRouter(route_class=SettingsRoute)
MOST_CHAINS = 5_000  # that a page proves while somebody waits for it
MOST_DECISIONS = 10_000  # that it makes again
_SHOWN = 50
_EXPORTED = 200
_COLUMNS = ("at", "actor", "kind", "thing", "says")


@router.get("/settings/audit")
def show(visit: Visiting, family: str = "", cursor: str = Query("", max_length=100)) -> Response:
    visit.see(AUDIT)
    return _page(visit, family, cursor)


@router.post("/settings/audit/verify")
def verify(visit: Visiting, form: Fields) -> Response:
    """Prove the record while whoever asks waits; of a large one the command does it."""

    def do() -> Response:
        visit.viewer.require(AUDIT.changes)
        here, report = visit.here, audit.Report()
        with here.database.reading(here.clock.now()) as tx:
            if chain_count(tx) > MOST_CHAINS:
                return _page(visit)
            keys = audit.Keys(here.journal.key, here.checkpointer.key)
            findings = list(audit.verify(tx, keys, report))
        return _page(visit, proved=report, findings=findings)

    return frame.carried(visit, form, "verify", do, lambda kept: _page(visit, kept=kept))


@router.post("/settings/audit/replay")
def decide_again(visit: Visiting, form: Fields) -> Response:
    """Make every stored decision again while whoever asks waits, and compare; of very many the command does it."""

    def do() -> Response:
        visit.viewer.require(AUDIT.changes)
        here, report = visit.here, replay.Replay()
        with here.database.reading(here.clock.now()) as tx:
            if replay.count(tx) > MOST_DECISIONS:
                return _page(visit)
            different = list(replay.replay(tx, report, lambda done: None))
        return _page(visit, replayed=report, findings=different)

    return frame.carried(visit, form, "replay", do, lambda kept: _page(visit, kept=kept))


@router.get("/settings/audit/changes.csv")
def export(visit: Visiting, family: str = "") -> Response:
    """The same list as a table, whole."""
    visit.see(AUDIT)
    with visit.here.database.reading() as tx:
        changes.listed(tx, [family] if family else [], 1)
    headers = {"content-disposition": 'attachment; filename="changes.csv"'}
    return StreamingResponse(
        sheets.written(_COLUMNS, _rows(visit, family)), media_type="text/csv; charset=utf-8", headers=headers
    )


def _rows(visit: Visit, family: str) -> Any:
    cursor: str | None = None
    while True:
        with visit.here.database.reading() as tx:
            page = changes.listed(tx, [family] if family else [], _EXPORTED, cursor)
        for one in page.changes:
            event = one.event
            yield (instants.to_text(event.at), event.actor, event.kind, one.thing or "", _says(visit, one))
        if page.following is None:
            return
        cursor = page.following


def _page(
    visit: Visit,
    family: str = "",
    cursor: str = "",
    *,
    proved: audit.Report | None = None,
    replayed: replay.Replay | None = None,
    findings: list[Any] | None = None,
    kept: Kept | None = None,
) -> Response:
    here = visit.here
    with here.database.reading() as tx:
        page = changes.listed(tx, [family] if family else [], _SHOWN, cursor or None)
        chains, decisions = chain_count(tx), replay.count(tx)
        people = here.desk.directory.get(tx)
    shown = [(one, _says(visit, one), people.called(one.event.actor) or "Tocsin") for one in page.changes]
    heading = visit.says("Nothing was changed yet")
    if proved is not None:
        heading = visit.says("The record is as it was written")
        if findings:
            heading = visit.counts("{amount} finding in the record", "{amount} findings in the record", len(findings))
    elif replayed is not None:
        heading = visit.says("Every decision comes out as it was made")
        if findings:
            heading = visit.counts(
                "{amount} decision comes out otherwise", "{amount} decisions come out otherwise", len(findings)
            )
    elif shown:
        heading = visit.says("Last changed by {name}", name=shown[0][2])
    following = None if page.following is None else urlencode({"family": family, "cursor": page.following})
    return frame.show(
        visit,
        AUDIT,
        "audit.html",
        heading,
        kept=kept,
        shown=shown,
        families=changes.families(),
        family=family,
        following=following,
        chains=chains,
        most=MOST_CHAINS,
        proved=proved,
        replayed=replayed,
        decisions=decisions,
        most_decisions=MOST_DECISIONS,
        findings=findings or [],
    )


def _says(visit: Visit, one: ShownChange) -> str:
    """The event in the words of whoever reads."""
    event = {"kind": one.event.kind, "payload": one.event.payload, "people": one.people}
    return sentence(event, rendering.reader(visit.language).instant, visit.language)
