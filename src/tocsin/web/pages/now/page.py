"""`/`: what needs somebody now."""

from collections.abc import Callable, Sequence
from itertools import compress
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tocsin.cases import store, storms
from tocsin.cases.queries import board
from tocsin.cases.queries import needs as reasons
from tocsin.cases.queries.asked import CaseQuery
from tocsin.cases.risk import listing
from tocsin.core.wording import marked
from tocsin.languages import tongue
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.web import beside, groups, shell, tabs, travel, verbs, wellness, words
from tocsin.web.access import Here, Language, Signed
from tocsin.web.drawing import horizon
from tocsin.web.errors import PageRoute
from tocsin.web.pages.now import look
from tocsin.web.pages.now.asked import Asked, NowAnswered, NowForm
from tocsin.web.places import Place
from tocsin.web.rows import Shown
from tocsin.web.snapshot import Snapshot
from tocsin.web.tabs import Tab

router = APIRouter(route_class=PageRoute)
PLACE = Place("now", marked("Now"), "/", "bell-ring", 0, key="n", phone=True)


@router.get("/")
def now(here: Here, signed: Signed, language: Language, wanted: Annotated[NowAnswered, Query()]) -> Response:
    values = _page(here, signed, language, wanted)
    title, says = tongue(language).text(marked("Now")), verbs.said(wanted.done, wanted.case, language)
    return shell.show(
        here, signed, "now.html", language=language, title=title, place="now", says=says, failed=False, **values
    )


@router.get("/wall")
def wall(here: Here, signed: Signed, language: Language, wanted: Asked) -> Response:
    """The same from six metres, with nothing to press."""
    values = _page(here, signed, language, wanted, wall=True)
    title = tongue(language).text(marked("Wall"))
    return shell.show(here, signed, "wall.html", language=language, title=title, place="now", **values)


def _page(here: Installation, signed: Session, language: str, wanted: NowForm, *, wall: bool = False) -> dict[str, Any]:
    """What is shown to one reader, with what is theirs alone."""
    current = here.clock.now()
    past = travel.instant(signed, wanted.as_of, wanted.zone, wanted.back, current)
    with here.database.reading(current if past is None else past) as tx:
        seen = Snapshot(here, tx, alone=True)
        above = tabs.saved(tx, here, signed, "now")
        shown = values(seen, signed, language, wanted, past, wall=wall)
        return shown | {
            "needing": None if wanted.narrowed or past is not None else shown["board"].counts["now"],
            "tabs": [Tab(tongue(language).text(marked("Everything")), "/", CaseQuery()), *above] if above else [],
            "current": next((tab for tab in above if tab.filter == wanted.query), None),
            "sharing": tabs.sharing(tx, here, signed),
        }


def _plainly(macro: Callable[..., str], *given: Any) -> str:
    return macro(*given)


def values(
    seen: Snapshot,
    signed: Session,
    language: str,
    wanted: NowForm,
    past: int | None = None,
    drawn: Callable[..., str] = _plainly,
    *,
    wall: bool = False,
) -> dict[str, Any]:
    """What stands in the part that changes. `drawn`: how a row comes of its macro and what that takes;
    `wall`: whether it is read from across the room."""
    tx, here = seen.tx, seen.here
    found = look.look(seen, signed.viewer, language, wanted, past=past is not None)
    every = found.to(signed.viewer, [*found.board.escalated, *found.board.unowned, *found.board.owing])
    needs, hand, owing = _sorted(every, len(found.board.owing))
    told_all = wellness.told_all(signed.viewer)
    zone = signed.zone or here.desk.policies.get(tx).zone(tx.now).key
    calm = past is None and not wanted.narrowed and not found.board.counts["now"]
    return {
        "board": found.board,
        "needs": needs,
        "hand": hand,
        "owing": owing,
        "coming": found.to(signed.viewer, found.coming),
        "groups": groups.grouped(wanted.group, [*needs, *hand], language) if wanted.group != "need" else [],
        "columns": groups.columns([*needs, *hand], language) if wanted.show == "board" else [],
        "waiting": found.waiting[: beside.QUESTIONS],
        "duty": [] if past is not None else list(beside.on_duty(seen, found.made.paged)),
        "pins": horizon.pins(found.due, tx.now),
        "place_at": horizon.place,
        "next_due": min((one.at for one in found.due if one.at > tx.now), default=None),
        "well": None if past is not None else seen.once(("well", told_all), lambda: wellness.of(tx, signed.viewer)),
        "quiet_since": found.quiet_since,
        "at_risk": 0 if past is not None else listing.unseen(tx, signed.viewer),
        "storms": [] if past is not None else storms.standing(tx, signed.viewer),
        "guards": [] if past is not None else seen.once("guards", lambda: here.desk.guards.get(tx).standing(tx.now)),
        "empty": seen.once("empty", lambda: not store.exist(tx)),
        "wanted": wanted,
        "offered": seen.once("offered", lambda: _offered(seen)),
        "account": found.account and board.name_of(found.account),
        "not_written": words.of_ours(here.watch.writing.says(), tongue(language)),
        "base_url": here.entrance.base_url.rstrip("/"),
        "most_sorted": board.sorted_of(look.SHOWN, shared=True),
        "zone": zone,
        "today": beside.today(seen, zone) if (wall and past is None) or calm else None,
        "to_put_right": beside.to_put_right(seen) if calm and signed.viewer.may("people.read") else 0,
        "travelled": past,
        "farthest": travel.FARTHEST,
        "drawn": drawn,
        "now": tx.now,
    }


def _sorted(every: Sequence[Shown], owing: int) -> tuple[list[Shown], list[Shown], list[Shown]]:
    """The rows that need somebody now, and those in hand; the last ones are of cases that are over, and still owed."""
    lasting = len(every) - owing
    wanted = reasons.bits("now")
    asked = [bool(reasons.of(row.state) & wanted) for row in every[:lasting]]
    needs = list(compress(every, asked))
    return needs, [row for row, one in zip(every, asked, strict=False) if not one], list(every[lasting:])


def _offered(seen: Snapshot) -> dict[str, Sequence[str]]:
    """What the filters offer."""
    tx, here = seen.tx, seen.here
    policies, teams = here.desk.policies.get(tx), sorted(here.desk.directory.get(tx).teams)
    areas = policies.at(tx.now).document.product_areas if policies.in_force(tx.now) is not None else ()
    return {"team": teams, "product_area": sorted(areas)}
