"""Call-ins, followers of a case, and the bridge where those who work on it talk"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("cases", sa.Column("bridge", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("followers", sa.Text(), server_default=sa.text("''"), nullable=False))
    followed = sa.text("followers <> ''")
    op.create_index("ix_cases_followed", "cases", ["id"], sqlite_where=followed, postgresql_where=followed)
    op.create_table(
        "calls",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("case_id", _NUMBER, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("caller", _NUMBER, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("started_at", _NUMBER, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rounds", _NUMBER, nullable=False),
        sa.Column("next_at", _NUMBER, nullable=True),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("declined", sa.Text(), nullable=False),
        sa.Column("answered_by", _NUMBER, nullable=True),
        sa.Column("ended_at", _NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_calls_case_id_cases")),
        sa.ForeignKeyConstraint(["caller"], ["users.id"], name=op.f("fk_calls_caller_users")),
        sa.ForeignKeyConstraint(["answered_by"], ["users.id"], name=op.f("fk_calls_answered_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_case", "calls", ["case_id"])
    op.add_column("notifications", sa.Column("call", _NUMBER, nullable=True))
    called = sa.text("call IS NOT NULL")
    columns = ["call", "pass", "user_id", "destination"]
    op.create_index(
        "ix_notifications_call", "notifications", columns, unique=True, sqlite_where=called, postgresql_where=called
    )
