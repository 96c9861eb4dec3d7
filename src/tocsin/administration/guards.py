"""Guards as people see, set and end them: automation off, muted rules, maintenance windows, silences, watches."""

from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.cases.context import Desk
from tocsin.clocks import durations
from tocsin.core import ids, instants
from tocsin.core.errors import Conflict, InvalidInput
from tocsin.core.wording import say
from tocsin.guards import kinds, planned, store
from tocsin.guards.guard import Guard, Scope
from tocsin.guards.kinds import ANNOTATE, AUTOMATION, MODES, QUIET, SCOPE, WINDOW, GuardKind
from tocsin.people import accounts
from tocsin.people.permissions import Viewer
from tocsin.policy.compiled import Policy
from tocsin.policy.levels import ESCALATED, named
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

_REASON = 500  # characters


def add(tx: Tx, here: Installation, who: Viewer, kind: GuardKind, given: Mapping[str, Any]) -> dict[str, Any]:
    """A new guard as it is shown. `given`: `reason`, `starts_at`, `ends_at` (texts) or `lasts` (`90m`), and what its
    kind asks: `areas`, `accounts` (by the id of either side), `tags`, `rule`, `level`, `mode`. InvalidInput names what
    does not fit; Conflict where automation is off already."""
    who.require("guards.write")
    times = ("reason", "starts_at", "ends_at", "lasts")
    said = {name: value for name, value in given.items() if value not in (None, "", [], ()) and name not in times}
    kinds.require(kind, said)
    if kind is AUTOMATION and here.desk.guards.get(tx).automation_off(tx.now) is not None:
        raise Conflict(say("automation is off already"), place=kind.name, expected=say("to turn it on first"))
    start = instants.from_text(given["starts_at"], "starts_at") if given.get("starts_at") else tx.now
    guard = store.set_up(
        tx,
        here.mint,
        here.journal,
        kind,
        _reason(given),
        _scope(tx, here.desk, kind, said),
        starts_at=start,
        ends_at=_end(given, start),
        by=who.actor,
    )
    return _shown(tx, [guard])[0]


