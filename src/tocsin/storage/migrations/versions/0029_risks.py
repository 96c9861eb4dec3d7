"""How likely open cases are to escalate"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "risk_models",
        sa.Column("version", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("learnt_at", _NUMBER, nullable=False),
        sa.Column("cases", _NUMBER, nullable=False),
        sa.Column("escalated", _NUMBER, nullable=False),
        sa.Column("base", sa.Float(), nullable=False),
        sa.Column("weights", sa.Text(), nullable=False),
        sa.Column("known", sa.Text(), nullable=False),
        sa.Column("promised", sa.Float(), nullable=False),
        sa.Column("aim", sa.Float(), nullable=False),
        sa.Column("missed", _NUMBER, nullable=False),
        sa.Column("seen", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_risk_models")),
    )
    op.create_table(
        "risks",
        sa.Column("case_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
        sa.Column("model", _NUMBER, nullable=False),
        sa.Column("likelihood", sa.Float(), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("course", sa.Text(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("until", _NUMBER, nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_risks_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_risks")),
    )
    op.create_index("ix_risks_at", "risks", ["at"])
