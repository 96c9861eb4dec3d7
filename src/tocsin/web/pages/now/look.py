"""What Now shows of the cases, made once for all who see and read the same."""

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from tocsin.cases.asof import board as asof_board
from tocsin.cases.clocks import ticking
from tocsin.cases.queries import asked, lasting, listing, waiting
from tocsin.cases.queries import board as live_board
from tocsin.cases.queries.board import Board, Row
from tocsin.cases.queries.listing import Filter
from tocsin.cases.queries.needs import Only
from tocsin.clocks import kinds, saying
from tocsin.core.wording import marked
from tocsin.languages import ENGLISH, tongue
from tocsin.people import accounts
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx
from tocsin.web import beside, rows
from tocsin.web.drawing import fuses
from tocsin.web.drawing.horizon import Due
from tocsin.web.offers import Offers
from tocsin.web.pages.now.asked import NowForm
from tocsin.web.rows import Rows, Shown
from tocsin.web.snapshot import Snapshot

COMING = 3  # of those that are due next, where none is on the board
SHOWN = 50  # of those that are escalated or have no owner; the others are in a list


class NowLook(NamedTuple):
    """`sight`: of `Snapshot.sight`. `account`: the one whose cases they are, where only one's are. `bare`: its rows by
    case, without what a reader may do to them, which `offers` knows. `coming`: what is due next of all open cases,
    where none is on the board. `due`: what stands on the axis. `quiet_since`: since when none needs anybody."""

    sight: Hashable
    account: accounts.Account | None
    board: Board
    coming: Sequence[Row]
    made: Rows
    bare: dict[int, Shown]
    offers: Offers
    waiting: Sequence[beside.Waiting]
    due: Sequence[Due]
    quiet_since: int | None

    def to(self, viewer: Viewer, of: Sequence[Row]) -> list[Shown]:
        """These rows as they are shown to somebody with this sight."""
        acts = {case: self.made.offered(verb) for case, verb in self.offers.to(viewer).items()}
        return [rows.with_act(self.bare[row.state.case.id], acts.get(row.state.case.id)) for row in of]


class _Found(NamedTuple):
    """The same in no language yet."""

    board: Board
    account: accounts.Account | None
    only: Only
    coming: Sequence[Row]
    every: Sequence[Row]
    made: Rows
    offers: Offers


def look(seen: Snapshot, viewer: Viewer, language: str, wanted: NowForm, *, past: bool) -> NowLook:
    """The board for this viewer; `past`: as it was at the instant of the snapshot."""
    sight = seen.sight(viewer.user)
    whose = (wanted.team, wanted.level, wanted.product_area, wanted.account)
    found = seen.once(("found", sight, whose), lambda: _found(seen, viewer, wanted, past))
    return seen.once(("look", sight, whose, language), lambda: _look(seen, viewer, language, sight, found, past))


def _found(seen: Snapshot, viewer: Viewer, wanted: NowForm, past: bool) -> _Found:
    tx = seen.tx
    only = asked.only(tx, seen.here.desk, viewer, wanted.query, tx.now)
    account = None if only.account is None else accounts.by_id(tx, [only.account]).get(only.account)
    severities = rows.severities(seen.here, tx)
    if past:
        found = asof_board.look(tx, viewer, severities, tx.now, SHOWN, only, shared=True)
    else:
        found = live_board.look(tx, viewer, severities, tx.now, SHOWN, only, seen.here.large, shared=True)
    shown = [*found.escalated, *found.unowned, *found.owing]
    coming = [] if past or wanted.narrowed or shown or found.counts["now"] else _coming(tx, viewer)
    every = [*shown, *coming]
    made = rows.gathered(tx, seen.here, viewer, every, severities, ENGLISH, past=past)
    return _Found(found, account, only, coming, every, made, Offers(made.scenes, [] if past else every))


def _look(seen: Snapshot, viewer: Viewer, language: str, sight: Hashable, found: _Found, past: bool) -> NowLook:
    made = found.made._replace(speaks=tongue(language))
    questions = [] if past else list(beside.waiting(seen.tx, seen.here, viewer, found.only, language))
    return NowLook(
        sight=sight,
        account=found.account,
        board=found.board,
        coming=found.coming,
        made=made,
        bare={row.state.case.id: made.bare(row) for row in found.every},
        offers=found.offers,
        waiting=questions,
        due=[*_due(made, found.every), *_questions(questions, language)],
        quiet_since=None if past or found.board.counts["now"] else lasting.quiet_since(seen.tx, viewer, found.only),
    )


def _coming(tx: Tx, viewer: Viewer) -> Sequence[Row]:
    wanted = Filter({"state": "open"}, sort="due", limit=COMING, live=True)
    found, _ = listing.listed(tx, viewer, wanted)
    return waiting.rows(tx, viewer, [state.case.id for state in found])


def _due(made: Rows, every: Sequence[Row]) -> Iterator[Due]:
    """What stands on the axis: of each case that is shown, the clocks that run out next."""
    for row in every:
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
