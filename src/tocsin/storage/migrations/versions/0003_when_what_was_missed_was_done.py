"""When what a clock waits for was done after it had run out"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clocks", sa.Column("done_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
