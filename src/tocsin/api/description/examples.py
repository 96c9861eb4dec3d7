"""An example for every body: written out where it has many fields, else put together from its shape."""

from collections.abc import Mapping
from typing import Any

from tocsin.api.description.shapes import Schema

_ACCOUNT = {"external_id": "acme", "name": "Acme", "plan": "premium"}
_TICKET: dict[str, Any] = {
    "source": "helpdesk",
    "external_id": "4711",
    "subject": "API is down",
    "body": "Since 9:00 every request fails with status 502.",
    "users_affected": 5000,
    "account": _ACCOUNT,
    "occurred_at": "2026-11-22T09:00:00Z",
    "url": "https://helpdesk.example.com/tickets/4711",
}
_ROW = {"line": 2, "ticket": _TICKET, "state": "resolved", "resolved_at": "2026-11-22T11:30:00Z"}
_MAP = {"source": "monitor", "external_id": "alert.id", "subject": "alert.title", "status": "alert.state"}
_REACHED = {"webhook": "https://pager.example.com/tocsin", "wakes": True}

EXAMPLES: dict[str, Any] = {
    "POST /cases": _TICKET,
    "POST /cases/batch": {"cases": [_TICKET]},
    "POST /signals": {
        "source": "helpdesk",
        "external_id": "4711",
        "kind": "reply",
        "body": "It works again, thank you.",
    },
    "POST /imports": {"name": "tickets-2025.csv", "rows": [_ROW]},
    "POST /decisions": _TICKET,
    "PUT /accounts/{external_id}": {"name": "Acme", "segment": "business", "plan": "premium", "arr": 120000.0},
    "POST /cases/{case}/affected": {"accounts": ["C-1002", "C-1003"]},
    "POST /users": {"name": "dana", "role": "senior", "email": "dana@example.com", "zone": "Europe/Berlin"},
    "POST /users/{name}/destinations": _REACHED,
    "POST /teams/{name}/destinations": {"chat": "https://chat.example.com/hooks/x1", "style": "mattermost"},
    "POST /roles/{name}/destinations": {"email": "directors@example.com"},
    "POST /teams": {"name": "billing", "lead": "dana", "roster": "senior", "members": ["dana", "bo"]},
    "PATCH /teams/{name}": {"lead": "bo", "members": ["dana", "bo"]},
    "PATCH /users/{name}": {"role": "lead", "zone": "Europe/Berlin"},
    "PUT /rosters/{name}": {"members": ["dana", "bo"], "zone": "Europe/Berlin", "handoff": "Mon 09:00", "days": 7},
    "POST /automation": {"on": False, "reason": "A rule escalates everything"},
    "POST /windows": {
        "areas": ["api"],
        "starts_at": "2026-12-05T21:00:00Z",
        "ends_at": "2026-12-05T23:00:00Z",
        "reason": "The database moves",
    },
    "POST /silences": {"accounts": ["acme"], "lasts": "90m", "reason": "They test their fallback"},
    "POST /watches": {"accounts": ["acme"], "level": "senior", "lasts": "14d", "reason": "Their go-live"},
    "POST /mutes": {"rule": "classify.down-words", "lasts": "2h", "reason": "A campaign says so in every mail"},
    "POST /views": {
        "name": "Ours, breached",
        "filter": {"team": "billing", "needs": "breached"},
        "shared": "team:billing",
    },
    "PATCH /views/{view}": {"filter": {"owner": "me", "sort": "due"}},
    "PATCH /preferences": {"theme": "dark", "zone": "Europe/Berlin"},
    "PUT /me/password": {"old": "the sentence of last year", "new": "a long sentence of your own"},
    "POST /policies": {"source": "name: Ours\ndefault_severity: medium\n", "reason": "Fewer pages at night"},
    "POST /policies/reversion": {"reason": "It paged too many at night"},
    "POST /tokens": {"name": "helpdesk", "role": "operator"},
    "POST /webhooks": {"url": "https://example.com/tocsin", "events": ["case.opened", "case.escalated"]},
    "POST /hooks": {"name": "monitor", "map": _MAP, "signed": True},
    "POST /hooks/generic/{token}": {"alert": {"id": "a-17", "title": "Disk is full", "state": "firing"}},
    "POST /hooks/{connector}/{token}": {"status": "firing", "alerts": [{"status": "firing", "fingerprint": "a17"}]},
    "POST /connectors": {"name": "prometheus", "pack": "alertmanager", "signed": True},
    "POST /connectors/{name}/test": {"delivery": {"status": "firing", "alerts": []}, "headers": {}},
}
"""By method and path."""

_VALUES: dict[str, Any] = {
    "address": "https://meet.example.com/acme",
    "bridge": "https://meet.example.com/acme",
    "case": "16",
    "clock": "resolve",
    "effects": "comment",
    "milestone": "authority-warned",
    "names": "dana",
    "note": "The vendor is on it.",
    "owner": "dana",
    "question": "Does the export work for other customers?",
    "secret": "a secret that the tool signs with",
    "what": "wrong_severity",
    "password": "a long sentence of your own",
    "reason": "The customer's plant stands still.",
    "team": "billing",
    "user": "dana",
}
_TEXT = "We found the cause and are mending it."


def sample(schema: Schema, components: Mapping[str, Schema], name: str = "") -> Any:
    """A value of this shape; of an object all that is needed, else its first field."""
    if "$ref" in schema:
        return sample(components[schema["$ref"].rpartition("/")[2]], components, name)
    if "anyOf" in schema:
        return sample(schema["anyOf"][0], components, name)
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        fields = schema["properties"]
        wanted = schema.get("required") or list(fields)[:1]
        return {field: sample(fields[field], components, field) for field in wanted}
    return _value(schema, components, name)


def _value(schema: Schema, components: Mapping[str, Schema], name: str) -> Any:
    match schema.get("type"):
        case "boolean":
            return True
        case "integer" | "number":
            return 1
        case "array":
            return [sample(schema.get("items", {}), components, name)]
        case "string" if schema.get("format") == "date-time":
            return "2026-11-22T17:00:00Z"
        case "string":
            return _VALUES.get(name, _TEXT)
    return {}
