"""What the statements of other packages may join of the tables of cases: these columns and no others."""

CASES = "(SELECT id, number, external_id, subject, state, level, severity, opened_at, confidential, account FROM cases)"
CALLS = "(SELECT id, state FROM calls)"
PATHS = "(SELECT id, path, kind, state, started_at FROM escalations)"
