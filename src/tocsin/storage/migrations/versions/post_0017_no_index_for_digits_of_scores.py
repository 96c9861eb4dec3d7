"""Lists are ordered by the score as everybody sees it: no index by its digits is needed any more"""

from alembic import op

revision = "post_0017"
down_revision = "post_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("urgency", "bands", "all_urgency", "all_bands"):
        op.drop_index(f"ix_cases_{name}", "cases")
