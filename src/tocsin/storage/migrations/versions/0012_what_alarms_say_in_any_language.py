"""What an alarm says, to be worded for each reader"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alarms", sa.Column("words", sa.LargeBinary(), nullable=True))
