"""Views, what a user prefers, accounts in the index of words, and indexes of lists"""

import json

import sqlalchemy as sa
from alembic import op

from tocsin.storage.words import words_of

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_RUNS = sa.text("outcome IS NULL AND paused_at IS NULL")
_KNOWN = sa.text("account IS NOT NULL")


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
    op.create_index("ix_cases_account", "cases", ["account", "id"], sqlite_where=_KNOWN, postgresql_where=_KNOWN)
    op.create_index("ix_clocks_due", "clocks", ["due_at", "case_id"], sqlite_where=_RUNS, postgresql_where=_RUNS)
    _index_accounts()


def _index_accounts() -> None:
    """Accounts are found by name and id from now on: those that there are, too."""
    bound = op.get_bind()
    write = sa.text("INSERT OR REPLACE INTO case_words (rowid, words) VALUES (:chain, :words)")
    if bound.dialect.name == "postgresql":
        write = sa.text(
            "INSERT INTO case_words (case_id, words) VALUES (:chain, array_to_tsvector(string_to_array(:words, ' ', '')))"
            " ON CONFLICT (case_id) DO NOTHING"
        )
    last = -1
    while rows := bound.execute(
        sa.text("SELECT id, external_id, facts FROM accounts WHERE id > :last ORDER BY id LIMIT 1000"), {"last": last}
    ).all():
        last = rows[-1][0]
        texts = [(row[0], f"{json.loads(bytes(row[2])).get('name') or ''}\n{row[1]}") for row in rows]
        bound.execute(write, [{"chain": -account, "words": " ".join(words_of(text)) or "-"} for account, text in texts])
