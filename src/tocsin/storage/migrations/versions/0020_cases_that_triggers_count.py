"""Cases that triggers of the policy count"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "trigger_hits",
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
        sa.Column("case_id", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_trigger_hits_case_id_cases")),
        sa.PrimaryKeyConstraint("trigger", "counted", "at", "case_id", name=op.f("pk_trigger_hits")),
        sqlite_with_rowid=False,
    )
