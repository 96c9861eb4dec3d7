"""One process writes a file of SQLite: shown with real processes, one of them killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.home import Home, Server
from tocsin.core.errors import Unavailable
from tocsin.storage.lock import FileLock, Holder, holder_of

HOLD = """
import sys, time
from pathlib import Path
from tocsin.storage.lock import FileLock
lock = FileLock.take(Path(sys.argv[1]), "serve", url="http://127.0.0.1:8000")
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tocsin.db"


@pytest.fixture
def other(file: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(file)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_whoever_comes_second_is_told_where_the_first_can_be_asked(file: Path, other: subprocess.Popen[str]) -> None:
    assert holder_of(file) == Holder(other.pid, "serve", "http://127.0.0.1:8000")
    with pytest.raises(Unavailable, match=rf"`tocsin serve` \(process {other.pid}\).*TOCSIN_URL=http://127.0.0.1:8000"):
        FileLock.take(file, "case ack")


def test_another_name_of_the_file_is_the_same_file(file: Path, other: subprocess.Popen[str]) -> None:
    file.touch()
    alias = file.with_name("alias.db")
    alias.symlink_to(file)
    with pytest.raises(Unavailable):
        FileLock.take(alias, "case ack")


def test_the_lock_ends_with_its_holder_however_that_ends(file: Path, other: subprocess.Popen[str]) -> None:
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    assert holder_of(file) is None
    lock = FileLock.take(file, "case ack", patience=0)
    assert holder_of(file) == Holder(os.getpid(), "case ack")
    lock.release()
    assert holder_of(file) is None


def test_a_short_command_waits_for_another(file: Path) -> None:
    first = FileLock.take(file, "case ack")
    with pytest.raises(Unavailable, match="another try when it has ended"):
        FileLock.take(file, "case note", patience=0.1)
    first.release()
    FileLock.take(file, "case note", patience=0.1).release()


def test_a_server_keeps_others_from_writing_until_it_is_killed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.succeed("init", "--json")
    with Server(home) as server:
        for command in (("serve", "--port", "0"), ("token", "create", "x", "--role", "agent")):
            refused = home.run(*command)
            assert refused.code == 1
            assert f"TOCSIN_URL={server.url}" in refused.err
            assert "Traceback" not in refused.err
        work = home.run("work")
        assert (work.code, "tocsin serve" in work.err) == (2, True)
        assert home.succeed("user", "list", "--json")[0]["name"] == "admin"  # reading goes on
        server.kill()
    assert home.succeed("token", "create", "x", "--role", "agent", "--json")["role"] == "agent"
