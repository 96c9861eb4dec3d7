"""The schema as a page for people: every key with its type, what holds where it is absent, its meaning, an example.

Keys stand as problems name them: `route[].team`, and `paths.NAME.steps[].wait` where the author chooses the name.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tocsin.policy.schema.parts import Schema
from tocsin.policy.schema.types import listed, type_of
from tocsin.policy.schema.values import code

_INTRODUCTION = """\
# Every key of the policy

Written by `make reference` from the schema that `tocsin policy schema` prints, which is also what `tocsin policy check`
and editors go by. [The policy](policy.md) tells how the keys work together.

`NAME` stands for a name of your choice, `[]` for each entry of a list. Where a key is absent nothing follows, or what
the third column or the meaning says."""

_SHAPES = """\
## Shapes

What the keys above hold, where several hold the same."""

_HEAD = "| key | type | where it is absent | meaning |\n|---|---|---|---|"


class _Row(NamedTuple):
    key: str
    node: Schema
    required: bool


def to_markdown(schema: Schema) -> str:
    """The page; it ends with a line end."""
    required = schema.get("required", ())
    sections = [_section(_Row(name, node, name in required), schema) for name, node in schema["properties"].items()]
    shapes = [_shape(node, schema) for node in schema["$defs"].values()]
    return "\n\n".join((_INTRODUCTION, *sections, _SHAPES, *shapes)) + "\n"


def _section(row: _Row, schema: Schema) -> str:
    absent = "**required**" if row.required else f"without it {_absent(row)}" if _absent(row) else "optional"
    parts = [f"## {row.key}", row.node["description"], f"{_capital(type_of(row.node, schema))}; {absent}."]
    parts += _example_line(row.node)
    parts += _table(_below(row.key, row.node), schema)
    return "\n\n".join(parts)


def _shape(node: Schema, schema: Schema) -> str:
    parts = [f"### {node['title']}", node["description"], f"{_capital(type_of(node, schema))}."]
    parts += _example_line(node)
    parts += _table(_below("", node), schema)
    return "\n\n".join(parts)


def _below(key: str, node: Schema) -> Iterator[_Row]:
    """The keys under a key, in the document's order. What is only a reference is told where its shape is."""
    required = node.get("required", ())
    for name, inner in node.get("properties", {}).items():
        place = f"{key}.{name}" if key else name
        yield _Row(place, inner, name in required)
        yield from _below(place, inner)
    for place, inner in ((f"{key}[]", node.get("items")), (f"{key}.NAME", node.get("additionalProperties"))):
        if isinstance(inner, dict) and _worth_a_row(inner):
            yield _Row(place, inner, False)
            yield from _below(place, inner)


def _worth_a_row(node: Schema) -> bool:
    """Whether the entries of a list or mapping have keys of their own."""
    return any(isinstance(node.get(name), dict) and bool(node[name]) for name in ("properties", "additionalProperties"))


def _table(rows: Iterator[_Row], schema: Schema) -> list[str]:
    lines = [_line(row, schema) for row in rows]
    return ["\n".join((_HEAD, *lines))] if lines else []


def _line(row: _Row, schema: Schema) -> str:
    escaped = r"\|"
    meaning = " ".join((row.node["description"], *_example_line(row.node)))
    cells = (f"`{row.key}`", type_of(row.node, schema), _absent(row), meaning)
    return "|" + "".join(f" {cell.replace('|', escaped)} |" if cell else " |" for cell in cells)


def _absent(row: _Row) -> str:
    if row.required:
        return "**required**"
    return code(row.node["default"]) if "default" in row.node else ""


def _example_line(node: Schema) -> list[str]:
    """At most two: more would hide the meaning. A shape shows what else there is by its own."""
    found: list[Any] = node.get("examples", [])
    return [f"Such as {listed([code(each) for each in found], 'or')}."] if found else []


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
