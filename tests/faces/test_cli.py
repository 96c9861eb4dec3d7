"""The command line as a whole: help at once and with examples, exit codes, errors in words."""

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest

from tests.cli import run
from tocsin.cli.app import COMMANDS

HEAVY = ("sqlalchemy", "fastapi", "pydantic", "ruamel", "jsonschema_rs", "holidays", "rich", "re2", "tocsin.policy")


def test_help_lists_every_command_and_imports_none() -> None:
    script = (
        "import sys; sys.argv = ['tocsin', '--help']\n"
        "import atexit, json\n"
        f"heavy = {HEAVY!r}\n"
        "atexit.register(lambda: print(json.dumps([name for name in heavy if name in sys.modules])))\n"
        "from tocsin.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []
    for name, entry in COMMANDS.items():
        assert f"  {name} " in done.stdout
        assert entry.help in done.stdout


def commands() -> list[tuple[str, ...]]:
    from typer.main import get_command

    from tocsin.cli.app import app

    group = get_command(app)
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        command = group.get_command(None, name)  # type: ignore[attr-defined]
        below = getattr(command, "commands", {})
        found += [(name,), *((name, inner) for inner in below)]
    return found


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_help_has_an_example(command: Sequence[str]) -> None:
    done = run(*command, "--help")
    assert done.code == 0
    assert "Example: " in done.out
    assert f"tocsin {command[0]}" in done.out


def test_wrong_use_is_exit_code_2() -> None:
    assert run("nosuch").code == 2
    assert run("policy", "check").code == 2
    assert run("policy", "nosuch").code == 2


def test_the_version() -> None:
    assert run("--version").out.strip()


def test_a_reader_who_has_read_enough_is_no_error() -> None:
    script = "from tocsin.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", script, "policy", "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
