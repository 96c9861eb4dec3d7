"""What is read from file names and from one row is what Alembic would say."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tocsin.storage import migrate
from tocsin.storage.database import Database


def test_the_newest_revision() -> None:
    assert migrate.head() == ScriptDirectory.from_config(migrate.config()).get_current_head()


def test_the_revision_of_a_database(database_url: str) -> None:
    database = Database(database_url)
    with database.reader.connect() as connection:
        assert migrate.current(database) == MigrationContext.configure(connection).get_current_revision()
    migrate.require_current(database)
    database.close()
