"""What became of each question of triage"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "triage_answers",
        sa.Column("case_id", _NUMBER, nullable=False),
        sa.Column("answered_at", _NUMBER, nullable=False),
        sa.Column("asks", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("otherwise", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("product_area", sa.Text(), nullable=True),
        sa.Column("corrected", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_triage_answers_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "answered_at", name=op.f("pk_triage_answers")),
    )
    op.create_index("ix_triage_answers_answered_at", "triage_answers", ["answered_at"])
