"""What one request did to many cases, so that it can be undone"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "bulks",
        sa.Column("id", big, autoincrement=False, nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("done_at", big, nullable=False),
        sa.Column("cases", sa.LargeBinary(), nullable=False),
        sa.Column("undone_at", big, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulks")),
    )
