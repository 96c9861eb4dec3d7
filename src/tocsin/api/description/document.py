"""The document at /api/v1/openapi.json, put together once."""

from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from tocsin.api.description import completing
from tocsin.api.description.answers import answer
from tocsin.api.description.shapes import SHAPES, Schema, many, ref
from tocsin.cases.past import STOOD
from tocsin.intake.importing import MOST_ROWS
from tocsin.intake.statements import KINDS
from tocsin.notify.channels import registry
from tocsin.policy.body import CaseBody
from tocsin.policy.decision import Decision
from tocsin.policy.explain import Explanation

PREFIX = "/api/v1"
_ABOUT = (
    "Customer escalations: decided, owned, on time, and explained. Times are RFC 3339. Answers give them in UTC, such"
    " as `2026-11-22T09:00:00Z`; what is sent may have any zone, but has one. What the record keeps as it was written,"
    " the payloads of events and decisions, has times as microseconds since 1970, UTC."
)
PROBLEMS = {
    401: "No token, or an unknown or revoked one",
    403: "The role may not do this",
    404: "Not found, or not visible to this viewer",
    409: "The state does not allow it",
    413: "The body is too large",
    422: "The input is not valid; `place` names the field",
    429: "Too many requests of this token; `Retry-After` says how many seconds to wait",
    503: "Nothing was done; try again",
}
OUTDATED = "It has another version than `If-Match` names: `yours` was sent, `current` is there now"
ETAG: Schema = {"description": "Its version, for `If-Match`", "schema": {"type": "string", "examples": ['"3"']}}
TAGGED = {f"GET {path}" for path in ("/users/{name}", "/teams/{name}", "/rosters/{name}", "/connectors/{name}")} | {
    "GET /accounts/{external_id}",
    "GET /preferences",
    "GET /views/{view}",
}
KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
    "description": "Optional, kept for a day. The same request again with this key is carried out once",
}
HOT: dict[str, tuple[str, str, str]] = {
    "/cases": (
        "open_case",
        "CaseBody",
        "Open a case; the same source and external id again returns the existing case",
    ),
    "/cases/batch": (
        "open_cases",
        "Batch",
        "Open up to 1,000 cases; each has its own answer, in order: a case or a problem",
    ),
    "/imports": ("import_rows", "Import", "Rows of another system's history, in batches; each has its own answer"),
    "/signals": ("send_signal", "Signal", "A later message about a ticket: it opens, changes or reopens its case"),
}
_QUOTAS = "/hooks/{connector}/{token}"  # the one open route that turns away what is too many
BODIES = {
    "/decisions": "CaseBody",
    "/rosters/{name}": "Roster",
    "/hooks/generic/{token}": "AnyJson",
    "/hooks/{connector}/{token}": "AnyJson",
    **{f"/{kind}/{{name}}/destinations": "NewDestination" for kind in ("users", "teams", "roles")},
}


