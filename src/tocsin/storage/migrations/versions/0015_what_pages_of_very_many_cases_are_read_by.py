"""What pages of very many cases are read by"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    lasting = ["needs", "level", "severity", "case_id", "team", "product_area", "account"]
    _index("ix_case_spans_lasting", "case_spans", lasting, "ended IS NULL AND needs > 0")
    _index("ix_cases_confided", "cases", ["state", "id", "named"], "confidential")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
