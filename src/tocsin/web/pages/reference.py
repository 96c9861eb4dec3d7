"""`/api`: the description of the API for people, from the document that programs get; and of what programs hear and do:
every kind of event, every verb."""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tocsin.core.texts import fold
from tocsin.events import listed
from tocsin.people.permissions import ROLES, roles
from tocsin.verbs import VERBS
from tocsin.web import rendering
from tocsin.web.errors import PageRoute

router = APIRouter(route_class=PageRoute)
Schema = Mapping[str, Any]


class Line(NamedTuple):
    """One field or parameter: its name, what it holds, whether it is needed, and what it means. `depth`: how deep it
    stands in others; `shape`: that which it has, by name."""

    name: str
    kind: str
    needed: bool
    says: str
    depth: int = 0
    shape: str = ""


class Operation(NamedTuple):
    """One operation, ready to be shown. `answers`: what each status means, with the fields of its body."""

    id: str
    method: str
    path: str
    says: str
    parameters: list[Line]
    body: list[Line]
    example: str
    answers: list[tuple[str, str, list[Line]]]


@router.get("/api")
def show(request: Request, q: Annotated[str, Query(max_length=100)] = "") -> Response:
    document: dict[str, Any] = request.app.openapi()
    wanted = fold(q)
    found = [each for each in _operations(document) if wanted in fold(" ".join(each[:4]))]
    shapes = {name: _fields(shape) for name, shape in document["components"]["schemas"].items()}
    about = document["info"]["description"].replace("`", "")
    return rendering.page("reference.html", title="API", about=about, found=found, shapes=shapes, q=q)


@router.get("/api/events")
def show_events() -> Response:
    """Every kind of event, with its fields, and whether webhooks may ask for it."""
    rows = [(kind.name, f"{kind.says}.", ", ".join(kind.fields), not kind.private) for kind in listed()]
    return rendering.page("reference-events.html", title="Events", rows=rows)


@router.get("/api/verbs")
def show_verbs() -> Response:
    """Every verb, with whose it is, its resource, and its command."""
    rows = [
        (
            verb.name,
            f"{verb.does}.",
            "every role" if set(roles(verb.permission)) == set(ROLES) else ", ".join(roles(verb.permission)),
            f"/cases/{{case}}/{verb.route.resource}",
            f"tocsin case {verb.command.example}",
        )
        for verb in VERBS.values()
    ]
    return rendering.page("reference-verbs.html", title="Verbs", rows=rows)


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            body = said.get("requestBody", {}).get("content", {}).get("application/json", {})
            yield Operation(
                said["operationId"],
                method.upper(),
                path,
                " ".join(said["description"].split()).replace("`", ""),
                [_line(each["name"], each["schema"], each) for each in said.get("parameters", ())],
                _fields(body.get("schema", {})),
                json.dumps(body["example"], indent=2, ensure_ascii=False) if body else "",
                [_answer(status, answer) for status, answer in said["responses"].items()],
            )


def _answer(status: str, answer: Mapping[str, Any]) -> tuple[str, str, list[Line]]:
    contents = list(answer.get("content", {}).values())
    return status, answer["description"].replace("`", ""), _fields(contents[0]["schema"]) if contents else []


def _fields(schema: Schema, depth: int = 0) -> list[Line]:
    """The fields of a shape, each with those inside of it behind it."""
    if "$ref" in schema:
        return [Line("", "", needed=True, says="", depth=depth, shape=_named(schema))]
    inner = [each for key in ("anyOf", "allOf") for each in schema.get(key, ())]
    if "items" in schema:
        inner.append(schema["items"])
    lines = [line for each in inner for line in _fields(each, depth)]
    for name, field in schema.get("properties", {}).items():
        line = _line(name, field, {"required": name in schema.get("required", ())} | dict(field))._replace(depth=depth)
        lines += [line, *(each for each in _fields(field, depth + 1) if each.shape != line.shape)]
    return lines


def _line(name: str, schema: Schema, said: Mapping[str, Any]) -> Line:
    needed = said.get("required") is True
    return Line(name, _kind(schema), needed, said.get("description", "").replace("`", ""), shape=_named(schema))


def _named(schema: Schema) -> str:
    """The name of the shape that a value has, or each of its values has; empty where it has none."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    inner = [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())]
    return next((name for each in inner if (name := _named(each))), "")


def _kind(schema: Schema) -> str:
    """What a value is, in words."""
    if "enum" in schema:
        return " or ".join("null" if value is None else str(value) for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(filter(None, map(_kind, schema["anyOf"]))))
    types = schema.get("type", [])
    each = [types] if isinstance(types, str) else types
    return " or ".join(one if one == "null" else str(schema.get("format", one)) for one in each)
