"""When people were told that a case goes back and forth"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("flapped_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
