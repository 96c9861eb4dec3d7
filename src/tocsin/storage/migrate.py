"""Migrations: how a database gets the tables that this release works with."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tocsin.core.errors import Misconfigured
from tocsin.storage.database import Database


def config() -> Config:
    found = Config()
    found.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    found.set_main_option("path_separator", "os")
    return found


def head() -> str:
    """The newest revision that this release knows."""
    newest = ScriptDirectory.from_config(config()).get_current_head()
    assert newest is not None
    return newest


def current(database: Database) -> str | None:
    """The revision of the database; None for an empty one."""
    with database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database) -> None:
    """Bring the database to `head`, in one transaction."""
    if (path := database.path) is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    settings = config()
    with database.writer.connect() as connection, connection.begin():
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")


def require_current(database: Database) -> None:
    """Misconfigured where the database is not at the revision of this release."""
    found = current(database)
    if found != head():
        raise Misconfigured(
            f"the database is at revision {found or 'none'}, this release needs {head()}",
            expected="`tocsin migrate` (or `tocsin init` for a new database)",
        )
