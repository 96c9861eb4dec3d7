"""Destinations of teams and roles, what a channel knows of them, and the last word of a source"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("destinations") as destinations:
        destinations.alter_column("user_id", existing_type=_NUMBER, nullable=True)
        destinations.add_column(sa.Column("team", _NUMBER, nullable=True))
        destinations.add_column(sa.Column("role", sa.Text(), nullable=True))
        destinations.add_column(sa.Column("options", sa.LargeBinary(), nullable=True))
        destinations.create_foreign_key(op.f("fk_destinations_team_teams"), "teams", ["team"], ["id"])
        for whose in ("role", "team"):
            name = op.f(f"uq_destinations_{whose}_channel_address")
            destinations.create_unique_constraint(name, [whose, "channel", "address"])
    op.add_column("notifications", sa.Column("reference", sa.Text(), nullable=True))
    op.add_column("heard", sa.Column("word_sequence", _NUMBER, nullable=True))
    op.add_column("heard", sa.Column("word_at", _NUMBER, nullable=True))
