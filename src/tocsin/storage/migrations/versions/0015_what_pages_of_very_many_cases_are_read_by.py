"""What pages of very many cases are read by"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITS = (
    "triage_at IS NOT NULL OR requested_level IS NOT NULL"
    " OR resolution_claimed_at IS NOT NULL OR containment_claimed_at IS NOT NULL"
)


def upgrade() -> None:
    lasting = ["needs", "level", "severity", "case_id", "team", "product_area", "account"]
    _index("ix_case_spans_lasting", "case_spans", lasting, "ended IS NULL AND needs > 0")
    _index("ix_cases_confided", "cases", ["state", "id", "named"], "confidential")
    _index("ix_cases_open_account", "cases", ["account", "id"], "state = 'open' AND account IS NOT NULL")
    _index("ix_cases_waiting", "cases", ["state", "id"], _WAITS)
    _index("ix_cases_no_account", "cases", ["id"], "account IS NULL")
    level, severity = sa.text("(level || '')"), sa.text("(severity || '')")
    op.create_index("ix_cases_all_urgency", "cases", [level, sa.text("score DESC"), sa.text("id DESC")])
    op.create_index("ix_cases_all_bands", "cases", [level, sa.text("round(score) DESC"), sa.text("id DESC")])
    op.create_index("ix_cases_all_level", "cases", [level, "id"])
    op.create_index("ix_cases_all_severity", "cases", [severity, "id"])
    op.create_index("ix_cases_all_age", "cases", ["opened_at", "id"])
    op.create_index("ix_cases_all_owner", "cases", ["owner", "id"])
    op.create_index("ix_cases_updated", "cases", ["updated_at", "id"])
    _index("ix_case_spans_ended", "case_spans", ["ended", "needs", "case_id"], "ended IS NOT NULL AND needs > 0")
    op.create_table(
        "case_ages",
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("half", _NUMBER, nullable=False),
        sa.Column("most", _NUMBER, nullable=False),
        sa.Column("nearly_all", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("level", "severity", name=op.f("pk_case_ages")),
        sqlite_with_rowid=False,
    )


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
