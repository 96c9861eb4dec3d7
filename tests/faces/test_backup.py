"""Backups: taken while a server writes, restored elsewhere, and the record proved there."""

import shutil
import threading
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.home import Home, Server
from tests.testing import Databases, client_tools
from tocsin.storage.database import Database

OUTAGE: dict[str, Any] = {"subject": "API is down", "users_affected": 5000}


def home_of(folder: Path, **settings: str) -> Home:
    folder.mkdir(exist_ok=True)
    return Home(folder, **settings)


def cases(home: Home) -> int:
    database = Database(f"sqlite:///{home.folder / 'tocsin' / 'tocsin.db'}")
    try:
        with database.reading() as tx:
            return int(tx.rows("SELECT count(*) FROM cases")[0][0])
    finally:
        database.close()


def test_a_backup_of_a_server_that_writes_is_the_record(tmp_path: Path) -> None:
    home = home_of(tmp_path / "one")
    token = home.succeed("init", "--json")["token"]
    copy, ended, opened = tmp_path / "copy.db", threading.Event(), []

    with Server(home) as server:

        def write() -> None:
            with httpx2.Client(base_url=server.url, headers={"authorization": f"Bearer {token}"}) as http:
                while not ended.is_set():
                    opened.append(http.post("/api/v1/cases", json=OUTAGE).status_code)

        thread = threading.Thread(target=write)
        thread.start()
        try:
            while len(opened) < 50:
                assert thread.is_alive()
                ended.wait(0.01)
            before = len(opened)
            said = home.succeed("backup", str(copy), "--json")
            after = len(opened)
        finally:
            ended.set()
            thread.join()
        refused = home.run("restore", str(copy), "--force")
        assert refused.code == 1
        assert server.url in refused.err
        assert server.terminate() == 0
    assert said == {"file": str(copy), "findings": 0, "proved": True}
    assert after > before, "the server went on writing"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("copy.db*")] == ["copy.db"]
    assert home.run("backup", str(copy)).code == 1, "a copy is not written over"

    key = (home.folder / "tocsin" / "secret_key").read_text().strip()
    elsewhere = home_of(tmp_path / "two", TOCSIN_SECRET_KEY=key)
    assert elsewhere.succeed("restore", str(copy), "--json")["proved"]
    assert elsewhere.succeed("audit", "verify", "--json")["findings"] == []
    assert before <= cases(elsewhere) <= len(opened)
    assert set(opened) == {201}
    with Server(elsewhere) as server:
        headers = {"authorization": f"Bearer {token}"}
        assert httpx2.post(f"{server.url}/api/v1/cases", json=OUTAGE, headers=headers).status_code == 201
        assert server.terminate() == 0

    held = cases(elsewhere)
    assert elsewhere.run("restore", str(copy)).code == 1, "nothing is replaced without --force"
    assert cases(elsewhere) == held
    elsewhere.succeed("restore", str(copy), "--force")
    assert cases(elsewhere) == held - 1


def test_a_copy_is_one_file_also_where_nothing_can_be_written(tmp_path: Path) -> None:
    home = home_of(tmp_path / "one")
    home.succeed("init", "--json")
    medium = tmp_path / "medium"
    medium.mkdir()
    copy = medium / "copy.db"
    home.succeed("backup", str(copy))
    assert copy.read_bytes()[18:20] == b"\1\1", "not in WAL mode, which needs companions"
    assert list(medium.iterdir()) == [copy]
    held = copy.read_bytes()
    copy.chmod(0o400)
    medium.chmod(0o500)
    assert home.succeed("restore", str(copy), "--force", "--json")["proved"]
    assert list(medium.iterdir()) == [copy]
    assert copy.read_bytes() == held


@pytest.mark.parametrize("content", [None, b"", b"no database", b"SQLite format 3\0" + b"x" * 5000])
def test_what_is_no_copy_is_refused_and_changes_nothing(tmp_path: Path, content: bytes | None) -> None:
    home = home_of(tmp_path / "one")
    home.succeed("init", "--json")
    copy = tmp_path / "copy.db"
    if content is not None:
        copy.write_bytes(content)
    refused = home.run("restore", str(copy), "--force")
    assert (refused.code, "Traceback" in refused.err) == (2, False), refused.err
    assert cases(home) == 0


