"""What every part of the document says besides its shape: fields and parameters a sentence, bodies an example."""

from collections.abc import Mapping
from typing import Any

from tocsin.api.description import words
from tocsin.api.description.examples import EXAMPLES, sample
from tocsin.api.description.shapes import Schema

_INSIDE = ("items", "additionalProperties", "anyOf", "oneOf", "allOf", "prefixItems")


def complete(document: dict[str, Any]) -> None:
    """Say what is missing, wherever it is."""
    components = document["components"]["schemas"]
    for name, schema in components.items():
        components[name] = told(schema, name)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _operation(operation, f"{method.upper()} {path.removeprefix('/api/v1')}", components)


def _operation(operation: dict[str, Any], name: str, components: Mapping[str, Schema]) -> None:
    for parameter in operation.get("parameters", ()):
        said = parameter["schema"].pop("description", None) or parameter.get("description")
        parameter["description"] = said or words.PARAMETERS.get(parameter["name"], "")
    for answer in operation["responses"].values():
        for content in answer.get("content", {}).values():
            content["schema"] = told(content["schema"], name)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["example"] = EXAMPLES[name] if name in EXAMPLES else sample(content["schema"], components)


def told(schema: Schema, where: str) -> Schema:
    """A schema whose fields all say what they are; `where`: the shape, or the field, that it is the value of."""
    found = dict(schema)
    if "properties" in schema:
        found["properties"] = {name: _field(one, where, name) for name, one in schema["properties"].items()}
    for key in _INSIDE:
        inner = schema.get(key)
        if isinstance(inner, dict):
            found[key] = told(inner, where)
        elif isinstance(inner, list):
            found[key] = [told(one, where) for one in inner]
    return found


def _field(schema: Schema, where: str, name: str) -> Schema:
    inner = told(schema, name)
    said = None if schema.get("description") else words.of(where, name)
    return inner if said is None else {**inner, "description": said}
