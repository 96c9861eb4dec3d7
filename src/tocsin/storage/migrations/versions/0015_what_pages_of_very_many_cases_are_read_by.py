"""What pages of very many cases are read by"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


_OPEN = "state = 'open'"


def upgrade() -> None:
    lasting = ["needs", "level", "severity", "case_id", "team", "product_area", "account"]
    _index("ix_case_spans_lasting", "case_spans", lasting, "ended IS NULL AND needs > 0")
    _index("ix_cases_confided", "cases", ["state", "id", "named"], "confidential")
    _index("ix_cases_open_account", "cases", ["account", "id"], _OPEN)
    _index("ix_cases_no_account", "cases", ["id"], "account IS NULL")
    urgent = ["level", sa.text("score DESC"), sa.text("id DESC")]
    banded = ["level", sa.text("round(score) DESC"), sa.text("id DESC")]
    op.create_index("ix_cases_all_urgency", "cases", urgent)
    op.create_index("ix_cases_all_bands", "cases", banded)
    for name, column in (("level", "level"), ("severity", "severity"), ("age", "opened_at"), ("owner", "owner")):
        op.create_index(f"ix_cases_all_{name}", "cases", [column, "id"])


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
