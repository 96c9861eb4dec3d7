"""Completion of commands, as a shell asks for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.home import Home

ASK = """
eval "$(_TOCSIN_COMPLETE=source_bash tocsin)"
complete -p tocsin >&2
COMP_WORDS=({words}); COMP_CWORD={place}
_tocsin_completion tocsin
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Whose path has the command."""
    commands = tmp_path / "bin"
    commands.mkdir()
    tocsin = commands / "tocsin"
    tocsin.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from tocsin.cli import main; main()" "$@"\n')
    tocsin.chmod(0o755)
    home = Home(tmp_path)
    home.environment["PATH"] = f"{commands}{os.pathsep}{home.environment['PATH']}"
    return home


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(
    ("words", "place", "expected"),
    [
        ("tocsin ca", 1, {"case"}),
        ("tocsin audit ''", 2, {"verify", "replay", "export", "events", "changes"}),
        ("tocsin backup --no", 2, {"--no-proof"}),
        ("tocsin nothing-such", 1, {""}),
    ],
)
def test_bash_completes_commands_and_options(home: Home, words: str, place: int, expected: set[str]) -> None:
    done = subprocess.run(
        ["bash", "-c", ASK.format(words=words, place=place)],
        env=home.environment,
        cwd=home.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "_tocsin_completion" in done.stderr
    assert set(done.stdout.split("\n")[:-1]) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script(home: Home, shell: str) -> None:
    done = subprocess.run(
        ["tocsin"],
        env=home.environment | {"_TOCSIN_COMPLETE": f"source_{shell}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "_TOCSIN_COMPLETE" in done.stdout
    if shutil.which(shell):
        checked = subprocess.run([shell, "-n"], input=done.stdout, capture_output=True, text=True, timeout=60)
        assert checked.returncode == 0, checked.stderr
