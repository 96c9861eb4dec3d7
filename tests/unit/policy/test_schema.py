"""The schema and the parser agree, and the schema is one that editors can complete from."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import tocsin.policy
from tests.examples import examples
from tests.unit.policy.documents import ACME, LEAST, data_of, places, problems_of, properties
from tocsin.policy import model
from tocsin.policy.document import parse, schema

STARTERS = sorted((Path(tocsin.policy.__file__).parent / "starters").glob("*.yaml"))
VALIDATOR = jsonschema_rs.validator_for(schema())

# Names of the model that the document spells otherwise, or that no document says.
SPELLED = {
    "Factor": {"source": "from"},
    "Target": {"duration": "in", "origin": "from"},
    "ClockRules": {"pause_clocks": "clocks", "pause_at_most": "at_most"},
    "CaseRules": {"acknowledgement_critical": "critical", "acknowledgement_other": "other"},
}
NOT_WRITTEN = {"source", "digest", "lines", "line", "settings"}
NAMED_BY_KEY = {"Severity", "CaseType", "Factor", "Level", "Path"}
WITHIN_TAXONOMY = {"product_areas", "severities", "types"}


def test_it_is_a_schema_of_the_draft() -> None:
    assert schema()["$schema"].endswith("2020-12/schema")
    jsonschema_rs.meta.validate(schema())


def test_a_caller_may_change_its_copy() -> None:
    schema()["$defs"].clear()
    assert schema()["$defs"]


@pytest.mark.parametrize("text", [ACME, LEAST], ids=["acme", "least"])
def test_valid_for_both(text: str) -> None:
    VALIDATOR.validate(data_of(text))
    parse(text)


@pytest.mark.parametrize("path", STARTERS, ids=[path.stem for path in STARTERS])
def test_each_starter_is_valid_for_both(path: Path) -> None:
    VALIDATOR.validate(data_of(path.read_text()))
    parse(path.read_text())


def test_each_key_of_the_model_is_in_the_schema() -> None:
    known = {name for each in properties(schema()) for name in each}
    parts = [value for value in vars(model).values() if isinstance(value, type) and issubclass(value, model.Value)]
    for part in parts:
        for field in msgspec.structs.fields(part):
            if field.name in NOT_WRITTEN - SPELLED.get(part.__name__, {}).keys():
                continue
            if field.name == "name" and part.__name__ in NAMED_BY_KEY:
                continue
            assert SPELLED.get(part.__name__, {}).get(field.name, field.name) in known, f"{part.__name__}.{field.name}"


def test_each_section_of_the_schema_is_in_the_model() -> None:
    fields = {field.name for field in msgspec.structs.fields(model.Document)}
    assert set(schema()["properties"]) - {"taxonomy"} <= fields
    assert set(schema()["properties"]["taxonomy"]["properties"]) <= fields


def test_every_key_is_described() -> None:
    for each in properties(schema()):
        for name, node in each.items():
            target = schema()["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node
            assert "description" in node or "description" in target, name


def test_every_mapping_is_closed_except_where_anything_goes() -> None:
    def open_ones(node: Any, path: str) -> Iterator[str]:
        if isinstance(node, dict):
            if "object" in str(node.get("type")) and node.get("additionalProperties", True) is True:
                yield path
            for key, value in node.items():
                yield from open_ones(value, f"{path}/{key}")

    assert set(open_ones(schema(), "")) == {
        "/properties/communication",
        "/properties/examples/items/properties/given/properties/account/properties/attributes",
        "/properties/examples/items/properties/given/properties/attributes",
    }


DATA = data_of(ACME)
STRANGE = st.sampled_from(
    [None, True, 0, -1, 2.5, 1e300, "", "x y", "15m", [], {}, ["a"], {"a": 1}, "always", "\u00e9"]
)


@examples(150, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(list(places(DATA))), st.sampled_from(["replace", "delete", "add"]), STRANGE)
def test_what_the_schema_refuses_the_parser_refuses(place: tuple[Any, ...], action: str, value: Any) -> None:
    data = copy.deepcopy(DATA)
    around = data
    for part in place[:-1]:
        around = around[part]
    if action == "replace":
        around[place[-1]] = value
    elif action == "delete":
        del around[place[-1]]
    elif isinstance(around, dict):
        around["unheard_of"] = value
    problems = problems_of(json.dumps(data))
    if not VALIDATOR.is_valid(data):
        assert problems
        assert all(problem.line == 1 for problem in problems)
