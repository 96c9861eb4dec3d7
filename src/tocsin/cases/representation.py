"""A case as the API and the command line show it. Instants are RFC 3339, ids their 13 characters, users their names."""

from collections.abc import Mapping
from typing import Any

import msgspec

from tocsin.cases.aggregate import Aggregate, Call, Case, RunningClock
from tocsin.cases.clocks.ticking import Titles
from tocsin.cases.queries import tickets
from tocsin.cases.queries.tickets import TicketView
from tocsin.core import ids, instants
from tocsin.people.directory import Directory


def show(
    state: Aggregate,
    directory: Directory,
    titles: Titles,
    decision: bytes | None = None,
    numbers: Mapping[int, int] | None = None,
    ticket: TicketView | None = None,
) -> dict[str, Any]:
    """The case; with its decision, where given, as it stands in the journal. `numbers`: of other cases by id, as far
    as they may be named. `ticket`: what it says and whose it is; without it, as the decision knows it. `titles`: of its
    clocks."""
    case = state.case
    shown = _head(case, directory, ticket or tickets.said(decision)) | _flags(case)
    shown["escalation_manager"] = directory.name_of(case.escalation_manager)
    shown["parent"] = numbers.get(case.parent) if numbers and case.parent is not None else None
    shown["corrected"], shown["confidential"] = case.corrected, case.confidential
    shown["named"] = [directory.name_of(ids.from_text(user)) for user in case.named.split()]
    shown["followers"] = [directory.name_of(ids.from_text(user)) for user in case.followers.split()]
    shown["bridge"] = case.bridge
    shown["calls"] = [_call(call, directory) for call in state.calls]
    shown["clocks"] = [_clock(run, titles) | _history(run) for run in state.clocks]
    return _with_parts(shown, state, decision)


def brief(state: Aggregate, directory: Directory, titles: Titles, decision: bytes) -> dict[str, Any]:
    """A case that has just been opened: as `show`, without what cannot have happened to it yet."""
    shown = _head(state.case, directory, tickets.said(decision))
    shown["clocks"] = [_clock(run, titles) for run in state.clocks]
    return _with_parts(shown, state, decision)


def outline(case: Case, directory: Directory) -> dict[str, Any]:
    """A case in a list of what was found: what tells it apart, and how it stands."""
    return {
        "id": ids.to_text(case.id),
        "number": case.number,
        "external_id": case.external_id,
        "source": case.source,
        "subject": case.subject,
        "state": case.state,
        "level": case.level,
        "severity": case.severity,
        "score": case.score,
        "owner": directory.name_of(case.owner),
        "team": case.team,
        "opened_at": instants.to_text(case.opened_at),
        "updated_at": instants.to_text(case.updated_at),
        "imported": case.imported,
    }


def _head(case: Case, directory: Directory, ticket: TicketView) -> dict[str, Any]:
    return {
        "id": ids.to_text(case.id),
        "number": case.number,
        "external_id": case.external_id,
        "source": case.source,
        "subject": case.subject,
        "state": case.state,
        "level": case.level,
        "kind": case.kind,
        "severity": case.severity,
        "type": case.type,
        "product_area": case.product_area,
        "score": case.score,
        "owner": directory.name_of(case.owner),
        "team": case.team,
        "account_id": _id(case.account),
        **ticket.show(),
        "technical_lead": directory.name_of(case.technical_lead),
        "opened_at": instants.to_text(case.opened_at),
        "updated_at": instants.to_text(case.updated_at),
        "occurred_at": _instant(case.occurred_at),
        "acknowledged_at": _instant(case.acknowledged_at),
        "resolved_at": _instant(case.resolved_at),
        "imported": case.imported,
    }


def _with_parts(shown: dict[str, Any], state: Aggregate, decision: bytes | None) -> dict[str, Any]:
    shown["escalations"] = _escalations(state)
    if decision is not None:
        shown["decision"] = msgspec.Raw(decision)
    return shown


def _clock(run: RunningClock, titles: Titles) -> dict[str, Any]:
    return {
        "clock": run.clock,
        "title": titles(run),
        "cycle": run.cycle,
        "target": run.target,
        "calendar": run.calendar,
        "started_at": instants.to_text(run.started_at),
        "due_at": instants.to_text(run.due_at),
        "original_due_at": instants.to_text(run.original_due_at),
        "paused": run.paused_at is not None,
        "outcome": run.outcome,
        "settled_at": _instant(run.settled_at),
    }


def _history(run: RunningClock) -> dict[str, Any]:
    return {
        "warn_at": _instant(run.warn_at),
        "paused_at": _instant(run.paused_at),
        "claimed_at": _instant(run.claimed_at),
        "cancelled_because": run.cancelled_because,
        "excused_by": run.excused_by,
        "contested_at": _instant(run.contested_at),
        "confirmed_at": _instant(run.confirmed_at),
        "done_at": _instant(run.done_at),
    }


def _flags(case: Case) -> dict[str, Any]:
    """What is true of the case beside its state, and since when; the escalation that is asked for, and when silence
    accepts it; what triage waits for (the decision says what is asked)."""
    asked = case.requested_level
    return {
        "acknowledged": case.acknowledged_at is not None,
        "acknowledged_until": _instant(case.expires_at()) if case.state == "open" else None,
        "contained": case.contained_at is not None,
        "contained_at": _instant(case.contained_at),
        "containment_claimed_at": _instant(case.containment_claimed_at),
        "resolution_claimed_at": _instant(case.resolution_claimed_at),
        "contested_at": _instant(case.contested_at),
        "recovered_at": _instant(case.recovered_at),
        "provisional_until": _instant(case.provisional_until),
        "closed_at": _instant(case.closed_at),
        "held": case.held_at is not None,
        "held_at": _instant(case.held_at),
        "held_until": _instant(case.held_until),
        "request": asked and {"level": asked, "due_at": _instant(case.request_due_at)},
        "triage": case.triage_at and {"answer_by": _instant(case.triage_at), "level_if_unanswered": case.triage_level},
    }


def _escalations(state: Aggregate) -> list[dict[str, Any]]:
    return [
        {
            "id": ids.to_text(climb.id),
            "kind": climb.kind,
            "path": climb.path,
            "state": climb.state,
            "next_at": _instant(climb.next_at),
            "needed": climb.needed,
            "answered": len(climb.answers.split()),
        }
        for climb in state.escalations
    ]


def _call(call: Call, directory: Directory) -> dict[str, Any]:
    """A call-in. `called`: who was paged, in the order in which they were."""
    kind, _, name = call.target.partition(":")
    return {
        "id": ids.to_text(call.id),
        "target": {"kind": kind, "name": name},
        "by": directory.name_of(call.caller),
        "reason": call.reason,
        "state": call.state,
        "rounds": call.rounds,
        "called": [directory.name_of(ids.from_text(user)) for user in call.called.split()],
        "declined": [directory.name_of(ids.from_text(user)) for user in call.declined.split()],
        "answered_by": directory.name_of(call.answered_by),
        "started_at": instants.to_text(call.started_at),
        "next_at": _instant(call.next_at),
        "ended_at": _instant(call.ended_at),
    }


def _instant(at: int | None) -> str | None:
    return None if at is None else instants.to_text(at)


def _id(identifier: int | None) -> str | None:
    return None if identifier is None else ids.to_text(identifier)
