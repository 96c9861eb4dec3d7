"""What people set for a time over what happens by itself: silences, maintenance windows, watches and the like"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STANDING = sa.text("over_told_at IS NULL")
_HELD = sa.text("held_by IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "guards",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("scope", sa.LargeBinary(), nullable=False),
        sa.Column("starts_at", _NUMBER, nullable=False),
        sa.Column("ends_at", _NUMBER, nullable=True),
        sa.Column("created_at", _NUMBER, nullable=False),
        sa.Column("ended_at", _NUMBER, nullable=True),
        sa.Column("begun_told_at", _NUMBER, nullable=True),
        sa.Column("over_told_at", _NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guards")),
    )
    op.create_index("ix_guards_standing", "guards", ["id"], sqlite_where=_STANDING, postgresql_where=_STANDING)
    op.add_column("escalations", sa.Column("held_by", _NUMBER, nullable=True))
    op.create_index("ix_escalations_held", "escalations", ["id"], sqlite_where=_HELD, postgresql_where=_HELD)
