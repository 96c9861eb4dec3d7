"""How far connectors that ask their tools have come; order keys of sources that are no whole numbers"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pulls",
        sa.Column("hook", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("seen", sa.LargeBinary(), nullable=False),
        sa.Column("at", _NUMBER, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["hook"], ["hooks.id"], name=op.f("fk_pulls_hook_hooks")),
        sa.PrimaryKeyConstraint("hook", name=op.f("pk_pulls")),
        sqlite_with_rowid=False,
    )
    op.add_column("heard", sa.Column("order_text", sa.Text(), nullable=True))
    op.add_column("heard", sa.Column("word_order_text", sa.Text(), nullable=True))
