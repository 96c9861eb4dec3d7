"""Migrations: how a database gets the tables that this release works with."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect
from sqlalchemy.exc import DatabaseError, OperationalError

from tocsin.core.errors import Misconfigured, Unavailable
from tocsin.storage.database import Database
from tocsin.storage.seam import is_no_database

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).parent / "migrations"
_VERSION = "alembic_version"
_OURS = {_VERSION, "nodes", "revisions"}
_SHOWN = 5


def config() -> "Config":
    # Alembic takes nearly a second to import, and only an upgrade needs it.
    from alembic.config import Config

    found = Config()
    found.set_main_option("script_location", str(_FOLDER))
    found.set_main_option("path_separator", "os")
    return found


def head() -> str:
    """The newest revision that this release knows: files are named `<revision>_<what it does>.py`, in order."""
    return max(path.name for path in (_FOLDER / "versions").glob("[0-9]*.py")).partition("_")[0]


def current(database: Database) -> str | None:
    """The revision of the database; None for an empty one. Unavailable where it does not answer, Misconfigured where it
    is another program's, or none."""
    if database.path is not None and not database.path.exists():
        return None
    try:
        with database.reader.connect() as connection:
            tables = set(inspect(connection).get_table_names())
            if not tables:
                return None
            if not tables >= _OURS:
                raise _another_programs(database, tables - {_VERSION})
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            return None if found is None else str(found)
    except OperationalError as error:
        raise Unavailable(
            f"the database does not answer: {str(error.orig).strip().splitlines()[0]}",
            place=database.shown,
            expected="a running database at TOCSIN_DATABASE_URL",
        ) from None
    except DatabaseError as error:
        if not is_no_database(error):
            raise
        raise Misconfigured(
            "this file is not a database",
            place=str(database.path),
            expected="a file that `tocsin init` made, or TOCSIN_DATABASE_URL to name another place",
        ) from None


def _another_programs(database: Database, tables: set[str]) -> Misconfigured:
    some = ", ".join(sorted(tables)[:_SHOWN]) + (", ..." if len(tables) > _SHOWN else "")
    return Misconfigured(
        f"here are tables of another program: {some}",
        place=database.shown,
        expected="an empty database, or none yet, at TOCSIN_DATABASE_URL",
    )


def upgrade(database: Database) -> None:
    """Bring the database to `head`, in one transaction."""
    from alembic import command

    if (path := database.path) is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    settings = config()
    with database.writer.connect() as connection, connection.begin():
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")


def require_current(database: Database) -> None:
    """Misconfigured where the database is not at the revision of this release."""
    found = current(database)
    if found is None:
        raise Misconfigured(
            "there is no Tocsin database here yet",
            place=database.shown,
            expected="`tocsin init`, or TOCSIN_DATABASE_URL to name one",
        )
    if found != head():
        raise Misconfigured(
            f"the database is at revision {found}, this release needs {head()}",
            place=database.shown,
            expected="`tocsin migrate`",
        )
