"""Indexes of what waits for one person, and of what each account has open"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_OPEN = "state = 'open'"
_ASKED = (
    "state = 'open' AND (triage_at IS NOT NULL OR requested_level IS NOT NULL"
    " OR resolution_claimed_at IS NOT NULL OR containment_claimed_at IS NOT NULL)"
)
_OF_ACCOUNTS = "state = 'open' AND NOT imported AND account IS NOT NULL"
_LIVE = "state IN ('climbing', 'exhausted', 'unheard')"


def upgrade() -> None:
    _index("ix_cases_technical_lead", "cases", ["technical_lead"], _OPEN)
    _index("ix_cases_escalation_manager", "cases", ["escalation_manager"], _OPEN)
    _index("ix_cases_asked", "cases", ["id"], _ASKED)
    counted = ["account", "level", "confidential", "named", "state", "imported"]
    _index("ix_cases_open_of_account", "cases", counted, _OF_ACCOUNTS)
    _index("ix_escalations_live", "escalations", ["id"], _LIVE)
    _index("ix_calls_calling", "calls", ["id"], "state = 'calling'")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
