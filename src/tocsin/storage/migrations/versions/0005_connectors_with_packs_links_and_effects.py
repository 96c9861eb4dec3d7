"""Connectors have packs, links and effects; what is delivered is kept"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big, binary = sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.LargeBinary()
    for column in (
        ("pack", sa.Text()),
        ("former_secret", binary),
        ("former_until", big),
        ("settings", binary),
        ("credential", binary),
    ):
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
    op.create_table(
        "ticket_links",
        sa.Column("hook", big, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("case_id", big, nullable=False),
        sa.Column("facts", binary, nullable=False),
        sa.Column("at", big, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_ticket_links_case_id_cases")),
        sa.ForeignKeyConstraint(["hook"], ["hooks.id"], name=op.f("fk_ticket_links_hook_hooks")),
        sa.PrimaryKeyConstraint("hook", "source", "external_id", name=op.f("pk_ticket_links")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ticket_links_case", "ticket_links", ["case_id"])
    op.create_table(
        "effects",
        sa.Column("id", big, autoincrement=False, nullable=False),
        sa.Column("hook", big, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("case_id", big, nullable=False),
        sa.Column("seq", big, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", big, nullable=False),
        sa.Column("queued_at", big, nullable=False),
        sa.Column("settled_at", big, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("said", binary, nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_effects_case_id_cases")),
        sa.ForeignKeyConstraint(["hook"], ["hooks.id"], name=op.f("fk_effects_hook_hooks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effects")),
    )
    op.create_index("ix_effects_hook", "effects", ["hook", "id"])
    op.create_index("ix_effects_case", "effects", ["case_id", "hook", "id"])
    known = sa.text("reference IS NOT NULL")
    op.create_index(
        "ix_effects_reference", "effects", ["hook", "reference"], sqlite_where=known, postgresql_where=known
    )
