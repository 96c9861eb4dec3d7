"""Guards as they are stored: set, ended, told of, and loaded as one value per revision."""

import msgspec

from tocsin.core import canonical, ids
from tocsin.core.errors import InvalidInput, NotAllowed, NotFound
from tocsin.core.ids import IdMint
from tocsin.core.wording import say
from tocsin.guards.events import GUARDS
from tocsin.guards.guard import Guard, Guards, Scope
from tocsin.guards.kinds import GuardKind
from tocsin.guards.tables import guards
from tocsin.ledger.journal import Journal
from tocsin.storage import revisions
from tocsin.storage.transaction import Row, Tx

REVISION = "guards"
_scopes = msgspec.json.Decoder(Scope)
_MOST = 200  # that stand at one time
_COLUMNS = ", ".join(column.name for column in guards.columns)


def load(tx: Tx) -> Guards:
    """Every guard of which it was not said yet that it is over."""
    rows = tx.rows(f"SELECT {_COLUMNS} FROM guards WHERE over_told_at IS NULL ORDER BY id")
    return Guards(tuple(_guard(row) for row in rows))


def cached() -> revisions.Cached[Guards]:
    return revisions.Cached(REVISION, load)


def set_up(
    tx: Tx,
    mint: IdMint,
    journal: Journal,
    kind: GuardKind,
    reason: str,
    scope: Scope,
    *,
    starts_at: int,
    ends_at: int | None,
    by: str,
) -> Guard:
    """A new guard. InvalidInput for times that its kind does not have, or where too many stand already."""
    _check_times(kind, tx.now, starts_at, ends_at)
    standing = tx.row("SELECT count(*) FROM guards WHERE over_told_at IS NULL")
    if standing is not None and standing[0] >= _MOST:
        raise InvalidInput(
            say("there are too many guards"), place=kind.name, expected=say("at most {most} at one time", most=_MOST)
        )
    guard = Guard(
        id=mint.new(tx.now),
        kind=kind.name,
        reason=reason,
        author=by,
        scope=scope,
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=tx.now,
    )
    GUARDS.add(
        tx,
        journal,
        (
            *(guard.id, guard.kind, guard.reason, guard.author, canonical.encode(scope)),
            *(guard.starts_at, guard.ends_at, guard.created_at, None, None, None),
        ),
        by,
    )
    revisions.renew(tx, mint, REVISION)
    return guard


def end(tx: Tx, mint: IdMint, journal: Journal, guard: Guard, *, by: str) -> None:
    """It holds no more. NotAllowed where it is over already."""
    if guard.over(tx.now):
        raise NotAllowed(say("it is over already"), place=guard.kind)
    GUARDS.change(tx, journal, guard.id, {"ended_at": tx.now}, by, "ended")
    revisions.renew(tx, mint, REVISION)


def untold(known: Guards, now: int) -> list[Guard]:
    """Those that have begun, or are over, without that it was written down."""
    return [guard for guard in known.every if guard.over(now) or (guard.starts_at <= now and not guard.begun_told)]


def tell(tx: Tx, mint: IdMint, journal: Journal) -> int:
    """Write down which have begun, and which are over; how many that were."""
    told = untold(load(tx), tx.now)
    for guard in told:
        if not guard.begun_told and guard.starts_at < (guard.until or tx.now + 1):
            GUARDS.change(tx, journal, guard.id, {"begun_told_at": tx.now}, "engine", "begun")
        if guard.over(tx.now):
            GUARDS.change(tx, journal, guard.id, {"over_told_at": tx.now}, "engine", "over")
    if told:
        revisions.renew(tx, mint, REVISION)
    return len(told)


def found(tx: Tx, kind: GuardKind, guard: str) -> Guard:
    """One guard by its id; NotFound where there is none of this kind."""
    try:
        number = ids.from_text(guard)
    except InvalidInput:
        number = 0
    row = tx.row(f"SELECT {_COLUMNS} FROM guards WHERE id = ? AND kind = ?", (number, kind.name))
    if row is None:
        raise NotFound(say("there is no {kind} {guard}", kind=kind.name, guard=repr(guard[:40])), place="id")
    return _guard(row)


def listed(tx: Tx, kind: GuardKind | None = None, most: int = 200) -> list[Guard]:
    """Those that stand or are to come, then those that are over, the newest first."""
    where, values = ("WHERE kind = ?", (kind.name,)) if kind else ("", ())
    rows = tx.rows(
        f"SELECT {_COLUMNS} FROM guards {where} ORDER BY over_told_at IS NOT NULL, id DESC LIMIT ?", (*values, most)
    )
    return [_guard(row) for row in rows]


def _check_times(kind: GuardKind, now: int, starts_at: int, ends_at: int | None) -> None:
    if starts_at < now or (starts_at > now and not kind.planned):
        expected = say("a time after now") if kind.planned else say("no start: it holds at once")
        raise InvalidInput(say("it cannot begin then"), place="starts_at", expected=expected)
    if kind.longest is None:
        return
    if ends_at is None:
        raise InvalidInput(say("its end is missing"), place="ends_at", expected=say("a time after its start"))
    if not starts_at < ends_at <= starts_at + kind.longest:
        raise InvalidInput(
            say("it cannot end then"),
            place="ends_at",
            expected=say("after its start, and within {hours} hours of it", hours=kind.longest // 3_600_000_000),
        )


def _guard(row: Row) -> Guard:
    number, kind, reason, author, scope, starts_at, ends_at, created_at, ended_at, begun_told_at, over_told_at = row
    return Guard(
        id=number,
        kind=kind,
        reason=reason,
        author=author,
        scope=_scopes.decode(bytes(scope)),
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=created_at,
        ended_at=ended_at,
        begun_told=begun_told_at is not None,
        over_told=over_told_at is not None,
    )
