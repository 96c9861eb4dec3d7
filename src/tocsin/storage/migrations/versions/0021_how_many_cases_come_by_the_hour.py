"""How many cases of each product area came in, by the hour"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "hourly_arrivals",
        sa.Column("product_area", sa.Text(), nullable=False),
        sa.Column("hour", _NUMBER, nullable=False),
        sa.Column("amount", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("product_area", "hour", name=op.f("pk_hourly_arrivals")),
        sqlite_with_rowid=False,
    )
