"""Tables of the cases: the projection of each case's events that screens and queries read."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, PrimaryKeyConstraint, Table
from sqlalchemy import text as sql

from tocsin.storage.schema import binary, identifier, instant, metadata, number, text

cases = Table(
    "cases",
    metadata,
    identifier(),
    number("number", unique=True),
    text("source"),
    text("external_id", optional=True),
    number("account", ForeignKey("accounts.id"), optional=True),
    text("subject"),
    text("state"),
    text("level"),
    text("kind", optional=True),
    text("severity"),
    text("type", optional=True),
    text("product_area", optional=True),
    Column("score", Float, nullable=False),
    text("team", optional=True),
    number("owner", ForeignKey("users.id"), optional=True),
    number("policy_version", ForeignKey("policy_versions.version")),
    instant("opened_at"),
    instant("updated_at"),
    instant("occurred_at", optional=True),
    instant("acknowledged_at", optional=True),
    number("technical_lead", ForeignKey("users.id"), optional=True),
    instant("resolved_at", optional=True),
    instant("closed_at", optional=True),
    Column("imported", Boolean, nullable=False),
    number("escalation_manager", ForeignKey("users.id"), optional=True),
    number("acknowledgement_lasts", optional=True),
    instant("active_at", optional=True),
    instant("nudged_at", optional=True),
    instant("containment_claimed_at", optional=True),
    instant("contained_at", optional=True),
    instant("resolution_claimed_at", optional=True),
    instant("held_at", optional=True),
    instant("held_until", optional=True),
    instant("alert_at", optional=True),
    instant("triage_at", optional=True),
    text("triage_level", optional=True),
    text("requested_level", optional=True),
    instant("request_due_at", optional=True),
    number("parent", ForeignKey("cases.id"), optional=True),
    text("corrected", optional=True),  # wrong_severity, duplicate, false_alarm
    Column("confidential", Boolean, nullable=False),
    text("named"),
    number("waited"),  # microseconds on hold since the customer last wrote
    instant("contested_at", optional=True),
    instant("claim_alert_at", optional=True),
    instant("recovered_at", optional=True),
    instant("broken_at", optional=True),
    instant("flapped_at", optional=True),
    text("bridge", optional=True),
    text("followers", server_default=sql("''")),
)
Index(
    "ix_cases_external_id",
    cases.c.external_id,
    sqlite_where=sql("external_id IS NOT NULL"),
    postgresql_where=sql("external_id IS NOT NULL"),
)
Index(
    "ix_cases_parent",
    cases.c.parent,
    sqlite_where=sql("parent IS NOT NULL"),
    postgresql_where=sql("parent IS NOT NULL"),
)
Index(
    "ix_cases_open",
    cases.c.level,
    cases.c.id,
    sqlite_where=sql("state = 'open'"),
    postgresql_where=sql("state = 'open'"),
)
Index(
    "ix_cases_owner",
    cases.c.owner,
    sqlite_where=sql("state = 'open'"),
    postgresql_where=sql("state = 'open'"),
)

Index(
    "ix_cases_followed",
    cases.c.id,
    sqlite_where=sql("followers <> ''"),
    postgresql_where=sql("followers <> ''"),
)

# The case that a sender's ticket means now; a later case for the same ticket takes the key over.
case_keys = Table(
    "case_keys",
    metadata,
    text("source"),
    text("external_id"),
    number("case_id", ForeignKey("cases.id")),
    PrimaryKeyConstraint("source", "external_id"),
    sqlite_with_rowid=False,
)

escalations = Table(
    "escalations",
    metadata,
    identifier(),
    number("case_id", ForeignKey("cases.id")),
    text("kind"),
    text("path"),
    number("policy_version", ForeignKey("policy_versions.version")),
    text("state"),  # climbing, acknowledged, stopped, exhausted, unheard
    number("pass"),
    number("step"),  # the next to fire, counted from 0
    instant("next_at", optional=True),
    instant("started_at"),
    text("hours", optional=True),
    number("needed"),
    text("answers"),
)
Index("ix_escalations_case", escalations.c.case_id)

# People whom somebody calls into a case beside its path.
calls = Table(
    "calls",
    metadata,
    identifier(),
    number("case_id", ForeignKey("cases.id")),
    text("target"),
    number("caller", ForeignKey("users.id"), optional=True),
    text("reason", optional=True),
    instant("started_at"),
    text("state"),  # calling, answered, declined, unanswered, over
    number("rounds"),
    instant("next_at", optional=True),
    text("called"),
    text("declined"),
    number("answered_by", ForeignKey("users.id"), optional=True),
    instant("ended_at", optional=True),
)
Index("ix_calls_case", calls.c.case_id)

# Open cases by owner, so that choosing the least loaded does not count them every time.
loads = Table(
    "loads",
    metadata,
    number("user_id", ForeignKey("users.id"), primary_key=True, autoincrement=False),
    number("open_cases"),
)

# One row for each run of a clock.
clocks = Table(
    "clocks",
    metadata,
    number("case_id"),
    text("clock"),
    number("cycle"),
    number("policy_version"),
    text("calendar"),
    text("target"),
    text("origin"),
    instant("started_at"),
    instant("due_at"),
    instant("original_due_at"),
    instant("paused_at", optional=True),
    text("outcome", optional=True),  # met, breached, cancelled; null while it runs
    instant("settled_at", optional=True),
    number("generation"),
    instant("warn_at", optional=True),
    instant("claimed_at", optional=True),
    text("pauses"),
    text("cancelled_because", optional=True),
    text("excused_by", optional=True),
    instant("contested_at", optional=True),
    instant("confirmed_at", optional=True),
    instant("done_at", optional=True),
    PrimaryKeyConstraint("case_id", "clock", "cycle"),
    sqlite_with_rowid=False,
)
_OWED = "outcome = 'breached' AND done_at IS NULL AND cancelled_because IS NULL"
Index("ix_clocks_owed", clocks.c.case_id, sqlite_where=sql(_OWED), postgresql_where=sql(_OWED))

# How each case stood from when to when, in what lists and counts ask for: what Now was at any instant is found here.
# The span that lasts has no end. `reach`: the bits of its length, 0 while it lasts, by which those that hold an instant
# are found without reading those that were over before (`spans.py`).
case_spans = Table(
    "case_spans",
    metadata,
    number("case_id", ForeignKey("cases.id")),
    instant("began"),
    instant("ended", optional=True),
    number("reach"),
    number("needs"),  # bits: `queries/needs.py`
    text("state"),
    text("level"),
    text("severity"),
    number("account", optional=True),
    text("product_area", optional=True),
    Column("score", Float, nullable=False),
    text("team", optional=True),
    number("owner", optional=True),
    Column("imported", Boolean, nullable=False),
    PrimaryKeyConstraint("case_id", "began"),
    sqlite_with_rowid=False,
)
Index(
    "ix_case_spans_needs",
    *(case_spans.c.reach, case_spans.c.began, case_spans.c.ended),
    *(case_spans.c.needs, case_spans.c.level, case_spans.c.case_id),
    sqlite_where=sql("needs > 0"),
    postgresql_where=sql("needs > 0"),
)
Index(  # those of which not everybody may hear
    "ix_cases_confidential",
    cases.c.id,
    sqlite_where=sql("confidential"),
    postgresql_where=sql("confidential"),
)

bulks = Table(  # one verb, carried out on many cases at once
    "bulks",
    metadata,
    identifier(),
    text("verb"),
    text("done_by"),
    instant("done_at"),
    binary("cases"),  # JSON: of each case its id, and the number of the event that says what was done
    instant("undone_at", optional=True),  # when some of it was last undone
)
