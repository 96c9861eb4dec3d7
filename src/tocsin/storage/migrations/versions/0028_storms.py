"""Cases that join one which pages for all"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "storms",
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("parent", _NUMBER, nullable=True),
        sa.Column("began_at", _NUMBER, nullable=True),
        sa.Column("last_at", _NUMBER, nullable=True),
        sa.Column("over_at", _NUMBER, nullable=True),
        sa.Column("joined", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["cases.id"], name=op.f("fk_storms_parent_cases")),
        sa.PrimaryKeyConstraint("counted", name=op.f("pk_storms")),
    )
