"""What is read from file names and from one row is what Alembic would say."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tocsin.storage import migrate
from tocsin.storage.database import Database


def test_the_newest_revision() -> None:
    assert set(filter(None, migrate.head())) == set(ScriptDirectory.from_config(migrate.config()).get_heads())


def test_the_revision_of_a_database(database_url: str) -> None:
    database = Database(database_url)
    with database.reader.connect() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
    assert set(filter(None, migrate.current(database) or ())) == set(found)
    migrate.require_current(database)
    database.close()
