"""`tocsin audit` as people and programs call it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli import Done, run
from tests.stories.record import STARTER
from tests.testing import SECRET, World, world
from tocsin.policy.decision import ENGINE

DOCS = Path(__file__).parents[2] / "docs" / "audit.md"


@pytest.fixture
def here(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    built = world(database_url, STARTER)
    for place in range(3):
        built.open(subject="API is down", users_affected=5000, external_id=f"Z-{place}")
    built.forward(120_000_000)
    built.installation.checkpointer.cover()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_DATABASE_URL", database_url)
    monkeypatch.setenv("TOCSIN_SECRET_KEY", SECRET)
    yield built
    built.installation.close()


def tocsin(*arguments: str) -> Done:
    return run("audit", *arguments)


def spoil(here: World, statement: str) -> None:
    here.installation.writer.write(lambda tx: tx.run(statement))


def test_verify_says_that_all_is_well_and_names_the_newest_checkpoint(here: World) -> None:
    answer = tocsin("verify")
    assert answer.code == 0, answer.err
    assert "nothing was changed" in answer.out
    found = re.search(r"newest checkpoint: (\d+:[0-9a-f]{64})", answer.out)
    assert found
    assert tocsin("verify", "--anchor", found[1]).code == 0
    assert tocsin("verify", "--anchor", f"1:{'0' * 64}").code == 1
    assert tocsin("verify", "--anchor", "yesterday").code == 2


def test_verify_names_what_was_changed(here: World) -> None:
    spoil(here, "UPDATE events SET actor = 'user:nobody' WHERE seq = 1 AND chain > 0")
    answer = tocsin("verify")
    assert answer.code == 1
    assert re.search(r"case \w{13} \(number 2\), event 1: the event was changed", answer.out)
    told = json.loads(tocsin("verify", "--json").out)
    assert told["ok"] is False
    assert [finding["number"] for finding in told["findings"]] == [1, 2, 3]
    assert {finding["event"] for finding in told["findings"]} == {1}


def test_another_secret_proves_nothing(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_SECRET_KEY", "another secret, long enough to be taken")
    assert tocsin("verify").code == 1
    monkeypatch.setenv("TOCSIN_SECRET_KEY", "short")
    answer = tocsin("verify")
    assert answer.code == 2
    assert "TOCSIN_SECRET_KEY" in answer.err


def test_replay_counts_by_engine(here: World) -> None:
    answer = tocsin("replay")
    assert answer.code == 0, answer.err
    assert answer.out == f"engine {ENGINE}: 3 equal, 0 different, 0 erased\n"
    spoil(here, "UPDATE policy_versions SET source = replace(source, 'weight: 30', 'weight: 29')")
    told = json.loads(tocsin("replay", "--json").out)
    assert told["ok"] is False
    assert told["engines"] == [{"engine": ENGINE, "equal": 0, "different": 3, "erased": 0}]


def test_somebody_else_can_check_an_export_by_the_program_in_the_documentation(here: World, tmp_path: Path) -> None:
    program = tmp_path / "check.py"
    program.write_text(re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)[0])

    def check(lines: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([sys.executable, program], input=lines, capture_output=True, text=True, timeout=60)

    exported = tocsin("export")
    assert exported.code == 0, exported.err
    whole = exported.out
    chains = {json.loads(line)["chain"] for line in whole.splitlines() if json.loads(line)["record"] == "chain"}
    assert sum(chain > 0 for chain in chains) == 3
    assert check(whole).stdout == f"{len(chains)} chains, 0 faults\n"
    assert {json.loads(line)["record"] for line in whole.splitlines()} == {"event", "chain", "checkpoint"}
    one = tocsin("export", "--case", "2").out
    assert check(one).stdout == "1 chains, 0 faults\n"
    assert check(one.replace("user:", "User:").replace("API is down", "API is up")).returncode == 1
    kept = [line for line in one.splitlines() if json.loads(line)["record"] != "evidence"]
    assert len(kept) < len(one.splitlines()), "its evidence goes with a case"
    assert check("\n".join(kept[1:])).returncode == 1
    assert check("\n".join([*kept[:-2], kept[-1]])).returncode == 1
    none = tocsin("export", "--case", "4711")
    assert (none.code, none.out, "there is no case 4711" in none.err) == (1, "", True)


def test_wrong_use_is_told_from_findings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_SECRET_KEY", SECRET)
    monkeypatch.setenv("TOCSIN_DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    answer = tocsin("verify")
    assert answer.code == 2
    assert "there is no database" in answer.err
    assert not (tmp_path / "none.db").exists()
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "mysql://somewhere")
    assert tocsin("replay").code == 2
    monkeypatch.setenv("TOCSIN_DATABASE_URL", database_url)
    assert tocsin("verify", "--deep").code == 2
    assert tocsin("verify").code == 0  # nothing in it, nothing wrong with it


@pytest.mark.parametrize("command", ["verify", "replay", "export"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    answer = tocsin(command, "--help")
    assert answer.code == 0
    assert f"Example: tocsin audit {command}" in answer.out
    assert "--json" in answer.out
