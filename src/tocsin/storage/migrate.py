"""Migrations: how a database gets the tables that this release works with.

They are of two kinds, so that servers of two releases can work side by side while one takes over from the other. What
only *adds* (files `0002_what.py`) comes before the new servers: the older ones do not see it. What *takes away*, or
tightens (files `post_0003_what.py`), comes once no older server is left. Each kind is a line of its own, and all files
share one run of numbers.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DatabaseError, OperationalError

from tocsin.core.errors import Misconfigured, Unavailable
from tocsin.core.wording import say, verbatim
from tocsin.storage.database import Database
from tocsin.storage.seam import is_no_database
from tocsin.storage.transaction import Tx

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).parent / "migrations"
_VERSION = "alembic_version"
_OURS = {_VERSION, "nodes", "revisions"}
_SHOWN = 5
_POST = "post_"
_ROWS = "SELECT version_num FROM alembic_version"

Phase = Literal["pre", "post"]


class Revision(NamedTuple):
    """How far a database is: the newest step of each kind that was carried out, by its id."""

    pre: str
    post: str | None = None

    def __str__(self) -> str:
        return self.pre if self.post is None else f"{self.pre} and {self.post}"


def config() -> "Config":
    # Alembic takes nearly a second to import, and only an upgrade needs it.
    from alembic.config import Config

    found = Config()
    found.set_main_option("script_location", str(_FOLDER))
    found.set_main_option("path_separator", "os")
    return found


def head() -> Revision:
    """The newest steps that this release knows."""
    names = [path.name for path in (_FOLDER / "versions").glob("*_*.py") if path.name != "__init__.py"]
    pre = max(name.partition("_")[0] for name in names if name[0].isdigit())
    post = [_POST + name.removeprefix(_POST).partition("_")[0] for name in names if name.startswith(_POST)]
    return Revision(pre, max(post, default=None))


def current(database: Database) -> Revision | None:
    """How far the database is; None for an empty one. Unavailable where it does not answer, Misconfigured where it
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
            return _of_rows(connection.exec_driver_sql(_ROWS).scalars().all())
    except OperationalError as error:
        raise Unavailable(
            say("the database does not answer: {splitlines}", splitlines=str(error.orig).strip().splitlines()[0]),
            place=database.shown,
            expected=say("a running database at TOCSIN_DATABASE_URL"),
        ) from None
    except DatabaseError as error:
        if not is_no_database(error):
            raise
        raise Misconfigured(
            say("this file is not a database"),
            place=str(database.path),
            expected=say("a file that `tocsin init` made, or TOCSIN_DATABASE_URL to name another place"),
        ) from None


def _another_programs(database: Database, tables: set[str]) -> Misconfigured:
    some = ", ".join(sorted(tables)[:_SHOWN]) + (", ..." if len(tables) > _SHOWN else "")
    return Misconfigured(
        say("here are tables of another program: {some}", some=some),
        place=database.shown,
        expected=say("an empty database, or none yet, at TOCSIN_DATABASE_URL"),
    )


def found(tx: Tx) -> Revision | None:
    """How far this database is, without any of the questions whether it is one of ours."""
    return _of_rows([row[0] for row in tx.rows(_ROWS)])


def _of_rows(versions: Sequence[str]) -> Revision | None:
    pre = [one for one in versions if not one.startswith(_POST)]
    post = [one for one in versions if one.startswith(_POST)]
    return Revision(pre[0], post[0] if post else None) if pre else None


def upgrade(database: Database, *, pre_only: bool = False) -> None:
    """Carry out the steps that are missing, in one transaction. `pre_only`: those beside which servers of the release
    before can work."""
    from alembic import command

    if (path := database.path) is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    settings = config()
    phases: tuple[Phase, ...] = ("pre",) if pre_only or head().post is None else ("pre", "post")
    with database.writer.connect() as connection, _tables_apart(database, connection), connection.begin():
        settings.attributes["connection"] = connection
        for phase in phases:
            command.upgrade(settings, f"{phase}@head")
        if database.dialect == "sqlite" and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
            raise RuntimeError(f"a row of {lost[0]} names one of {lost[2]} that there is not")


@contextmanager
def _tables_apart(database: Database, connection: Connection) -> Iterator[None]:
    """SQLite changes a column by making the table anew, which rows of other tables that name its rows would forbid. It
    can be told so only outside of a transaction."""
    if database.dialect != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def unfit(found: Revision) -> str | None:
    """Why this release cannot work with a database that is so far; None where it can. Steps of a later release that
    only add do no harm, and steps of this one that take away may come later."""
    wanted = head()
    if found.pre < wanted.pre:
        return f"the database is at revision {found}, this release needs {wanted}"
    if found.post is not None and found.post > (wanted.post or ""):
        return f"the database is at revision {found}, which is of a later release than this one ({wanted})"
    return None


def require_current(database: Database) -> None:
    """Misconfigured where this release cannot work with the database."""
    found = current(database)
    if found is None:
        raise Misconfigured(
            say("there is no Tocsin database here yet"),
            place=database.shown,
            expected=say("`tocsin init`, or TOCSIN_DATABASE_URL to name one"),
        )
    if (why := unfit(found)) is not None:
        later = found.pre >= head().pre
        raise Misconfigured(
            verbatim(why), place=database.shown, expected=say("that release") if later else say("`tocsin migrate`")
        )
