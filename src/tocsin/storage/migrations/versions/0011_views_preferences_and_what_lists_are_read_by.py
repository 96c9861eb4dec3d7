"""Views, what a user prefers, accounts in the index of words, and indexes of lists"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from tocsin.storage.words import words_of

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_WORDS = "account_words"


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for name in ("theme", "density", "default_view"):
        op.add_column("users", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("users", sa.Column("shortcuts", sa.Boolean(), nullable=True))
    op.create_table(
        "views",
        sa.Column("id", big, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("filter", sa.LargeBinary(), nullable=False),
        sa.Column("owner", big, nullable=False),
        sa.Column("shared", sa.Text(), nullable=True),
        sa.Column("place", big, nullable=False),
        sa.Column("created_at", big, nullable=False),
        sa.Column("ended_at", big, nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["users.id"], name=op.f("fk_views_owner_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_views")),
    )
    _index("ix_cases_account", "cases", ["account", "id"], "account IS NOT NULL")
    _index("ix_cases_urgency", "cases", ["level", sa.text("score DESC"), sa.text("id DESC")], "state = 'open'")
    _index("ix_cases_bands", "cases", ["level", sa.text("round(score) DESC"), sa.text("id DESC")], "state = 'open'")
    _index("ix_cases_severity", "cases", ["severity", "id"], "state = 'open'")
    _index("ix_cases_age", "cases", ["opened_at", "id"], "state = 'open'")
    _index("ix_cases_asking", "cases", ["id"], "triage_at IS NOT NULL OR requested_level IS NOT NULL")
    _index("ix_clocks_due", "clocks", ["due_at", "case_id"], "outcome IS NULL AND paused_at IS NULL")
    _index("ix_clocks_missed", "clocks", ["case_id"], "outcome = 'breached'")
    _find_accounts()


def _index(name: str, table: str, columns: list[Any], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _find_accounts() -> None:
    """Accounts are found by name and id from now on: those that there are, too."""
    bound = op.get_bind()
    if bound.dialect.name == "postgresql":
        op.execute(
            f"CREATE TABLE {_WORDS} (account_id BIGINT CONSTRAINT pk_{_WORDS} PRIMARY KEY, words TSVECTOR NOT NULL)"
        )
        op.execute(f"CREATE INDEX ix_{_WORDS}_words ON {_WORDS} USING gin (words)")
        values = "(account_id, words) VALUES (:id, array_to_tsvector(string_to_array(:words, ' ', '')))"
    else:
        op.execute(
            f"CREATE VIRTUAL TABLE {_WORDS} USING fts5"
            " (words, content='', contentless_delete=1, detail=none, tokenize='ascii')"
        )
        values = "(rowid, words) VALUES (:id, :words)"
    write, last = sa.text(f"INSERT INTO {_WORDS} {values}"), -1
    while rows := bound.execute(
        sa.text("SELECT id, external_id, facts FROM accounts WHERE id > :last ORDER BY id LIMIT 1000"), {"last": last}
    ).all():
        last = rows[-1][0]
        texts = {row[0]: f"{json.loads(bytes(row[2])).get('name') or ''}\n{row[1]}" for row in rows}
        bound.execute(write, [{"id": one, "words": " ".join(words_of(text)) or "-"} for one, text in texts.items()])
