"""`tocsin policy`: check, test, show, diff and schema, over files."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from tests.cli import run
from tests.unit.policy.documents import ACME, LEAST, changed, data_of, line_of
from tocsin.policy import starters
from tocsin.policy.diff import diff
from tocsin.policy.document import parse


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(ACME)
    return path


def test_a_sound_policy(file: Path) -> None:
    done = run("policy", "check", str(file))
    assert (done.code, done.out) == (0, f"{file}: 0 errors, 0 warnings\n")
    assert json.loads(run("policy", "check", "--json", str(file)).out) == {"ok": True, "problems": []}


def test_a_policy_that_is_refused(file: Path) -> None:
    text = changed(ACME, ("weight: 30", "weight: 29"), ("cases: {reopen", "casses: {reopen"))
    file.write_text(text)
    done = run("policy", "check", str(file))
    assert done.code == 1
    assert f"{file}:{line_of(text, 'score:')}: error: score: the weights sum to 99; expected 100\n" in done.out
    assert f"{file}:{line_of(text, 'casses')}: error: casses: this key is not known here" in done.out
    assert done.out.endswith(f"{file}: 2 errors, 0 warnings\n")
    found = json.loads(run("policy", "check", "--json", str(file)).out)
    assert found["ok"] is False
    assert found["problems"][0] == {
        "severity": "error",
        "line": line_of(text, "score:"),
        "key": "score",
        "code": "the-weights-sum-to",
        "message": "the weights sum to 99",
        "expected": "100",
    }


def test_a_condition_that_does_not_fit(file: Path) -> None:
    file.write_text(changed(ACME, ("case.product_area ==", "case.product ==")))
    done = run("policy", "check", str(file))
    assert done.code == 1
    assert "route[0].when: there is no case.product" in done.out


def test_warnings_fail_only_when_asked_to(file: Path) -> None:
    file.write_text(LEAST)
    assert run("policy", "check", str(file)).code == 0
    assert run("policy", "check", "--strict", str(file)).code == 1


def test_standard_input() -> None:
    done = run("policy", "check", "-", stdin=ACME)
    assert (done.code, done.out) == (0, "-: 0 errors, 0 warnings\n")


@pytest.mark.parametrize("command", ["check", "test", "show"])
def test_a_file_that_cannot_be_read_is_wrong_use(command: str, tmp_path: Path) -> None:
    done = run("policy", command, str(tmp_path / "nosuch.yaml"))
    assert done.code == 2
    assert "No such file" in done.err
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe")
    done = run("policy", command, str(tmp_path / "bytes.yaml"))
    assert done.code == 2
    assert "not UTF-8" in done.err


def test_examples_that_come_out(file: Path) -> None:
    done = run("policy", "test", str(file))
    assert (done.code, done.out) == (0, "ok   Strategic customer, API down\n1 example, 0 failed\n")
    found = json.loads(run("policy", "test", "--json", str(file)).out)
    assert found["ok"] is True
    assert found["examples"][0]["name"] == "Strategic customer, API down"


def test_examples_that_do_not(file: Path) -> None:
    file.write_text(changed(ACME, ("expect: {level: executive", "expect: {level: senior")))
    done = run("policy", "test", str(file))
    assert done.code == 1
    assert "FAIL Strategic customer, API down" in done.out
    assert 'level: expected "senior", got "executive"' in done.out
    assert f"{file}:{line_of(ACME, 'Strategic customer')}" in done.out
    assert json.loads(run("policy", "test", "--json", str(file)).out)["ok"] is False


def test_examples_of_a_policy_with_errors_are_not_run(file: Path) -> None:
    file.write_text(changed(ACME, ("case.product_area ==", "case.product ==")))
    done = run("policy", "test", str(file))
    assert done.code == 1
    assert "route[0].when" in done.out
    found = json.loads(run("policy", "test", "--json", str(file)).out)
    assert (found["ok"], found["examples"]) == (False, [])


@pytest.mark.parametrize("name", starters.NAMES)
def test_starters_are_shown_as_they_are(name: str) -> None:
    assert run("policy", "show", "--starter", name).out == starters.text(name)


def test_the_first_starter_without_a_name() -> None:
    assert run("policy", "show").out == starters.text()


def test_a_starter_that_is_not_there() -> None:
    done = run("policy", "show", "--starter", "nosuch")
    assert done.code == 2
    assert "b2b-saas, it-service-desk, consumer" in done.err


def test_a_file_or_a_starter(file: Path) -> None:
    assert run("policy", "show", str(file), "--starter", "consumer").code == 2
    assert run("policy", "show", str(file)).out == ACME


@pytest.mark.parametrize("option", ["--defaults", "--json"])
def test_shown_with_its_defaults_it_means_the_same(option: str, tmp_path: Path) -> None:
    (tmp_path / "least.yaml").write_text(LEAST)
    shown = run("policy", "show", option, str(tmp_path / "least.yaml")).out
    assert "reopen_within" in shown
    assert diff(parse(LEAST), parse(shown)) == []


def test_a_refused_file_has_no_defaults(file: Path) -> None:
    file.write_text("name: x")
    done = run("policy", "show", "--defaults", str(file))
    assert done.code == 1
    assert "this key is missing" in done.out


def test_differences(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(changed(ACME, ("at: 80", "at: 85")))
    assert run("policy", "diff", str(file), str(other)).out == "~ levels.executive.at: 80.0 -> 85.0\n1 change\n"
    found = json.loads(run("policy", "diff", "--json", str(file), str(other)).out)
    assert found == [{"key": "levels.executive.at", "kind": "changed", "before": 80.0, "after": 85.0}]
    assert run("policy", "diff", str(file), str(file)).out == "the two mean the same\n"


@pytest.mark.parametrize("option", [(), ("--json",)], ids=["plain", "json"])
def test_the_schema_is_one(option: tuple[str, ...]) -> None:
    found = json.loads(run("policy", "schema", *option).out)
    jsonschema_rs.validator_for(found).validate(data_of(ACME))