def describe(api: FastAPI) -> dict[str, Any]:
    """The whole document, from FastAPI's routes and what this package says of them."""
    found: dict[str, Any] = get_openapi(title="Tocsin", version="1", openapi_version="3.1.0", routes=api.routes)
    paths: dict[str, dict[str, Any]] = found["paths"]
    found["info"]["description"] = _ABOUT
    for path, (name, _, says) in HOT.items():
        summary = says.partition(";")[0]
        said = {"operationId": name, "tags": ["intake"], "summary": summary, "description": says}
        paths.setdefault(PREFIX + path, {})["post"] = said
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    ours = SHAPES | _bodies()
    if twice := (schemas.keys() & ours.keys()) - set(BODIES.values()):
        raise ValueError(f"two shapes of the API have one name: {', '.join(sorted(twice))}")
    schemas |= ours
    found["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"bearer": []}]
    for path, methods in paths.items():
        for method, operation in methods.items():
            _complete(
                operation,
                method.upper(),
                path.removeprefix(PREFIX),
                open_to_all=not path.startswith(PREFIX) and path != "/metrics",
            )
    completing.complete(found)
    return found


def operation_id(route: APIRoute) -> str:
    """The name of a route's function; what a verb does, it does to a case."""
    verb = "/cases/{case}/" in route.path and "GET" not in (route.methods or ()) and "_" not in route.name
    return f"{route.name}_case" if verb else route.name


def _complete(operation: dict[str, Any], method: str, path: str, *, open_to_all: bool) -> None:
    """The body, the key and all answers of one operation."""
    good = answer(method, path)
    body = HOT[path][1] if method == "POST" and path in HOT else BODIES.get(path)
    if body is not None and method in ("POST", "PUT"):
        operation["requestBody"] = {"required": True, "content": _content("application/json", ref(body))}
    if (method == "POST" and not path.startswith("/hooks/")) or not path.endswith("/{token}"):
        operation.setdefault("parameters", []).append(KEY)
    edits = any(parameter["name"] == "If-Match" for parameter in operation.get("parameters", ()))
    content = {} if good.schema is None else {"content": _content(good.media, good.schema)}
    responses: dict[str, Any] = {str(status): {"description": _says(status), **content} for status in good.statuses}
    if open_to_all:
        operation["security"] = []
    if not open_to_all or path.startswith("/hooks/"):
        responses |= {str(status): _problem(says) for status, says in PROBLEMS.items()}
        if (
            (method == "POST" and path in HOT) or path == "/metrics" or (open_to_all and path != _QUOTAS)
        ):  # these are never too many
            del responses["429"]
    if edits:
        responses["412"] = _problem(OUTDATED) | {"headers": {"ETag": ETAG}}
    if (edits and "200" in responses) or f"{method} {path}" in TAGGED:
        responses["200"]["headers"] = {"ETag": ETAG}
    operation["responses"] = responses


def _problem(says: str) -> dict[str, Any]:
    return {"description": says, "content": _content("application/problem+json", ref("Problem"))}


def _content(media: str, schema: Schema) -> dict[str, Any]:
    return {media: {"schema": schema}}


def _says(status: int) -> str:
    return {200: "Done", 201: "Made", 202: "Recorded; it has no case", 204: "Done; no content", 503: "Not ready"}[
        status
    ]


def _bodies() -> dict[str, Schema]:
    """What is sent to the intake, from the very types that read it; and the decision."""
    _, found = msgspec.json.schema_components(
        [CaseBody, Decision, Explanation], ref_template="#/components/schemas/{name}"
    )
    case = found["CaseBody"]
    case["properties"] |= {"attributes": {**_loose(case["properties"]["attributes"]), "default": None}}
    signal = {**case, "properties": {**case["properties"]}, "title": "Signal", "required": ["external_id"]}
    signal["properties"] |= {
        "kind": {"enum": list(KINDS), "default": "ticket"},
        "external_id": {"type": "string", "maxLength": 200},
    }
    signal["description"] = (
        "The fields of a case. A signal that changes a case may leave out the subject. Null removes a fact."
    )
    batch = {
        "type": "object",
        "properties": {"cases": {**many(ref("CaseBody")), "minItems": 1, "maxItems": 1000}},
        "required": ["cases"],
        "additionalProperties": False,
    }
    row = {
        "type": "object",
        "properties": {
            "line": {"type": "integer", "description": "Where the row stands in its file"},
            "ticket": {**case, "required": ["external_id"]},
            "key": {"type": ["string", "null"], "description": "Hexadecimal: identifies the row when it comes again"},
            "state": {"enum": [*STOOD, None], "description": "The state of the ticket"},
            "resolved_at": {"type": ["string", "null"], "format": "date-time"},
            "closed_at": {"type": ["string", "null"], "format": "date-time"},
        },
        "required": ["line", "ticket"],
        "additionalProperties": False,
    }
    imported = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 200},
            "rows": {**many(row), "maxItems": MOST_ROWS},
            "live": {"type": "boolean", "default": False},
        },
        "required": ["name", "rows"],
        "additionalProperties": False,
    }
    roster = {"type": "object", "description": "`{members, zone, handoff, days, first, overrides}`"}
    return {
        **found,
        "Signal": signal,
        "Batch": batch,
        "Import": imported,
        "Roster": roster,
        "AnyJson": {},
        "NewDestination": registry.schema(),
    }


def _loose(schema: Schema) -> Schema:
    """Attributes: what the type cannot say of their depth and size."""
    return {**schema, "description": "JSON of at most 3 levels, 100 items in each, about 64 Ki characters in all"}
