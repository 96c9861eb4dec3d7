"""The page on every key: generated, complete, and its examples are what the policy takes."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.cli import run
from tests.unit.policy.documents import ACME, LEAST, data_of, properties
from tocsin.policy.document import parse, schema
from tocsin.policy.plain import plain
from tocsin.policy.schema.reference import to_markdown
from tocsin.policy.schema.values import flow
from tocsin.policy.yaml.lines import read

PAGE = Path(__file__).parents[3] / "docs" / "policy-reference.md"
SCHEMA = schema()


def nodes(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of the schema that has examples or a default, with its place."""
    if isinstance(node, dict):
        if ("examples" in node and isinstance(node["examples"], list)) or "default" in node:
            yield place, node
        for key, inner in node.items():
            yield from nodes(inner, f"{place}/{key}")


WITH_VALUES = [
    (place, node, value)
    for place, node in nodes(SCHEMA)
    for value in (*node.get("examples", ()), *([node["default"]] if "default" in node else ()))
]


def test_the_page_is_what_the_command_prints() -> None:
    done = run("policy", "schema", "--markdown")
    assert done.code == 0
    assert done.out == PAGE.read_text(), "run: make reference"
    assert run("policy", "schema", "--markdown", "--json").code == 2


def test_every_key_says_itself_what_it_means() -> None:
    """What the shape says that it refers to is not enough: `a condition` does not say of what."""
    for each in properties(SCHEMA):
        for name, node in each.items():
            assert node.get("description", "").endswith("."), name


def test_every_key_is_on_the_page() -> None:
    page = to_markdown(SCHEMA)
    named = {line.split("`")[1].rpartition(".")[2] for line in page.splitlines() if line.startswith("| `")}
    assert {name for each in properties(SCHEMA) for name in each} <= named | set(SCHEMA["properties"])


def test_a_key_that_is_new_is_on_the_page() -> None:
    changed = copy.deepcopy(SCHEMA)
    changed["properties"]["route"]["items"]["properties"]["colour"] = {
        "type": "string",
        "description": "Of its badge.",
        "default": "a | b",
        "examples": ["red"],
    }
    assert r"| `route[].colour` | text | `'a \| b'` | Of its badge. Such as `red`. |" in to_markdown(changed)


@pytest.mark.parametrize(("place", "node", "value"), WITH_VALUES, ids=[place for place, _, _ in WITH_VALUES])
def test_examples_and_defaults_fit(place: str, node: dict[str, Any], value: Any) -> None:
    jsonschema_rs.validator_for({**node, "$defs": SCHEMA["$defs"]}).validate(value)
    assert read(f"value: {flow(value)}").data == {"value": value}


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    return SCHEMA["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node


def spelled_out(node: dict[str, Any], value: Any) -> Any:
    """A document with every default written where its key is absent."""
    node = resolved(node)
    if isinstance(value, list) and "items" in node:
        return [spelled_out(node["items"], inner) for inner in value]
    if not isinstance(value, dict):
        return value
    known, anything = node.get("properties", {}), node.get("additionalProperties")
    of_any = anything if isinstance(anything, dict) else {}
    filled = {name: spelled_out(known.get(name, of_any), inner) for name, inner in value.items()}
    for name in known.keys() - value.keys():
        if not all(other in value for other in node.get("dependentRequired", {}).get(name, ())):
            continue
        if "default" in known[name]:
            filled[name] = copy.deepcopy(known[name]["default"])
        elif not resolved(known[name]).get("required") and (below := spelled_out(known[name], {})):
            filled[name] = below
    return filled


@pytest.mark.parametrize("text", [LEAST, ACME], ids=["least", "acme"])
def test_defaults_are_the_real_ones(text: str) -> None:
    filled = spelled_out(SCHEMA, data_of(text))
    assert filled["route"][0]["assign"]
    assert filled["clocks"]["pause"]["at_most"] == "72h"
    assert plain(parse(json.dumps(filled))) == plain(parse(text))
