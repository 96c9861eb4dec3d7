"""What cases are compared by, and which were offered as parents"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0022"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "case_prints",
        sa.Column("case_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("print", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_prints_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_prints")),
    )
    op.create_table(
        "case_print_buckets",
        sa.Column("bucket", _NUMBER, nullable=False),
        sa.Column("case_id", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_print_buckets_case_id_cases")),
        sa.PrimaryKeyConstraint("bucket", "case_id", name=op.f("pk_case_print_buckets")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_print_buckets_case", "case_print_buckets", ["case_id"])
    op.create_table(
        "parent_offers",
        sa.Column("case_id", _NUMBER, nullable=False),
        sa.Column("parent", _NUMBER, nullable=False),
        sa.Column("offered_at", _NUMBER, nullable=False),
        sa.Column("likelihood", sa.Float(), nullable=False),
        sa.Column("likeness", sa.LargeBinary(), nullable=False),
        sa.Column("policy_version", _NUMBER, nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", _NUMBER, nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_parent_offers_case_id_cases")),
        sa.ForeignKeyConstraint(["parent"], ["cases.id"], name=op.f("fk_parent_offers_parent_cases")),
        sa.PrimaryKeyConstraint("case_id", "parent", name=op.f("pk_parent_offers")),
        sqlite_with_rowid=False,
    )
    waiting = sa.text("answer IS NULL")
    op.create_index(
        "ix_parent_offers_parent", "parent_offers", ["parent"], sqlite_where=waiting, postgresql_where=waiting
    )
