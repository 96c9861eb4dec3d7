"""A database that an earlier release filled is taken over whole, and servers of two releases can work side by side."""

from pathlib import Path
from shutil import copytree

import pytest
import sqlalchemy as sa
from alembic import command

from tests.home import Home
from tests.stories import older
from tests.testing import SECRET, Databases
from tocsin.core.errors import Misconfigured
from tocsin.storage import migrate
from tocsin.storage.database import Database

KEPT = sorted(older.FOLDER.glob("*.db.gz"))


@pytest.fixture(params=KEPT, ids=lambda path: path.name.removesuffix(".db.gz"))
def filled(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Database:
    """A database as a release left it."""
    left = older.unpack(request.param, tmp_path / "left.db")
    if databases.kind == "sqlite":
        return left
    found = migrate.current(left)
    assert found is not None
    database = Database(databases.server.database("left", empty=True))
    _upgrade(database, found.pre)
    older.copy_into(left, database)
    left.close()
    return database


def test_it_keeps_every_case_and_its_record_is_proved(filled: Database, tmp_path: Path) -> None:
    url, before = str(filled.url.render_as_string(hide_password=False)), _cases(filled)
    filled.close()
    home = Home(tmp_path, TOCSIN_DATABASE_URL=url, TOCSIN_SECRET_KEY=SECRET)
    home.succeed("migrate")
    assert "already" in home.succeed("migrate")
    assert home.succeed("audit", "verify", "--json")["findings"] == []
    [engine] = home.succeed("audit", "replay", "--json")["engines"]
    assert engine["different"] == engine["erased"] == 0
    assert engine["equal"] > 30
    assert len(home.succeed("case", "list", "--limit", "200", "--json")["cases"]) > 20
    database = Database(url)
    assert _cases(database) == before
    database.close()


def _cases(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as tx:
        return [tuple(row) for row in tx.rows("SELECT id, number, subject, state, level, owner FROM cases ORDER BY id")]


def _upgrade(database: Database, revision: str) -> None:
    settings = migrate.config()
    with database.writer.connect() as connection, connection.begin():
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)


ADDS = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9001", "{down}", None, None
def upgrade():
    op.add_column("users", sa.Column("nickname", sa.Text()))
"""
TAKES_AWAY = """
from alembic import op
revision, down_revision, branch_labels, depends_on = "post_9002", {down!r}, {labels}, None
def upgrade():
    with op.batch_alter_table("users") as batch:
        batch.alter_column("nickname", nullable=False, server_default="")
"""


@pytest.fixture
def next_release(tmp_path: Path) -> Path:
    """The migrations of a release that knows two more steps."""
    head, folder = migrate.head(), tmp_path / "migrations"
    copytree(migrate._FOLDER, folder)
    (folder / "versions" / "9001_adds.py").write_text(ADDS.format(down=head.pre))
    labels = ("post",) if head.post is None else None
    (folder / "versions" / "post_9002_takes_away.py").write_text(TAKES_AWAY.format(down=head.post, labels=labels))
    return folder


def test_servers_of_two_releases_work_side_by_side_until_the_last_step(
    database_url: str, next_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(database_url)
    with monkeypatch.context() as newer:
        newer.setattr(migrate, "_FOLDER", next_release)
        with pytest.raises(Misconfigured, match="needs 9001"):
            migrate.require_current(database)
        migrate.upgrade(database, pre_only=True)
        migrate.require_current(database)
    migrate.require_current(database)  # the release before works on
    with monkeypatch.context() as newer:
        newer.setattr(migrate, "_FOLDER", next_release)
        migrate.upgrade(database)
        assert str(migrate.current(database)) == "9001 and post_9002"
        migrate.require_current(database)
    with pytest.raises(Misconfigured, match="later release") as refused:
        migrate.require_current(database)
    assert refused.value.expected == "that release"
    database.close()


def test_steps_before_the_new_servers_only_add(databases: Databases, tmp_path: Path) -> None:
    """Whatever the release before writes is still taken: no column of its tables goes or becomes another, and each new
    one there may be left out."""
    database = Database(f"sqlite:///{tmp_path / 'adding.db'}" if databases.kind == "sqlite" else databases.new())
    if databases.kind == "postgresql":
        database.close()
        database = Database(databases.server.database("adding", empty=True))
    steps = sorted(path.name.partition("_")[0] for path in (migrate._FOLDER / "versions").glob("[0-9]*.py"))
    _upgrade(database, steps[0])
    before = _columns(database)
    for step in steps[1:]:
        _upgrade(database, step)
        after = _columns(database)
        for table, columns in before.items():
            for name, (kind, optional) in columns.items():
                assert after[table][name] in ((kind, optional), (kind, True)), (step, table, name)
            for name in after[table].keys() - columns.keys():
                assert after[table][name][1], f"step {step}: {table}.{name} takes neither null nor a default"
        before = after
    database.close()


def _columns(database: Database) -> dict[str, dict[str, tuple[str, bool]]]:
    """By table and column: its type, and whether it may be left out."""
    with database.reader.connect() as connection:
        inspector = sa.inspect(connection)
        return {
            table: {
                column["name"]: (str(column["type"]), column["nullable"] or column["default"] is not None)
                for column in inspector.get_columns(table)
            }
            for table in inspector.get_table_names()
            if not table.startswith(("case_words", "account_words"))
        }
