"""The API's description is true: schemathesis asks every operation for what the document says, and compares."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.testing import PEOPLE, SECRET, Databases, furnish, serving
from tocsin import runtime
from tocsin.api.app import HOT, application
from tocsin.policy import starters

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth"
HOOKS = Path(__file__).parents[1] / "fuzzing.py"
OUTAGE: dict[str, Any] = {"subject": "API is down", "users_affected": 5000, "account": {"segment": "strategic"}}


@pytest.fixture(scope="module")
def server(databases: Databases) -> Iterator[tuple[str, str]]:
    """A server with two cases, and an administrator's token."""
    installation = runtime.build(databases.new(), SECRET, allow_private=True)
    token = furnish(installation, starters.text(), PEOPLE, "http://127.0.0.1:9/")
    with serving(installation) as url:
        for _ in range(2):
            httpx2.post(f"{url}/api/v1/cases", json=OUTAGE, headers={"authorization": f"Bearer {token}"})
        yield url, token


def fuzz(server: tuple[str, str], folder: Path, examples: int, seed: int, phases: str) -> None:
    url, token = server
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/api/v1/openapi.json"),
            *("--header", f"Authorization: Bearer {token}", "--checks", CHECKS, "--phases", phases),
            *("--max-examples", str(examples), "--seed", str(seed), "--continue-on-failure", "--no-color"),
            *("--workers", "2", "--warnings", "off", "--suppress-health-check", "all"),
        ],
        cwd=folder,
        env=os.environ | {"COLUMNS": "160", "SCHEMATHESIS_HOOKS": str(HOOKS)},
        capture_output=True,
        text=True,
        timeout=3400,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]


@pytest.mark.long
@pytest.mark.timeout(280)
def test_every_operation_answers_as_the_document_says(
    server: tuple[str, str], databases: Databases, tmp_path: Path
) -> None:
    fuzz(server, tmp_path, 6 if databases.kind == "sqlite" else 3, 1, "fuzzing")


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_so_do_many_more_requests(server: tuple[str, str], tmp_path: Path) -> None:
    fuzz(server, tmp_path, 100, 2, "coverage,fuzzing,stateful")


def test_the_document_knows_every_route() -> None:
    document = application().openapi()
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described >= HOT.keys()
    assert document["openapi"].startswith("3.1")
    for methods in document["paths"].values():
        for operation in methods.values():
            assert any(status < "300" for status in operation["responses"])


@pytest.mark.parametrize("path", ["/cases", "/signals"])
def test_what_the_document_says_of_the_intake_is_what_it_reads(path: str) -> None:
    from tocsin.policy.body import CaseBody

    document = application().openapi()
    schema = document["paths"][f"/api/v1{path}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    described = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    assert set(CaseBody.__struct_fields__) <= set(described["properties"])
    assert not described["additionalProperties"]