@pytest.mark.parametrize("name", ["no/such/folder/b.db", "a-file/b.db", "b" * 300])
def test_a_name_that_cannot_be_a_file_is_the_mistake_of_whoever_gives_it(tmp_path: Path, name: str) -> None:
    home = home_of(tmp_path / "one")
    home.succeed("init", "--json")
    (tmp_path / "a-file").touch()
    refused = home.run("backup", str(tmp_path / name))
    assert (refused.code, "unavailable" in refused.err, "Traceback" in refused.err) == (2, False, False), refused.err
    assert "the copy cannot be written" in refused.err
    refused = home.run("restore", str(tmp_path / name))
    assert (refused.code, "there is no such file" in refused.err) == (2, True), refused.err


def test_a_copy_that_was_changed_is_found_out(tmp_path: Path) -> None:
    import sqlite3

    home = home_of(tmp_path / "one")
    home.succeed("init", "--json")
    home.succeed("case", "open", "API is down", "--json")
    copy = tmp_path / "copy.db"
    home.succeed("backup", str(copy))
    with sqlite3.connect(copy) as connection:
        connection.execute("UPDATE cases SET subject = 'never mind'")
    connection.close()
    before = cases(home)
    home.succeed("case", "open", "Reports are late", "--json")
    assert home.run("restore", str(copy), "--force").code == 1
    assert cases(home) == before + 1, "what there is stays until the copy is proved"


@pytest.mark.parametrize("secret", [None, "another secret of thirty-two characters"])
def test_without_the_key_nothing_is_put_back(tmp_path: Path, secret: str | None) -> None:
    home = home_of(tmp_path / "one")
    home.succeed("init", "--json")
    home.succeed("case", "open", "API is down", "--json")
    copy = tmp_path / "copy.db"
    home.succeed("backup", str(copy))
    elsewhere = home_of(tmp_path / "two", **({} if secret is None else {"TOCSIN_SECRET_KEY": secret}))
    assert elsewhere.run("restore", str(copy)).code in (1, 2)
    assert not (elsewhere.folder / "tocsin" / "tocsin.db").exists()


def test_under_another_key_nothing_runs(tmp_path: Path) -> None:
    home = home_of(tmp_path / "one")
    home.succeed("init", "--json")
    home.succeed("case", "open", "API is down", "--json")
    wrong = home_of(tmp_path / "one", TOCSIN_SECRET_KEY="another secret of thirty-two characters")
    for command in (["serve", "--port", "0"], ["case", "open", "Reports are late"], ["doctor"]):
        refused = wrong.run(*command)
        assert refused.code in (1, 2), command
        assert "another secret key" in refused.err + refused.out, command
    assert cases(home) == 1


@pytest.fixture
def tools(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client tools that came with the tests' own server, where it has any."""
    if databases.kind != "postgresql":
        pytest.skip("of PostgreSQL")
    if (client_tools() / "pg_dump").exists():
        monkeypatch.setenv("PATH", str(client_tools()), prepend=":")
    elif shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed")


@pytest.mark.usefixtures("tools")
def test_postgresql_by_its_own_tools(tmp_path: Path, databases: Databases) -> None:
    home = home_of(tmp_path / "one", TOCSIN_DATABASE_URL=databases.new())
    home.succeed("init", "--json")
    home.succeed("case", "open", "API is down", "--json")
    copy = tmp_path / "copy.dump"
    home.succeed("backup", str(copy))
    empty = databases.server.database("restored", empty=True)
    key = (home.folder / "tocsin" / "secret_key").read_text().strip()
    elsewhere = home_of(tmp_path / "two", TOCSIN_DATABASE_URL=empty, TOCSIN_SECRET_KEY=key)
    assert elsewhere.succeed("restore", str(copy), "--json")["proved"]
    assert elsewhere.run("restore", str(copy)).code == 1
    elsewhere.succeed("restore", str(copy), "--force")
    assert len(elsewhere.succeed("case", "list", "--json")["cases"]) == 1


def test_without_the_tools_it_says_so(tmp_path: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    if databases.kind != "postgresql":
        pytest.skip("of PostgreSQL")
    monkeypatch.setenv("PATH", "/nonexistent")
    home = home_of(tmp_path / "one", TOCSIN_DATABASE_URL=databases.new())
    refused = home.run("backup", str(tmp_path / "copy.dump"))
    assert refused.code == 2
    assert "pg_dump is not installed" in refused.err
