"""`/`: what needs somebody now."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field

from tocsin.cases import store
from tocsin.cases.asof import board as asof_board
from tocsin.cases.clocks import ticking
from tocsin.cases.queries import board, lasting
from tocsin.cases.queries import needs as reasons
from tocsin.cases.queries.asked import CaseQuery
from tocsin.cases.queries.needs import Only
from tocsin.clocks import kinds, saying
from tocsin.core.wording import marked
from tocsin.languages import tongue
from tocsin.people import accounts
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.web import beside, groups, rendering, rows, shell, tabs, travel, verbs, wellness, words
from tocsin.web.access import Here, Language, Signed
from tocsin.web.drawing import fuses, horizon
from tocsin.web.drawing.horizon import Due
from tocsin.web.errors import PageRoute
from tocsin.web.places import Place
from tocsin.web.tabs import Tab

router = APIRouter(route_class=PageRoute)
PLACE = Place("now", marked("Now"), "/", "bell-ring", 0, key="n", phone=True)
SHOWN = 50  # of each kind; the others are in a list


class NowForm(BaseModel):
    """What Now shows, and how: of which team, level, product area and account; as a list, grouped, or as a board."""

    team: Annotated[str, Field(max_length=100)] = ""
    level: Literal["", "standard", "senior", "executive"] = ""
    product_area: Annotated[str, Field(max_length=100)] = ""
    account: Annotated[str, Field(max_length=200)] = ""
    group: Literal["need", "team", "level", "account"] = "need"
    show: Literal["list", "board"] = "list"
    as_of: Annotated[str, Field(max_length=40)] = ""
    back: Annotated[int, Field(ge=0, le=travel.FARTHEST)] = 0

    def address(self, **changed: str) -> str:
        """The same, as the part of an address behind its question mark; empty where nothing is chosen."""
        given = self.model_dump() | changed
        return urlencode({name: given[name] for name, usual in NowForm() if given[name] != usual})

    @property
    def query(self) -> CaseQuery:
        """What it leaves out, as views keep it."""
        chosen = {"team": self.team, "level": self.level, "product_area": self.product_area, "account": self.account}
        return CaseQuery(**{name: value for name, value in chosen.items() if value})  # type: ignore[arg-type]

    @property
    def narrowed(self) -> bool:
        """Whether it leaves anything out."""
        return any((self.team, self.level, self.product_area, self.account))


Asked = Annotated[NowForm, Query()]


class NowAnswered(NowForm):
    """The same after a form of its own: which verb was carried out, on which case."""

    done: str = ""
    case: str = ""


@router.get("/")
def now(here: Here, signed: Signed, language: Language, wanted: Annotated[NowAnswered, Query()]) -> Response:
    values = _values(here, signed, language, wanted)
    title, says = tongue(language).text(marked("Now")), verbs.said(wanted.done, wanted.case, language)
    return shell.show(
        here, signed, "now.html", language=language, title=title, place="now", says=says, failed=False, **values
    )


@router.get("/wall")
def wall(here: Here, signed: Signed, language: Language, wanted: Asked) -> Response:
    """The same from six metres, with nothing to press."""
    values = _values(here, signed, language, wanted)
    title = tongue(language).text(marked("Wall"))
    return shell.show(here, signed, "wall.html", language=language, title=title, place="now", **values)


@router.get("/parts/now")
def part(here: Here, signed: Signed, language: Language, wanted: Asked) -> Response:
    """What of the page changes."""
    return _part("parts/now.html", here, signed, language, wanted)


@router.get("/parts/wall")
def wall_part(here: Here, signed: Signed, language: Language, wanted: Asked) -> Response:
    """What of the wall changes."""
    return _part("parts/wall.html", here, signed, language, wanted)


def _part(template: str, here: Installation, signed: Session, language: str, wanted: NowForm) -> Response:
    text = rendering.part(template, language=language, session=signed, **_values(here, signed, language, wanted))
    return HTMLResponse(text, headers={"cache-control": "no-store"})


def _values(here: Installation, signed: Session, language: str, wanted: NowForm) -> dict[str, Any]:
    now = here.clock.now()
    past = travel.instant(signed, wanted.as_of, wanted.back, now)
    at = now if past is None else past
    with here.database.reading(at) as tx:
        policies = here.desk.policies.get(tx)
        severities = board.severities(policies, at)
        account = accounts.named(tx, wanted.account) if wanted.account else None
        only = _only(wanted, account)
        if past is None:
            seen = board.look(tx, signed.viewer, severities, at, SHOWN, only, here.large)
        else:
            seen = asof_board.look(tx, signed.viewer, severities, at, SHOWN, only)
        every = [*seen.escalated, *seen.unowned, *seen.owing]
        made = rows.gathered(tx, here, signed, every, severities, language, past=past is not None)
        waiting = [] if past is not None else list(beside.waiting(tx, here, signed, only, language))
        duty = [] if past is not None else list(beside.on_duty(tx, here, made.paged))
        well = None if past is not None else wellness.of(tx, signed.viewer)
        quiet = None if past is not None or seen.counts["now"] else lasting.quiet_since(tx, signed.viewer, only)
        empty = not store.exist(tx)
        shown = [made.of(row) for row in (*seen.escalated, *seen.unowned)]
        owing = [made.of(row) for row in seen.owing]
        above = tabs.saved(tx, here, signed, "now")
        shared = tabs.sharing(tx, here, signed)
    needing = {row.state.case.id for row in every if reasons.of(row.state) & reasons.bits("now")}
    due = [*_due(made, seen), *_questions(waiting, language)]
    needs = [row for row in shown if row.state.case.id in needing]
    hand = [row for row in shown if row.state.case.id not in needing]
    return {
        "board": seen,
        "needs": needs,
        "hand": hand,
        "owing": owing,
        "groups": groups.grouped(wanted.group, [*needs, *hand], language) if wanted.group != "need" else [],
        "columns": groups.columns([*needs, *hand], language) if wanted.show == "board" else [],
        "tabs": [Tab(tongue(language).text(marked("Everything")), "/", CaseQuery()), *above] if above else [],
        "current": next((tab for tab in above if tab.filter == wanted.query), None),
        "sharing": shared,
        "waiting": waiting[: beside.QUESTIONS],
        "duty": duty,
        "pins": horizon.pins(due, at),
        "place_at": horizon.place,
        "next_due": min((one.at for one in due if one.at > at), default=None),
        "empty": empty,
        "well": well,
        "quiet_since": quiet,
        "needing": None if wanted.narrowed or past is not None else seen.counts["now"],
        "wanted": wanted,
        "offered": _offered(here, now),
        "account": account and board.name_of(account),
        "not_written": words.of_ours(here.watch.writing.says(), tongue(language)),
        "base_url": here.entrance.base_url.rstrip("/"),
        "most_sorted": board.MOST_SORTED,
        "zone": signed.zone or policies.zone(now).key,
        "travelled": past,
        "farthest": travel.FARTHEST,
        "now": at,
    }


_NONE_SUCH = -1  # an account's id that none has


def _only(wanted: NowForm, account: accounts.Account | None) -> Only:
    chosen = None if not wanted.account else account.id if account is not None else _NONE_SUCH
    return Only(wanted.team or None, wanted.level or None, wanted.product_area or None, chosen)


def _offered(here: Installation, at: int) -> dict[str, Sequence[str]]:
    """What the filters offer."""
    with here.database.reading(at) as tx:
        policies, teams = here.desk.policies.get(tx), sorted(here.desk.directory.get(tx).teams)
    areas = policies.at(at).document.product_areas if policies.in_force(at) is not None else ()
    return {"team": teams, "product_area": sorted(areas)}


def _due(made: rows.Rows, seen: board.Board) -> Iterator[Due]:
    """What stands on the axis: of each case that is shown, the clocks that run out next."""
    for row in (*seen.escalated, *seen.unowned, *seen.owing):
        case, promised = row.state.case, False
        for run in (*row.how.undone[:1], *([row.how.next] if row.how.next else [])):
            fuse = fuses.of(run, ticking.warnings(run, made.policies), made.now)
            promised = run.clock == kinds.UPDATE
            title = made.speaks.text(saying.name(run.clock, ticking.kind_of(run, made.policies).title))
            tone = "late" if fuse.state == "late" else "risk" if fuse.state == "risk" else "calm"
            number = case.external_id or f"#{case.number}"
            yield Due(title, number[-12:], f"/cases/{case.number}", run.due_at, tone, promised)  # type: ignore[arg-type]


def _questions(waiting: Sequence[beside.Waiting], language: str) -> Iterator[Due]:
    says = tongue(language).text(marked("Question"))
    for one in waiting:
        if one.at is not None:
            yield Due(says, one.ticket[-12:], f"/cases/{one.number}", one.at, "calm")
