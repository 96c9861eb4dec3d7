"""What of the policy is taken away as a file: a version as it is written, all versions as a table, the JSON Schema by
which editors complete a text."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from tocsin.core import instants, sheets
from tocsin.policy import document, versions
from tocsin.web.errors import PageRoute
from tocsin.web.pages.policy.frame import Visit, Visiting
from tocsin.web.pages.policy.versions import Number, activations

router = APIRouter(route_class=PageRoute)
_COLUMNS = ("version", "name", "stored_at", "stored_by", "state", "effective_at", "until", "activated_by", "reason")


@router.get("/policy/versions.csv")
def show_versions(visit: Visiting) -> Response:
    """Every version with each of its activations."""
    visit.viewer.require("policy.read")
    return _file("versions.csv", "text/csv; charset=utf-8", sheets.written(_COLUMNS, list(_rows(visit))))


@router.get("/policy/versions/{version}/policy.yaml")
def show_text(version: Number, visit: Visiting) -> Response:
    visit.viewer.require("policy.read")
    with visit.here.database.reading() as tx:
        source = versions.source_of(tx, version)
    return _file(f"policy-{version}.yaml", "application/yaml; charset=utf-8", iter([source]))


@router.get("/policy/schema.json")
def show_schema(visit: Visiting) -> Response:
    visit.viewer.require("policy.read")
    text = msgspec.json.format(msgspec.json.encode(document.schema()), indent=2).decode()
    return _file("policy.schema.json", "application/schema+json", iter([text]))


def _rows(visit: Visit) -> Iterator[Sequence[Any]]:
    at = visit.here.clock.now()
    with visit.here.database.reading(at) as tx:
        stored, policies = versions.stored(tx), visit.here.desk.policies.get(tx)
    shown = activations(policies, at)
    for version in stored:
        told = (version.number, version.name, instants.to_text(version.created_at), version.author)
        own = [row for row in policies.activations if row.version == version.number]
        for row in own:
            state, until = shown[row.id]
            since = instants.to_text(row.effective_at)
            yield *told, state, since, until and instants.to_text(until), row.activated_by, row.reason
        if not own:
            yield told + (None,) * (len(_COLUMNS) - len(told))


def _file(name: str, kind: str, parts: Iterator[str]) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return StreamingResponse(parts, media_type=kind, headers=headers)
