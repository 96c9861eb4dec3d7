"""`tocsin score`: a case explained, without a database."""

import json
from pathlib import Path

import pytest

from tests.cli import run
from tests.unit.policy.policies import SMALL
from tocsin.policy.decision import Decision

OUTAGE = '{"subject": "API is down", "account": {"segment": "strategic", "arr": 2000000}, "users_affected": 5000}'
AT = ("--at", "2026-01-07T12:00:00Z")


def test_a_case_from_standard_input() -> None:
    done = run("score", stdin=OUTAGE)
    assert done.code == 0
    for words in (
        "executive (technical), severity critical, score 90 of 100",
        "engineering, oncall",
        "case.users_affected is 5000",
        "10 above executive, 30 above senior",
        "type outage: classify.down-words",
        "a person is asked: triage.unknown-customer",
        "down to senior: account.arr 99999.0 instead of 2000000.0",
    ):
        assert words in done.out


def test_why_a_case_is_not_escalated() -> None:
    out = run("score", stdin='{"subject": "How do we rename a report?"}').out
    assert "standard, severity low, score 21 of 100" in out
    assert "the score is 21, 39 below senior (60)" in out
    assert "account.arr is missing; assumed 0.3" in out
    assert (
        'up to senior: case.type "outage" instead of "how_to", as classified (score 41; never below senior: critical)'
    ) in out


def test_as_json_it_is_the_decision_with_its_explanation() -> None:
    found = json.loads(run("score", "-", "--json", *AT, stdin=OUTAGE).out)
    assert found.keys() == {*Decision.__struct_fields__, "engine", "explanation"}
    assert (found["level"], found["severity"], found["score"], found["policy_version"]) == (
        "executive",
        "critical",
        90,
        0,
    )
    assert found["explanation"]["lowers"]["level"] == "senior"
    assert run("score", "-", "--json", *AT, stdin=OUTAGE).out == run("score", "--json", *AT, stdin=OUTAGE).out


def test_a_case_and_a_policy_from_files(tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text('{"subject": "it is down"}')
    (tmp_path / "policy.yaml").write_text(SMALL)
    done = run("score", str(tmp_path / "case.json"), "--policy", str(tmp_path / "policy.yaml"))
    assert done.code == 0
    assert "senior (technical), severity critical, score 46 of 100" in done.out


@pytest.mark.parametrize(
    ("stdin", "arguments", "words"),
    [
        ("not json", (), "this is not JSON"),
        ('{"subject": "a", "colour": 1}', (), "colour: there is no such field"),
        ('{"subject": "a", "users_affected": -1}', (), "users_affected"),
        ('{"subject": "a"}', ("--at", "yesterday"), "--at"),
        ('{"subject": "a"}', ("--policy", "nowhere.yaml"), "nowhere.yaml"),
        ("", ("nowhere.json",), "nowhere.json"),
    ],
)
def test_wrong_use(stdin: str, arguments: tuple[str, ...], words: str) -> None:
    done = run("score", *arguments, stdin=stdin)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


@pytest.mark.parametrize(
    ("before", "after"), [("name: Small", "nome: Small"), ('case.severity == "critical"', "case.gravity == 1")]
)
def test_a_policy_that_fails_its_check(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / "policy.yaml").write_text(SMALL.replace(before, after))
    done = run("score", "--policy", str(tmp_path / "policy.yaml"), stdin='{"subject": "a"}')
    assert done.code == 1
    assert "line" in done.err


def test_help_has_an_example() -> None:
    done = run("score", "--help")
    assert done.code == 0
    assert "Example:" in done.out
