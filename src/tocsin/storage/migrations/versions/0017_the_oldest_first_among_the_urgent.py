"""By what lists are ordered by urgency, the oldest first among equals"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    score, opened = sa.text("round(score) DESC"), sa.text("state = 'open'")
    op.create_index("ix_cases_urgent", "cases", ["level", score, "id"], sqlite_where=opened, postgresql_where=opened)
    op.create_index("ix_cases_all_urgent", "cases", [sa.text("(level || '')"), score, "id"])