def from_calendar(tx: Tx, here: Installation, who: Viewer, text: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A maintenance window for each occurrence of a calendar's events within sixty days, all or none of them; `known`:
    how many stood there already, just so. `given`: what they cover, `mode`, and a `reason` beside what the calendar
    calls them."""
    who.require("guards.write")
    said = {name: value for name, value in given.items() if value not in (None, "", [], ()) and name != "reason"}
    kinds.require(WINDOW, said)
    scope = _scope(tx, here.desk, WINDOW, said)
    wanted = planned.occurrences(text, tx.now, here.desk.policies.get(tx).zone(tx.now))
    standing = {
        (guard.starts_at, guard.ends_at, guard.scope)
        for guard in here.desk.guards.get(tx).every
        if guard.kind == WINDOW.name and not guard.over(tx.now)
    }
    fresh = [one for one in wanted if (one.starts_at, one.ends_at, scope) not in standing]
    made = [
        store.set_up(
            tx,
            here.mint,
            here.journal,
            WINDOW,
            _reason({"reason": ": ".join(part for part in (str(given.get("reason") or ""), one.summary) if part)}),
            scope,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            by=who.actor,
        )
        for one in fresh
    ]
    return {"windows": _shown(tx, made), "known": len(wanted) - len(fresh)}


def end(tx: Tx, here: Installation, who: Viewer, kind: GuardKind, guard: str) -> None:
    """End one before its time. NotFound, or NotAllowed where it is over."""
    who.require("guards.write")
    store.end(tx, here.mint, here.journal, store.found(tx, kind, guard), by=who.actor)


def automation(tx: Tx, here: Installation, who: Viewer, on: bool, reason: str) -> dict[str, Any]:
    """Turn automation off, or on again. Conflict where it is so already."""
    if not on:
        add(tx, here, who, AUTOMATION, {"reason": reason})
        return status(tx, here)
    who.require("guards.write")
    off = here.desk.guards.get(tx).automation_off(tx.now)
    if off is None:
        raise Conflict(say("automation is on already"), place=AUTOMATION.name, expected=say("to turn it off first"))
    store.end(tx, here.mint, here.journal, off, by=who.actor)
    return status(tx, here)


def status(tx: Tx, here: Installation) -> dict[str, Any]:
    """Whether automation is on, and every guard that stands or is to come."""
    known = here.desk.guards.get(tx)
    off = known.automation_off(tx.now)
    standing = [guard for guard in known.every if not guard.over(tx.now)]
    return {"on": off is None, "guards": _shown(tx, standing)}


def listed(tx: Tx, kind: GuardKind | None = None) -> list[dict[str, Any]]:
    """Those that stand or are to come, then those that are over, the newest first."""
    return _shown(tx, store.listed(tx, kind))


def one(tx: Tx, kind: GuardKind, guard: str) -> dict[str, Any]:
    """One of them. NotFound where there is none."""
    return _shown(tx, [store.found(tx, kind, guard)])[0]


def _shown(tx: Tx, guards: Sequence[Guard]) -> list[dict[str, Any]]:
    wanted = {ids.from_text(account) for guard in guards for account in guard.scope.accounts}
    names = {found.id: found.facts.get("name") or found.external_id for found in accounts.by_id(tx, wanted).values()}
    return [_as_shown(guard, tx.now, names) for guard in guards]


def _as_shown(guard: Guard, now: int, names: Mapping[int, str]) -> dict[str, Any]:
    scope = guard.scope
    known = [{"id": account, "name": names.get(ids.from_text(account), account)} for account in scope.accounts]
    said: dict[str, Any] = {
        "areas": list(scope.areas),
        "accounts": known,
        "tags": list(scope.tags),
        "rule": scope.rule,
        "level": scope.level,
        "mode": scope.mode,
    }
    return {
        "id": ids.to_text(guard.id),
        "kind": guard.kind,
        "state": guard.state(now),
        "reason": guard.reason,
        "by": guard.author,
        **{name: said[name] for name in guard.kind_of.asks},
        "starts_at": instants.to_text(guard.starts_at),
        "ends_at": None if guard.ends_at is None else instants.to_text(guard.ends_at),
        "ended_at": None if guard.ended_at is None else instants.to_text(guard.ended_at),
    }


def _scope(tx: Tx, desk: Desk, kind: GuardKind, said: Mapping[str, Any]) -> Scope:
    if kind.covers and not any(said.get(name) for name in SCOPE):
        raise InvalidInput(
            say("what it covers is missing"), place="areas", expected=say("an area, an account or a tag")
        )
    policy = desk.around(tx).policies.at(tx.now)
    return Scope(
        areas=tuple(_area(policy, area) for area in said.get("areas", ())),
        accounts=_accounts(tx, kind, said.get("accounts", ())),
        tags=tuple(tag.strip() for tag in said.get("tags", ())),
        rule=_rule(policy, said.get("rule")) if "rule" in kind.asks else None,
        level=named(said.get("level", ESCALATED[0]), ESCALATED) if "level" in kind.asks else None,
        mode=_mode(said.get("mode", QUIET)) if "mode" in kind.asks else None,
    )


def _area(policy: Policy, area: str) -> str:
    areas = policy.document.product_areas
    if area not in areas:
        raise InvalidInput(
            say("there is no product area {name}", name=repr(area[:40])),
            place="areas",
            expected=say("one of {choices}", choices=", ".join(areas)),
        )
    return area


def _accounts(tx: Tx, kind: GuardKind, wanted: Sequence[str]) -> tuple[str, ...]:
    if not wanted and not kind.covers and "accounts" in kind.asks:
        raise InvalidInput(say("the account is missing"), place="accounts", expected=say("at least one account"))
    found = []
    for reference in wanted:
        account = accounts.named(tx, reference)
        if account is None:
            raise InvalidInput(
                say("there is no account {name}", name=repr(reference[:40])),
                place="accounts",
                expected=say("the id of an account, or by which your tools know it"),
            )
        found.append(ids.to_text(account.id))
    return tuple(dict.fromkeys(found))


def _rule(policy: Policy, rule: str | None) -> str:
    if rule not in policy.muteable:
        raise InvalidInput(
            say("there is no rule {rule} that can be muted", rule=repr((rule or "")[:80])),
            place="rule",
            expected=say("one of {choices}", choices=", ".join(sorted(policy.muteable))),
        )
    return rule


def _mode(mode: str) -> str:
    if mode not in MODES:
        raise InvalidInput(
            say("there is no mode {mode}", mode=repr(mode[:40])),
            place="mode",
            expected=say("one of {choices}", choices=f"{QUIET}, {ANNOTATE}"),
        )
    return mode


def _reason(given: Mapping[str, Any]) -> str:
    reason = str(given.get("reason") or "").strip()
    if not 0 < len(reason) <= _REASON:
        raise InvalidInput(
            say("a reason is missing") if not reason else say("the reason is too long"),
            place="reason",
            expected=say("1 to {most} characters", most=_REASON),
        )
    return reason


def _end(given: Mapping[str, Any], start: int) -> int | None:
    if given.get("lasts"):
        return start + durations.parse(given["lasts"], "lasts").microseconds
    return instants.from_text(given["ends_at"], "ends_at") if given.get("ends_at") else None
