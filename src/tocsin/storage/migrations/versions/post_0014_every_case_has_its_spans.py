"""From here on every case has said how it stood from when to when, since it was opened"""

from alembic import op

revision = "post_0014"
down_revision = None
branch_labels = ("post",)
depends_on = None

_WITHOUT = (
    "SELECT number FROM cases WHERE NOT EXISTS"
    " (SELECT 1 FROM case_spans WHERE case_id = cases.id AND began = cases.opened_at) LIMIT 1"
)


def upgrade() -> None:
    """They are written by `tocsin migrate`, before this step and in transactions of their own, so that no server waits
    for all of them."""
    if (case := op.get_bind().exec_driver_sql(_WITHOUT).first()) is not None:
        raise RuntimeError(f"case {case[0]} has no spans yet: `tocsin migrate` writes them")
