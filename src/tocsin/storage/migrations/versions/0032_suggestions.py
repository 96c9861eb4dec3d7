"""What was learnt of what cases are"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "suggestion_models",
        sa.Column("version", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("learnt_at", _NUMBER, nullable=False),
        sa.Column("since", _NUMBER, nullable=False),
        sa.Column("learnt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_suggestion_models")),
    )
