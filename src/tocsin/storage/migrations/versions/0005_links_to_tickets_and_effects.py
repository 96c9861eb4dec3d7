"""Which tickets of other systems a case has, and what goes back to them"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big, binary = sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.LargeBinary()
    op.add_column("hooks", sa.Column("settings", binary, nullable=True))
    op.add_column("hooks", sa.Column("credential", binary, nullable=True))
    op.create_table(
        "ticket_links",
        sa.Column("hook", big, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("case_id", big, nullable=False),
        sa.Column("facts", binary, nullable=False),
        sa.Column("at", big, nullable=False),
        sa.ForeignKeyConstraint(["hook"], ["hooks.id"], name=op.f("fk_ticket_links_hook_hooks")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_ticket_links_case_id_cases")),
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
