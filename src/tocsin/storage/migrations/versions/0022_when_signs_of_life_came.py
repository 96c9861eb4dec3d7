"""When signs of life came"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("last_at", _NUMBER, nullable=False),
        sa.Column("missing_at", _NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("trigger", name=op.f("pk_heartbeats")),
    )
