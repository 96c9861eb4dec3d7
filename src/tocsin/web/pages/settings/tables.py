"""`/settings/….csv`: every list of Settings, whole, as a table for spreadsheets."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from tocsin.administration import guards, rosters, teams, users
from tocsin.cases import queries
from tocsin.connectors import deliveries as delivered
from tocsin.connectors import finding, standing
from tocsin.core import ids, instants, sheets
from tocsin.core.errors import NotFound
from tocsin.core.wording import say
from tocsin.intake import import_store
from tocsin.intake.importing import EFFECTS
from tocsin.notify import alarms, deliveries, destinations, subscriptions
from tocsin.people import sessions, tokens
from tocsin.roster import schedules
from tocsin.storage.transaction import Tx
from tocsin.web.pages.settings import sections
from tocsin.web.pages.settings.frame import SettingsRoute, Visit, Visiting
from tocsin.web.pages.settings.sections import Section

router = APIRouter(route_class=SettingsRoute)
Row = Sequence[Any]
_AT_ONCE = 200


class Table(NamedTuple):
    """A list as a table: who sees it, its columns, and its rows. People are in it by the names that they sign in with,
    which are theirs alone, and as they are called."""

    section: Section
    columns: tuple[str, ...]
    rows: Callable[[Tx, Visit], Iterator[Row]]


@router.get("/settings/{table}.csv")
def show(table: str, visit: Visiting) -> Response:
    found = TABLES.get(table)
    if found is None:
        raise NotFound(say("there is no such table"), place="table")
    visit.see(found.section)
    with visit.here.database.reading(visit.here.clock.now()) as tx:
        rows = list(found.rows(tx, visit))
    return sheet(table, found.columns, rows)


@router.get("/settings/sources/{name}/deliveries.csv")
def show_deliveries(name: str, visit: Visiting) -> Response:
    """The kept deliveries of a source, with what became of each signal."""
    visit.see(sections.SOURCES)
    with visit.here.database.reading() as tx:
        hook = ids.from_text(finding.listed(tx, name)[0]["id"])
    columns = ("at", "size", "outcome", "case", "error", "replayed_by")
    return sheet("deliveries", columns, _of_source(visit, hook))


@router.get("/settings/webhooks/{webhook}/deliveries.csv")
def show_sent(webhook: str, visit: Visiting, state: str = "") -> Response:
    """What was sent to a webhook, by state where one is asked for."""
    visit.see(sections.WEBHOOKS)
    subscription = ids.from_text(webhook, "webhook")
    with visit.here.database.reading() as tx:
        deliveries.outcomes(tx, visit.viewer, subscription, state=state or None, before=None, limit=1)
    columns = ("kind", "state", "attempts", "queued_at", "sent_at", "settled_at", "error")
    return sheet("deliveries", columns, _of_webhook(visit, subscription, state or None, columns))


def sheet(name: str, columns: Sequence[str], rows: Iterator[Row] | Sequence[Row]) -> Response:
    """A table as a file of this name, sent as it is read."""
    headers = {"content-disposition": f'attachment; filename="{name}.csv"', "cache-control": "no-store"}
    written = sheets.written(columns, rows)
    return StreamingResponse(written, media_type="text/csv; charset=utf-8", headers=headers)


def _users(tx: Tx, visit: Visit) -> Iterator[Row]:
    inside = sessions.signed_in(tx)
    people = visit.here.desk.directory.get(tx)
    for user in users.listed(tx):
        known = people.by_name[user["name"]].id
        own = [team.name for team in people.teams.values() if known in team.members]
        told = [user[name] for name in ("name", "display", "email", "role", "active", "zone", "language", "reachable")]
        yield *told, ", ".join(own), user["name"] in inside


def _teams(tx: Tx, visit: Visit) -> Iterator[Row]:
    for team in teams.listed(tx):
        yield team["name"], team["lead"], team["roster"], ", ".join(name for name in team["members"] if name)


def _schedules(tx: Tx, visit: Visit) -> Iterator[Row]:
    around, reach = visit.here.desk.around(tx), destinations.load(tx)
    duties = {each.roster: each.duty for each in rosters.on_call(around, reach, list(around.rosters.by_name), tx.now)}
    for roster in schedules.listed(tx):
        duty = duties.get(roster["name"])
        now = (duty.primary, duty.backup, _time(duty.until)) if duty else (None, None, None)
        yield roster["name"], ", ".join(roster.get("members", ())), roster.get("zone"), roster.get("handoff"), *now


def _guards(tx: Tx, visit: Visit) -> Iterator[Row]:
    people = visit.here.desk.directory.get(tx)
    for one in guards.listed(tx):
        accounts = [account["name"] for account in one.get("accounts", ())]
        about = [*one.get("areas", ()), *accounts, *one.get("tags", ())]
        about += [one[name] for name in ("rule", "level", "mode") if one.get(name)]
        by = people.called(one["by"]) or "Tocsin"
        yield one["kind"], one["state"], ", ".join(about), one["reason"], by, *(one[name] for name in _GUARD_TIMES)


_GUARD_TIMES = ("starts_at", "ends_at", "ended_at")


def _tokens(tx: Tx, visit: Visit) -> Iterator[Row]:
    for token in tokens.listed(tx):
        scopes: Any = token["scopes"]
        told = (token[name] for name in ("name", "user", "role"))
        yield (
            *told,
            "" if scopes is None else ", ".join(scopes),
            _time(token["created_at"]),
            token["created_by"],
            _time(token["revoked_at"]),
        )


def _sources(tx: Tx, visit: Visit) -> Iterator[Row]:
    for source in finding.listed(tx):
        fares = standing.of(tx, ids.from_text(source["id"]))
        yield (
            *(source[name] for name in ("name", "pack", "signed")),
            ", ".join(source["effects"]),
            _time(fares.last_at),
            fares.silent,
            *(fares.signals, fares.ignored, fares.refused),
            _written(source["revoked_at"]),
        )


def _imports(tx: Tx, visit: Visit) -> Iterator[Row]:
    for one in import_store.listed(tx):
        yield [one[name] for name in TABLES["imports"].columns]


def _webhooks(tx: Tx, visit: Visit) -> Iterator[Row]:
    for one in subscriptions.load(tx):
        rows = deliveries.outcomes(tx, visit.viewer, one.id, state=None, before=None, limit=1).rows
        last = rows[0] if rows else {"state": None, "queued_at": None, "error": None}
        yield one.shown, " ".join(one.kinds), last["state"], _time(last["queued_at"]), last["error"]


def _alarms(tx: Tx, visit: Visit) -> Iterator[Row]:
    standing_now = alarms.standing(tx)
    numbers = queries.numbers(tx, visit.viewer, [alarm.case for alarm in standing_now if alarm.case is not None])
    for alarm in standing_now:
        yield _time(alarm.raised_at), alarm.kind, numbers.get(alarm.case or 0), alarm.times, alarm.says


def _of_source(visit: Visit, hook: int) -> Iterator[Row]:
    """Each part is read by itself, so that a slow reader holds no transaction."""
    before: int | None = None
    while True:
        with visit.here.database.reading() as tx:
            numbers = partial(queries.numbers, tx, visit.viewer)
            found = delivered.listed(tx, hook, before, _AT_ONCE, numbers)
        for one in found:
            signals: list[dict[str, Any]] = one["signals"] or [{}]
            for signal in signals:
                told = (signal.get(name) for name in ("outcome", "number", "error", "replayed_by"))
                yield one["at"], one["size"], *told
        if len(found) < _AT_ONCE:
            return
        before = ids.from_text(found[-1]["id"])


def _of_webhook(visit: Visit, subscription: int, state: str | None, columns: Sequence[str]) -> Iterator[Row]:
    before: int | None = None
    while True:
        with visit.here.database.reading() as tx:
            found = deliveries.outcomes(tx, visit.viewer, subscription, state=state, before=before, limit=_AT_ONCE)
        for row in found.rows:
            yield [_time(row[name]) if name.endswith("_at") else row[name] for name in columns]
        if found.following is None:
            return
        before = found.following


def _time(at: Any) -> str | None:
    return None if at is None else instants.to_text(at)


def _written(at: Any) -> str | None:
    """A time that may be written already."""
    return at if at is None or isinstance(at, str) else instants.to_text(at)


TABLES: dict[str, Table] = {
    "users": Table(
        sections.USERS,
        (
            *("name", "display", "email", "role", "active", "zone", "language", "reachable"),
            *("teams", "signed_in"),
        ),
        _users,
    ),
    "teams": Table(sections.TEAMS, ("name", "lead", "schedule", "members"), _teams),
    "schedules": Table(
        sections.SCHEDULES, ("name", "members", "zone", "handoff", "on_call", "backup", "until"), _schedules
    ),
    "automation": Table(sections.AUTOMATION, ("kind", "state", "about", "reason", "by", *_GUARD_TIMES), _guards),
    "tokens": Table(
        sections.TOKENS, ("name", "acts_as", "role", "limited_to", "issued_at", "issued_by", "revoked_at"), _tokens
    ),
    "sources": Table(
        sections.SOURCES,
        (
            *("name", "tool", "signed", "sends", "last_at", "silent"),
            *("signals", "ignored", "failed", "revoked_at"),
        ),
        _sources,
    ),
    "imports": Table(sections.IMPORTS, ("name", "begun_by", "begun_at", "last_at", "rows", *EFFECTS), _imports),
    "webhooks": Table(sections.WEBHOOKS, ("url", "events", "last_state", "last_at", "last_error"), _webhooks),
    "alarms": Table(sections.ALARMS, ("since", "kind", "case", "times", "says"), _alarms),
}
