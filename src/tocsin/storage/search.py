"""Full-text search: which cases, and which accounts, hold these words. FTS5 on SQLite, a tsvector under a GIN index on
PostgreSQL.

Both keep the same words, cut by `words.py` and not by the database, so that one search finds the same on either. They
keep no text: what was erased is not to be read here either. Rows are written in the transaction of what they are about.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, MetaData, event

from tocsin.core import texts
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.storage.schema import metadata
from tocsin.storage.transaction import Tx
from tocsin.storage.words import MOST_CHARACTERS, WantedWord, count, wanted, words_of

Table = Literal["case_words", "account_words"]
CASES: Table = "case_words"
ACCOUNTS: Table = "account_words"
MOST_WORDS = 12
_COLUMN: dict[Table, str] = {CASES: "case_id", ACCOUNTS: "account_id"}  # of PostgreSQL


def _created(table: Table, dialect: str) -> tuple[str, ...]:
    if dialect == "sqlite":
        return (
            f"CREATE VIRTUAL TABLE {table} USING fts5"
            " (words, content='', contentless_delete=1, detail=none, tokenize='ascii')",
        )
    return (
        f"CREATE TABLE {table} ({_COLUMN[table]} BIGINT CONSTRAINT pk_{table} PRIMARY KEY, words TSVECTOR NOT NULL)",
        f"CREATE INDEX ix_{table}_words ON {table} USING gin (words)",
    )


@event.listens_for(metadata, "after_create")
def _create(_: MetaData, connection: Connection, **__: Any) -> None:
    for table in _COLUMN:
        for statement in _created(table, connection.dialect.name):
            connection.exec_driver_sql(statement)


def put(tx: Tx, rows: Sequence[tuple[int, str]], table: Table = CASES) -> None:
    """What has these ids is found by the words of these texts from now on, and by no others."""
    column = _column(tx, table)
    if tx.dialect == "sqlite":
        tx.run_many(
            f"INSERT OR REPLACE INTO {table} (rowid, words) VALUES (?, ?)",
            [(one, _for_sqlite(text)) for one, text in rows],
        )
    elif rows:
        tx.run(
            f"INSERT INTO {table} ({column}, words) SELECT found.id, array_to_tsvector(string_to_array(found.words,"
            " ' ', '')) FROM unnest(?::bigint[], ?::text[]) AS found (id, words)"
            f" ON CONFLICT ({column}) DO UPDATE SET words = excluded.words",
            ([one for one, _ in rows], [" ".join(words_of(text)) or "-" for _, text in rows]),
        )


def _for_sqlite(text: str) -> str:
    """Its tokenizer cuts plain ASCII just as `words_of` does, and in a fraction of the time."""
    return text[:MOST_CHARACTERS] if text.isascii() else " ".join(words_of(text))


def forget(tx: Tx, chain: int) -> None:
    """The case, or the account, that has this chain is found by no word any more."""
    table = CASES if chain > 0 else ACCOUNTS
    tx.run(f"DELETE FROM {table} WHERE {_column(tx, table)} = ?", (abs(chain),))


def condition(tx: Tx, query: str) -> tuple[str, str]:
    """A condition on the column `cases.id`, with its one parameter: cases that hold every word of the query, the last
    of them perhaps only begun. What has signs alone, other than emoji, finds nothing. InvalidInput for an empty query,
    or one of too many words."""
    text = _query(tx, query)
    if text is None:
        return "CAST(? AS TEXT) IS NULL", query
    return f"cases.id IN (SELECT {_column(tx, CASES)} FROM {CASES} WHERE {_holds(tx, CASES)})", text


class Matching(NamedTuple):
    """How a statement joins what holds the words of a query, newest first, and stops where it has enough: its table,
    the column with the id, the condition, and the parameter of that."""

    table: str
    id: str
    condition: str
    parameter: str


def matching(tx: Tx, query: str, table: Table = CASES) -> Matching | None:
    """As `condition`; None where no word is asked for."""
    text = _query(tx, query)
    return None if text is None else Matching(table, f"{table}.{_column(tx, table)}", _holds(tx, table), text)


def joined(tx: Tx) -> str:
    """How two tables are joined so that the first is walked along, in its order, and the second looked up."""
    return "CROSS JOIN" if tx.dialect == "sqlite" else "JOIN"


def _column(tx: Tx, table: Table) -> str:
    return "rowid" if tx.dialect == "sqlite" else _COLUMN[table]


def _holds(tx: Tx, table: Table) -> str:
    """The condition for a query, its one parameter."""
    return f"{table} MATCH ?" if tx.dialect == "sqlite" else f"{table}.words @@ CAST(? AS tsquery)"


def _query(tx: Tx, query: str) -> str | None:
    words = _wanted(query)
    if not words:
        return None
    if tx.dialect == "sqlite":
        return " AND ".join(f'"{each.word}"' + "*" * each.begins for each in words)
    return " & ".join(f"'{each.word}'" + ":*" * each.begins for each in words)


@lru_cache(maxsize=64)
def _wanted(query: str) -> tuple[WantedWord, ...]:
    found = count(query)
    if found > MOST_WORDS or texts.blank(query):
        raise InvalidInput(
            say("a search for {found} words", found=found),
            place="q",
            expected=say("1 to {most_words} words of letters, digits and emoji", most_words=MOST_WORDS),
        )
    return wanted(query)
