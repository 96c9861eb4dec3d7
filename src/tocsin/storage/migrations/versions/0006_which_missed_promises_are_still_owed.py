"""Which missed promises are still to be kept"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OWED = "outcome = 'breached' AND done_at IS NULL AND cancelled_because IS NULL"


def upgrade() -> None:
    where = sa.text(_OWED)
    op.create_index("ix_clocks_owed", "clocks", ["case_id"], sqlite_where=where, postgresql_where=where)
