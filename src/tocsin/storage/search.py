"""Full-text search: which cases, and which things that are administered, hold these words. FTS5 on SQLite, a tsvector
under a GIN index on PostgreSQL. What is found goes by its chain: the id of a case, the negated id of a thing.

Both keep the same words, cut by `words.py` and not by the database, so that one search finds the same on either. They
keep no text: what was erased is not to be read here either. Rows are written in the transaction of what they are about.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, MetaData, event

from tocsin.core import texts
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.storage.schema import metadata
from tocsin.storage.transaction import Tx
from tocsin.storage.words import MOST_CHARACTERS, WantedWord, count, wanted, words_of

TABLE = "case_words"
MOST_WORDS = 12
_SQLITE = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5 (words, content='', contentless_delete=1, detail=none, tokenize='ascii')"
)
_POSTGRESQL = (
    f"CREATE TABLE {TABLE} (case_id BIGINT CONSTRAINT pk_{TABLE} PRIMARY KEY, words TSVECTOR NOT NULL)",
    f"CREATE INDEX ix_{TABLE}_words ON {TABLE} USING gin (words)",
)


@event.listens_for(metadata, "after_create")
def _create(_: MetaData, connection: Connection, **__: Any) -> None:
    for statement in _POSTGRESQL if connection.dialect.name == "postgresql" else (_SQLITE,):
        connection.exec_driver_sql(statement)


def put(tx: Tx, rows: Sequence[tuple[int, str]]) -> None:
    """What has these chains is found by the words of these texts from now on, and by no others."""
    if tx.dialect == "sqlite":
        tx.run_many(
            f"INSERT OR REPLACE INTO {TABLE} (rowid, words) VALUES (?, ?)",
            [(case, _for_sqlite(text)) for case, text in rows],
        )
    elif rows:
        tx.run(
            f"INSERT INTO {TABLE} (case_id, words) SELECT found.case_id, array_to_tsvector(string_to_array(found.words,"
            " ' ', '')) FROM unnest(?::bigint[], ?::text[]) AS found (case_id, words)"
            " ON CONFLICT (case_id) DO UPDATE SET words = excluded.words",
            ([case for case, _ in rows], [" ".join(words_of(text)) or "-" for _, text in rows]),
        )


def _for_sqlite(text: str) -> str:
    """Its tokenizer cuts plain ASCII just as `words_of` does, and in a fraction of the time."""
    return text[:MOST_CHARACTERS] if text.isascii() else " ".join(words_of(text))


def forget(tx: Tx, chain: int) -> None:
    """What has this chain is found by no word any more."""
    column = "rowid" if tx.dialect == "sqlite" else "case_id"
    tx.run(f"DELETE FROM {TABLE} WHERE {column} = ?", (chain,))


def condition(tx: Tx, query: str) -> tuple[str, str]:
    """A condition on the column `cases.id`, with its one parameter: cases that hold every word of the query, the last
    of them perhaps only begun. What has signs alone, other than emoji, finds nothing. InvalidInput for an empty query,
    or one of too many words."""
    text = _query(tx, query)
    if text is None:
        return "CAST(? AS TEXT) IS NULL", query
    column, holds = _columns(tx)
    return f"cases.id IN (SELECT {column} FROM {TABLE} WHERE {holds})", text


class Matching(NamedTuple):
    """How a statement joins what holds the words of a query, newest first, and stops where it has enough: its table,
    the column with the chain, the condition, and the parameter of that."""

    table: str
    chain: str
    condition: str
    parameter: str


def matching(tx: Tx, query: str) -> Matching | None:
    """As `condition`; None where no word is asked for."""
    text = _query(tx, query)
    if text is None:
        return None
    column, holds = _columns(tx)
    return Matching(TABLE, f"{TABLE}.{column}", holds, text)


def _columns(tx: Tx) -> tuple[str, str]:
    """The column with the chain, and the condition for a query."""
    return ("rowid", f"{TABLE} MATCH ?") if tx.dialect == "sqlite" else ("case_id", "words @@ CAST(? AS tsquery)")


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
    return tuple(wanted(query))
