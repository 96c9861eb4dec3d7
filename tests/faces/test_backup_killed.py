"""A backup or a restore is killed at some point: no half file has a name that counts, and the next run clears away what
was left, though never what another process is just writing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.home import Home
from tocsin.storage import partial
from tocsin.storage.database import Database

# Kills its own process, for good, where the nth call of a function comes.
_KILLED = """
import os, signal, sys
from tocsin.storage import backup, partial
module, name = {place!r}.split(".")
module = {{"backup": backup, "partial": partial, "os": os}}[module]
inner, calls = getattr(module, name), [0]
def die(*arguments, **more):
    calls[0] += 1
    if calls[0] == {call}:
        os.kill(os.getpid(), signal.SIGKILL)
    return inner(*arguments, **more)
setattr(module, name, die)
from tocsin.cli import main
sys.argv = ["tocsin", *{arguments!r}]
main()
"""
BACKUP = [("backup._copy", 1), ("backup._sync", 1), ("os.link", 1), ("partial.remove", 1), ("partial.keep", 1)]
RESTORE = [("backup.check", 2), ("backup._sync", 1), ("backup._finish", 1), ("os.replace", 1), ("partial.keep", 1)]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.succeed("init")
    home.succeed("case", "open", "The first")
    return home


def killed(home: Home, place: str, call: int, *arguments: str) -> None:
    program = _KILLED.format(place=place, call=call, arguments=list(arguments))
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=home.environment,
        cwd=home.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr


def left(folder: Path) -> set[str]:
    return {name for name in os.listdir(folder) if "partial" in name}


def subjects(file: Path) -> list[str]:
    database = Database(f"sqlite:///{file}")
    with database.reading() as tx:
        found = [row[0] for row in tx.rows("SELECT subject FROM cases ORDER BY id")]
    database.close()
    return found


@pytest.mark.parametrize(("place", "call"), BACKUP)
def test_a_backup_that_is_killed_leaves_no_half_file(home: Home, place: str, call: int) -> None:
    folder = home.folder / "copies"
    folder.mkdir()
    killed(home, place, call, "backup", str(folder / "one.db"))
    if (folder / "one.db").exists():  # it had its name already, and so was complete
        assert subjects(folder / "one.db") == ["The first"]
    assert home.succeed("backup", str(folder / "two.db"), "--json")["proved"] is True
    assert left(folder) == set()
    assert subjects(folder / "two.db") == ["The first"]


def test_a_backup_that_is_killed_in_the_midst_of_its_pages(home: Home) -> None:
    folder = home.folder / "copies"
    folder.mkdir()
    program = """
import os, signal, sys
from tocsin.storage import backup
backup._PAGES = 1
inner = backup.back_up
def dying(database, target, progress):
    inner(database, target, lambda done, total: os.kill(os.getpid(), signal.SIGKILL) if done > 20 else None)
backup.back_up = dying
from tocsin.cli import main
sys.argv = ["tocsin", "backup", "one.db"]
main()
"""
    done = subprocess.run([sys.executable, "-c", program], env=home.environment, cwd=folder, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (folder / "one.db").exists()
    assert left(folder)
    assert home.succeed("backup", str(folder / "one.db"), "--json")["proved"] is True
    assert left(folder) == set()


@pytest.mark.parametrize(("place", "call"), RESTORE)
def test_a_restore_that_is_killed_leaves_the_old_database_or_the_new(home: Home, place: str, call: int) -> None:
    copy, path = home.folder / "copy.db", home.folder / "tocsin" / "tocsin.db"
    home.succeed("backup", str(copy))
    home.succeed("case", "open", "The second")
    killed(home, place, call, "restore", str(copy), "--force")
    assert subjects(path) == (["The first"] if place == "partial.keep" else ["The first", "The second"])
    assert home.succeed("audit", "verify", "--json")["ok"] is True
    assert home.succeed("restore", str(copy), "--force", "--json")["proved"] is True
    assert subjects(path) == ["The first"]
    assert left(path.parent) == set()


def test_a_restore_that_is_killed_where_there_was_no_database(home: Home) -> None:
    copy, path = home.folder / "copy.db", home.folder / "tocsin" / "tocsin.db"
    home.succeed("backup", str(copy))
    for file in path.parent.glob("tocsin.db*"):
        file.unlink()
    killed(home, "os.replace", 1, "restore", str(copy))
    assert not path.exists()
    assert home.succeed("restore", str(copy), "--json")["proved"] is True
    assert left(path.parent) == set()


def test_what_another_process_is_writing_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.partial").touch()
    (tmp_path / f"other.db.{'0' * 16}.tocsin-partial").touch()  # whose process has died
    with partial.written(tmp_path / "one.db") as first:
        assert not (tmp_path / f"other.db.{'0' * 16}.tocsin-partial").exists()
        with partial.written(tmp_path / "one.db") as second:
            assert first.exists()
            assert second.exists()
        assert first.exists()
        assert not second.exists()
        assert partial.clear(tmp_path) == 0
    assert os.listdir(tmp_path) == ["mine.partial"]
