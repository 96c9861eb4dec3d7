"""`tocsin bench intake` for a moment: every figure is there, and no ticket was refused."""

import json

import pytest

from tests import cli


@pytest.mark.long
@pytest.mark.parametrize(
    "way", [pytest.param((), id="tickets", marks=pytest.mark.soak), pytest.param(("--hook",), id="deliveries")]
)
def test_the_intake_is_measured_beside_commits_and_a_bare_server(way: tuple[str, ...]) -> None:
    done = cli.run("bench", "intake", "--runs", "1", "--seconds", "0.5", "--json", *way)
    assert done.code == 0, done.err
    result = json.loads(done.out)["result"]
    assert result.pop("errors") == 0
    assert {name for name, values in result.items() if len(values) != 1 or values[0] <= 0} == set()
    assert result["share_of_bare"] == [result["rate"][0] / result["bare"][0]]


@pytest.mark.soak
def test_pages_are_measured_beside_changes_and_a_bare_server() -> None:
    done = cli.run("bench", "web", "--open", "100", "--closed", "100", "--seconds", "2", "--json")
    assert done.code == 0, done.err
    result = json.loads(done.out)["result"]
    assert {name: page["failed"] for name, page in result["pages"].items()} == dict.fromkeys(result["pages"], 0)
    assert result["changes_failed"] == 0
    assert all(page["asked"] and page["processor"][0] > 0 for page in result["pages"].values())
