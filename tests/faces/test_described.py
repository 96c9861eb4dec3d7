"""The API's description says what everything is: readable names of operations, a sentence for every operation, field
and parameter, an example for every body, and times of one form. Its page shows all of it."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import jsonschema_rs
import pytest

from tests.faces.office import OUTAGE, Office, staffed
from tests.testing import Databases
from tocsin.api.app import application
from tocsin.api.description import words
from tocsin.api.description.examples import EXAMPLES

METHODS = {"get", "post", "put", "patch", "delete"}
TIME = re.compile(r"(^|_)(at|until|since)$")
OF_RECORD = {"Decision", "TriageNeed"}  # shown as they were stored, with microseconds


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = application().openapi()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        assert methods.keys() <= METHODS
        for method, operation in methods.items():
            yield f"{method.upper()} {path.removeprefix('/api/v1')}", operation


def fields(schema: Any, where: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every field of a shape, however deep: where it is, its name, its schema."""
    if isinstance(schema, list):
        for one in schema:
            yield from fields(one, where)
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties", {})
    for name, one in properties.items():
        yield where, name, one
        yield from fields(one, name)
    for key, one in schema.items():
        if key not in ("properties", "example", "examples"):
            yield from fields(one, where)


def parameters(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, operation in operations(document):
        for each in operation.get("parameters", ()):
            yield name, each["name"], {**each["schema"], "description": each.get("description", "")}


def every_field(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, schema in document["components"]["schemas"].items():
        yield from fields(schema, name)
    for name, operation in operations(document):
        yield from fields(operation, name)


def test_operations_have_readable_names(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)] == []
    assert {"open_case", "acknowledge_case", "list_cases", "show_case", "send_update"} <= set(names)


def test_operations_fields_and_parameters_say_what_they_are(document: dict[str, Any]) -> None:
    bare = [name for name, operation in operations(document) if len(operation.get("description", "").split()) < 3]
    every = [*every_field(document), *parameters(document)]
    bare += [f"{where}.{name}" for where, name, schema in every if not schema.get("description")]
    assert bare == [], "say it at the field, or in api/description/words"


def test_no_sentence_is_for_what_there_is_not(document: dict[str, Any]) -> None:
    places = {name for where, field, _ in every_field(document) for name in (field, f"{where}.{field}")}
    assert words.FIELDS.keys() <= places
    assert words.PARAMETERS.keys() <= {name for _, name, _ in parameters(document)}
    assert EXAMPLES.keys() <= {name for name, _ in operations(document)}


def test_every_body_has_an_example_that_fits(document: dict[str, Any]) -> None:
    wrong = []
    for name, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schema = {**content["schema"], "components": document["components"]}
            validator = jsonschema_rs.validator_for(schema, validate_formats=True)
            wrong += [f"{name}: {error}" for error in validator.iter_errors(content["example"])]
    assert wrong == []


def test_times_have_one_form(document: dict[str, Any]) -> None:
    """RFC 3339; whatever the record keeps as it was written says so."""
    times = [each for each in (*every_field(document), *parameters(document)) if TIME.search(each[1])]
    others = [each for each in times if not any(one.get("format") == "date-time" for one in kinds(each[2]))]
    assert len(times) > 50
    assert {where for where, _, _ in others} <= OF_RECORD
    assert all("microseconds" in schema["description"] for _, _, schema in others)
    assert "RFC 3339" in document["info"]["description"]


def kinds(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [schema, *schema.get("anyOf", ())]


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        yield office


def test_answers_have_times_in_utc(office: Office) -> None:
    case = office.open(OUTAGE)["id"]
    told = [(name, value) for name, value in walked(office.get("lea", f"/cases/{case}")) if TIME.search(name) and value]
    written = [value for _, value in told if isinstance(value, str)]
    assert written
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value) for value in written), told
    assert {name for name, value in told if not isinstance(value, str)} <= {"decided_at", "opened_at"}


def walked(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield name, one
            yield from walked(one)
    elif isinstance(value, list):
        for one in value:
            yield from walked(one)


def test_a_page_shows_every_operation(office: Office, document: dict[str, Any]) -> None:
    answer = httpx2.get(f"{office.url}/api")
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    for name, operation in operations(document):
        assert f'<details id="{operation["operationId"]}">' in answer.text, name
    for name in document["components"]["schemas"]:
        assert f'id="shape-{name}"' in answer.text
    assert set(re.findall(r'href="#shape-(\w+)"', answer.text)) <= document["components"]["schemas"].keys()
    found = httpx2.get(f"{office.url}/api", params={"q": "acknowledgement"}).text
    assert 'id="acknowledge_case"' in found
    assert 'id="open_case"' not in found
    assert "No operation has these words." in httpx2.get(f"{office.url}/api", params={"q": "<nothing>"}).text
