"""What a value of the schema may be, in words; a shape that has a place of its own is linked to it."""

from typing import Any

from tocsin.policy.schema.parts import Schema
from tocsin.policy.schema.values import code

_DEFINITIONS = "#/$defs/"
_COUNTED = ("text", "number", "mapping")


def type_of(node: Schema, schema: Schema) -> str:
    """Such as `whole number, 1 to 50`, or `list of [addressee](#addressee)`."""
    if "$ref" in node:
        title = schema["$defs"][node["$ref"].removeprefix(_DEFINITIONS)]["title"]
        return f"[{title}](#{title.replace(' ', '-')})"
    if "enum" in node:
        return listed([code(value) for value in node["enum"]], "or")
    types = node["type"] if isinstance(node["type"], list) else [node["type"]]
    return ", or ".join(_WORDS[each](node, schema) for each in types)


def listed(words: list[str], last: str) -> str:
    """`a, b or c`"""
    return f" {last} ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _text(node: Schema, schema: Schema) -> str:
    return f"text, at most {node['maxLength']} characters" if "maxLength" in node else "text"


def _number(node: Schema, schema: Schema) -> str:
    word = "whole number" if node["type"] == "integer" else "number"
    if "exclusiveMinimum" in node:
        return f"{word} between {_plain(node['exclusiveMinimum'])} and {_plain(node['exclusiveMaximum'])}"
    return f"{word}, {_plain(node['minimum'])} to {_plain(node['maximum'])}" if "minimum" in node else word


def _list(node: Schema, schema: Schema) -> str:
    return f"list of {_each(node['items'], schema)}{_count(node, 'Items')}{', each once' * ('uniqueItems' in node)}"


def _mapping(node: Schema, schema: Schema) -> str:
    values = node.get("additionalProperties")
    if isinstance(values, dict) and not node.get("properties"):
        return f"mapping of names to {_each(values, schema)}{_count(node, 'Properties')}"
    return "mapping" + ("" if node.get("properties") else ", of anything")


def _each(node: Schema, schema: Schema) -> str:
    """What stands in a list or a mapping; limits of its own in brackets, apart from those of what it stands in."""
    if "prefixItems" in node:
        return "pairs"
    if node.get("properties"):
        return "mappings"
    word, _, limits = type_of(node, schema).partition(", ")
    first, space, rest = word.partition(" ")
    many = f"{first}s{space}{rest}" if first in _COUNTED else word
    return f"{many} ({limits})" if limits else many


def _count(node: Schema, what: str) -> str:
    least, most = node.get(f"min{what}", 0), node.get(f"max{what}")
    if most is None:
        return f", at least {least}" if least else ""
    return f", {least} to {most}" if least else f", at most {most}"


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


_WORDS: dict[str, Any] = {
    "string": _text,
    "number": _number,
    "integer": _number,
    "array": _list,
    "object": _mapping,
    "boolean": lambda node, schema: "true or false",
    "null": lambda node, schema: "nothing",
}
