"""`/events/now`: the part of Now that changes, and that of the wall, drawn once for all who see, may do and read the
same."""

from collections.abc import Hashable
from functools import partial
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response
from jinja2.runtime import Macro
from markupsafe import Markup

from tocsin.cases.queries import asked
from tocsin.core.clock import MINUTE
from tocsin.people.permissions import Permission
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.web import beside, rendering, streaming, wellness
from tocsin.web.access import Here, Language, Signed
from tocsin.web.errors import PageRoute
from tocsin.web.pages.now import look
from tocsin.web.pages.now.asked import Asked, NowForm
from tocsin.web.pages.now.page import values
from tocsin.web.rows import Shown
from tocsin.web.snapshot import Snapshot
from tocsin.web.streaming import Since

router = APIRouter(route_class=PageRoute)
_SHOWN_TO: tuple[Permission, ...] = (
    "people.read",
    "people.write",
    "cases.work",
    "cases.open",
    "cases.import",
)  # some of the part
_WALL = "parts/wall.html"
_LASTS = 10 * MINUTE  # of a row that nothing has changed; what counts within it is counted by the page


@router.get("/events/now")
def live_now(
    request: Request, here: Here, signed: Signed, language: Language, wanted: Asked, since: Since = 0
) -> Response:
    """What of Now changes."""
    _require(here, signed, wanted)
    return streaming.stream(request, signed, language, LiveNow("parts/now.html", wanted), since)


@router.get("/events/wall")
def live_wall(
    request: Request, here: Here, signed: Signed, language: Language, wanted: Asked, since: Since = 0
) -> Response:
    """What of the wall changes."""
    _require(here, signed, wanted)
    return streaming.stream(request, signed, language, LiveNow(_WALL, wanted), since)


def _require(here: Installation, signed: Session, wanted: NowForm) -> None:
    """InvalidInput where it is narrowed to what there is not, or not any more."""
    signed.viewer.require("cases.read")
    if wanted.narrowed:
        with here.database.reading(here.clock.now()) as tx:
            asked.require(tx, here.desk, signed.viewer, wanted.query, tx.now)


class LiveNow(NamedTuple):
    """A part that changes. Of its reader there is in it which cases they see, what they may do to these, whether they
    see who is on call, work on cases, open them and bring them in, are told of alarms, and set Tocsin up. Saved views
    stand outside of it; its forms get the token of their session from the page when they are sent."""

    template: str
    wanted: NowForm

    def noticed(self, seen: Snapshot, reader: Session) -> Hashable:
        guards = tuple(guard.id for guard in seen.here.desk.guards.get(seen.tx).standing(seen.tx.now))
        return seen.revision, tuple(seen.confided(reader.viewer.user).items()), beside.noticed(seen), guards

    def sight(self, seen: Snapshot, reader: Session, language: str) -> Hashable:
        found = look.look(seen, reader.viewer, language, self.wanted, past=False)
        may = reader.viewer.may
        told = wellness.told_all(reader.viewer), tuple(map(may, _SHOWN_TO))
        return found.sight, found.offers.key(reader.viewer), told

    def draw(self, seen: Snapshot, reader: Session, language: str) -> str:
        drawn = partial(_again, seen, (language, reader.zone, reader.viewer.may("cases.work")))
        anybody = reader._replace(form_token="", display="")
        shown = values(seen, reader, language, self.wanted, drawn=drawn, wall=self.template == _WALL)
        return rendering.part(self.template, language=language, session=anybody, **shown)


def _again(seen: Snapshot, to: Hashable, macro: Macro, row: Shown, *given: Any) -> Markup:
    """What a macro draws of a row, as it was drawn before, where nothing of it has changed but by time alone."""
    fuse = row.fuse and row.fuse._replace(left=0.0)
    plain = row._replace(state=None, how=None, fuse=fuse)  # type: ignore[arg-type]
    says = (row.state.case.updated_at, plain, seen.tx.now // _LASTS)
    key = (macro.name, to, row.id, row.act and row.act.verb, given)
    return Markup(seen.again(key, says, lambda: str(macro(row, *given))))  # noqa: S704  (the macro has escaped it)
