"""When people were told that a case goes back and forth; packs of connectors, and deliveries that are kept"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("flapped_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
    _connectors()


def _connectors() -> None:
    big, binary = sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.LargeBinary()
    for column in (("pack", sa.Text()), ("former_secret", binary), ("former_until", big)):
        op.add_column("hooks", sa.Column(*column, nullable=True))
    op.add_column("hook_deliveries", sa.Column("delivery", big, nullable=True))
    op.add_column("hook_deliveries", sa.Column("replayed_by", sa.Text(), nullable=True))
    for column in ("delivery", "case_id"):
        where = sa.text(f"{column} IS NOT NULL")
        name = f"ix_hook_deliveries_{column.removesuffix('_id')}"
        op.create_index(name, "hook_deliveries", [column], sqlite_where=where, postgresql_where=where)
    op.create_table(
        "kept_deliveries",
        sa.Column("id", big, autoincrement=False, nullable=False),
        sa.Column("hook", big, nullable=False),
        sa.Column("at", big, nullable=False),
        sa.Column("size", big, nullable=False),
        sa.Column("headers", binary, nullable=True),
        sa.Column("body", binary, nullable=True),
        sa.ForeignKeyConstraint(["hook"], ["hooks.id"], name=op.f("fk_kept_deliveries_hook_hooks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_deliveries")),
    )
    op.create_index("ix_kept_deliveries_hook", "kept_deliveries", ["hook", "id"])
    op.create_index("ix_kept_deliveries_at", "kept_deliveries", ["at"])
