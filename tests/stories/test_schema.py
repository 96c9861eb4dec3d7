"""The migrations make exactly the tables that the code declares, on both databases."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tests.testing import Databases
from tocsin import tables
from tocsin.storage.database import Database

# Tables of search are of another kind on each database, which the other test compares.
OPTIONS = {
    "compare_type": True,
    "compare_server_default": True,
    "include_name": lambda name, kind, _: not (kind == "table" and name.startswith(("case_words", "account_words"))),
}
SQLITE = (
    "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name != 'alembic_version'"
)
POSTGRESQL = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
    " WHERE table_schema = 'public'",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "sequences": "SELECT sequencename, data_type::text, start_value FROM pg_sequences WHERE schemaname = 'public'",
}


def described(database: Database) -> dict[str, set[Any]]:
    """The database's own description of its tables, columns in no order, white space folded."""
    with database.reading() as tx:
        if database.dialect == "sqlite":
            rows = tx.rows(SQLITE)
            return {"all": {(kind, name, table, folded(sql)) for kind, name, table, sql in rows}}
        found = {what: set(tx.rows(query)) for what, query in POSTGRESQL.items()}
        return {what: {row for row in rows if "alembic_version" not in str(row)} for what, rows in found.items()}


def folded(sql: str | None) -> tuple[str, ...]:
    """The parts of a statement in no order: batches of migrations write constraints in another one."""
    text = " ".join((sql or "").replace('"', "").split())
    head, _, rest = text.partition("(")
    return (head.strip(), *sorted(part.strip(" ()") for part in rest.split(", ")))


@pytest.fixture
def declared(databases: Databases, tmp_path: Any) -> Database:
    """A database made from the tables themselves, without migrations."""
    if databases.kind == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'declared.db'}")
    else:
        database = Database(databases.server.database("declared", empty=True))
    with database.writer.connect() as connection, connection.begin():
        tables.metadata.create_all(connection)
    return database


def test_the_database_describes_both_the_same(database_url: str, declared: Database) -> None:
    migrated = Database(database_url)
    one, other = described(migrated), described(declared)
    assert set(one) == set(other)
    for what, rows in one.items():
        assert rows == other[what], what
    migrated.close()
    declared.close()


def test_alembic_finds_nothing_to_do(database_url: str) -> None:
    database = Database(database_url)
    with database.writer.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        assert compare_metadata(context, tables.metadata) == []
    database.close()
