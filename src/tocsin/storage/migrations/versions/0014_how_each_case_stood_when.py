"""How each case stood from when to when"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "case_spans",
        sa.Column("case_id", _NUMBER, nullable=False),
        sa.Column("began", _NUMBER, nullable=False),
        sa.Column("ended", _NUMBER, nullable=True),
        sa.Column("reach", _NUMBER, nullable=False),
        sa.Column("needs", _NUMBER, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("account", _NUMBER, nullable=True),
        sa.Column("product_area", sa.Text(), nullable=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("owner", _NUMBER, nullable=True),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_spans_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "began", name=op.f("pk_case_spans")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_case_spans_needs",
        "case_spans",
        ["reach", "began", "ended", "needs", "level", "case_id"],
        sqlite_where=sa.text("needs > 0"),
        postgresql_where=sa.text("needs > 0"),
    )
    op.create_index(
        "ix_cases_confidential",
        "cases",
        ["id"],
        sqlite_where=sa.text("confidential"),
        postgresql_where=sa.text("confidential"),
    )
