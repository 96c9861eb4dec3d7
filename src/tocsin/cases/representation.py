"""A case as the API and the command line show it. Instants are RFC 3339, ids their 13 characters, users their names."""

from collections.abc import Sequence
from typing import Any

import msgspec

from tocsin.cases.aggregate import Aggregate
from tocsin.core import ids, instants
from tocsin.people.directory import Directory


def show(state: Aggregate, directory: Directory, decision: bytes | None = None) -> dict[str, Any]:
    """The case; with its decision, where given, as it stands in the journal."""
    case = state.case
    shown: dict[str, Any] = {
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
        "technical_lead": directory.name_of(case.technical_lead),
        "opened_at": instants.to_text(case.opened_at),
        "updated_at": instants.to_text(case.updated_at),
        "occurred_at": _instant(case.occurred_at),
        "acknowledged_at": _instant(case.acknowledged_at),
        "resolved_at": _instant(case.resolved_at),
        "imported": case.imported,
        "clocks": clocks(state),
        "escalations": [
            {
                "id": ids.to_text(climb.id),
                "kind": climb.kind,
                "path": climb.path,
                "state": climb.state,
                "next_at": _instant(climb.next_at),
            }
            for climb in state.escalations
        ],
    }
    if decision is not None:
        shown["decision"] = msgspec.Raw(decision)
    return shown


def clocks(state: Aggregate) -> Sequence[dict[str, Any]]:
    return [
        {
            "clock": run.clock,
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
        for run in state.clocks
    ]


def _instant(at: int | None) -> str | None:
    return None if at is None else instants.to_text(at)


def _id(identifier: int | None) -> str | None:
    return None if identifier is None else ids.to_text(identifier)
