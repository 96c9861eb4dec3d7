"""Databases that earlier releases filled, as they were left: what each migration is tried on.

`python -m tests.stories.older` writes one with the code as it is. Do so before the tables change: a file is named after
the revision of its database, and never made anew.
"""

import gzip
import tempfile
from pathlib import Path

from sqlalchemy import MetaData, insert

from tests.stories.crowd import Crowd
from tests.stories.process import PEOPLE, POLICY
from tests.testing import world
from tocsin.storage import backup, migrate
from tocsin.storage.database import Database

FOLDER = Path(__file__).parent
OPERATIONS = 300
_SEARCH = ("case_words", "account_words")  # of another kind on each database; made anew as a case is written


def fill() -> Path:
    """Many clients work on a fresh database of SQLite; the file in which it is kept."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "filled.db"
        database = Database(f"sqlite:///{path}")
        migrate.upgrade(database)
        kept = FOLDER / f"{migrate.current(database)}.db.gz".replace(" and ", "-")
        database.close()
        here = world(f"sqlite:///{path}", POLICY, people=PEOPLE)
        Crowd(here, 7).run(OPERATIONS)
        here.installation.close()
        whole = Database(f"sqlite:///{path}")
        backup.back_up(whole, Path(folder) / "whole.db", lambda done, total: None)
        whole.close()
        kept.write_bytes(gzip.compress((Path(folder) / "whole.db").read_bytes(), mtime=0))
    return kept


def unpack(kept: Path, path: Path) -> Database:
    """The file as it was left."""
    path.write_bytes(gzip.decompress(kept.read_bytes()))
    return Database(f"sqlite:///{path}")


def copy_into(source: Database, target: Database) -> None:
    """Every row of a database of SQLite into the empty tables of one of PostgreSQL at the same revision."""
    found = MetaData()
    with target.writer.connect() as there, there.begin(), source.reader.connect() as here:
        found.reflect(there)
        there.exec_driver_sql("SET session_replication_role = replica")  # rows in any order
        for table in found.sorted_tables:
            if table.name in (*_SEARCH, "alembic_version"):
                continue
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            rows = here.exec_driver_sql(f'SELECT {names} FROM "{table.name}"').mappings().all()
            if rows:
                there.execute(insert(table), [dict(row) for row in rows])
