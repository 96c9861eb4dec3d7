"""Until when a link is only provisional, and which clocks stand by it"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("cases", sa.Column("provisional_until", _NUMBER, nullable=True))
    op.add_column("cases", sa.Column("counted", sa.Text(), server_default=sa.text("''"), nullable=False))
