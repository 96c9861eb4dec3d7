"""Files that people bring on pages, and how far what is done with them has come"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("user_id", _NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", _NUMBER, nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("run", _NUMBER, nullable=True),
        sa.Column("beat_at", _NUMBER, nullable=True),
        sa.Column("progress", sa.LargeBinary(), nullable=True),
        sa.Column("refused", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_uploads_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_table(
        "upload_data",
        sa.Column("upload", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["upload"], ["uploads.id"], name=op.f("fk_upload_data_upload_uploads")),
        sa.PrimaryKeyConstraint("upload", name=op.f("pk_upload_data")),
    )
