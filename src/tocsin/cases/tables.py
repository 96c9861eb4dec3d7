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
    instant("provisional_until", optional=True),
    text("counted", server_default=sql("''")),
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
    "ix_cases_technical_lead",
    cases.c.technical_lead,
    sqlite_where=sql("state = 'open'"),
    postgresql_where=sql("state = 'open'"),
)
Index(
    "ix_cases_escalation_manager",
    cases.c.escalation_manager,
    sqlite_where=sql("state = 'open'"),
    postgresql_where=sql("state = 'open'"),
)
_ASKED = (
    "state = 'open' AND (triage_at IS NOT NULL OR requested_level IS NOT NULL"
    " OR resolution_claimed_at IS NOT NULL OR containment_claimed_at IS NOT NULL)"
)
Index("ix_cases_asked", cases.c.id, sqlite_where=sql(_ASKED), postgresql_where=sql(_ASKED))
_OF_ACCOUNTS = "state = 'open' AND NOT imported AND account IS NOT NULL"
Index(
    "ix_cases_open_of_account",
    cases.c.account,
    cases.c.level,
    *(cases.c.confidential, cases.c.named, cases.c.state, cases.c.imported),  # so that counting reads nothing else
    sqlite_where=sql(_OF_ACCOUNTS),
    postgresql_where=sql(_OF_ACCOUNTS),
)
Index(
    "ix_cases_account",
    cases.c.account,
    cases.c.id,
    sqlite_where=sql("account IS NOT NULL"),
    postgresql_where=sql("account IS NOT NULL"),
)
Index(  # open ones in the orders of lists: by urgency
    "ix_cases_urgent",
    cases.c.level,
    sql("round(score) DESC"),
    cases.c.id,
    sqlite_where=sql("state = 'open'"),
    postgresql_where=sql("state = 'open'"),
)
Index(
    "ix_cases_severity",
    cases.c.severity,
    cases.c.id,
    sqlite_where=sql("state = 'open'"),
    postgresql_where=sql("state = 'open'"),
)
Index(
    "ix_cases_age",
    cases.c.opened_at,
    cases.c.id,
    sqlite_where=sql("state = 'open'"),
    postgresql_where=sql("state = 'open'"),
)
# All of them in the orders of lists, whatever their state. By expressions, so that nothing but these orders is read by
# them: a level alone leaves too many.
Index("ix_cases_all_urgent", sql("(level || '')"), sql("round(score) DESC"), cases.c.id)
Index("ix_cases_all_level", sql("(level || '')"), cases.c.id)
Index("ix_cases_all_severity", sql("(severity || '')"), cases.c.id)
Index("ix_cases_all_age", cases.c.opened_at, cases.c.id)
Index("ix_cases_all_owner", cases.c.owner, cases.c.id)
Index("ix_cases_updated", cases.c.updated_at, cases.c.id)  # what changed lately, for pages that are open
_OF_ONE = "state = 'open' AND account IS NOT NULL"
Index(  # open ones of one customer, from the oldest on
    "ix_cases_open_account",
    *(cases.c.account, cases.c.id),
    sqlite_where=sql(_OF_ONE),
    postgresql_where=sql(_OF_ONE),
)
_WAITS = (
    "triage_at IS NOT NULL OR requested_level IS NOT NULL"
    " OR resolution_claimed_at IS NOT NULL OR containment_claimed_at IS NOT NULL"
)
Index(  # as `ix_cases_asked`, but sought by the state, so that no other index of open ones looks as good
    "ix_cases_waiting",
    *(cases.c.state, cases.c.id),
    sqlite_where=sql(_WAITS),
    postgresql_where=sql(_WAITS),
)
Index(
    "ix_cases_no_account",
    cases.c.id,
    sqlite_where=sql("account IS NULL"),
    postgresql_where=sql("account IS NULL"),
)
_ASKING = "triage_at IS NOT NULL OR requested_level IS NOT NULL"
Index("ix_cases_asking", cases.c.id, sqlite_where=sql(_ASKING), postgresql_where=sql(_ASKING))
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
    number("held_by", optional=True),
)
_HELD = "held_by IS NOT NULL"
Index("ix_escalations_held", escalations.c.id, sqlite_where=sql(_HELD), postgresql_where=sql(_HELD))
Index("ix_escalations_case", escalations.c.case_id)
_LIVE = "state IN ('climbing', 'exhausted', 'unheard')"
Index("ix_escalations_live", escalations.c.id, sqlite_where=sql(_LIVE), postgresql_where=sql(_LIVE))

# Cases that a trigger of the policy counts, as long as its window lasts.
trigger_hits = Table(
    "trigger_hits",
    metadata,
    text("trigger"),
    text("counted"),  # together with what
    instant("at"),
    number("case_id", ForeignKey("cases.id")),
    PrimaryKeyConstraint("trigger", "counted", "at", "case_id"),
    sqlite_with_rowid=False,
)

# How many cases of each product area came in, by the hour since the epoch.
hourly_arrivals = Table(
    "hourly_arrivals",
    metadata,
    text("product_area"),
    number("hour"),
    number("amount"),
    PrimaryKeyConstraint("product_area", "hour"),
    sqlite_with_rowid=False,
)

# Cases of one product area and type that are escalated at once: which of them pages for all, while that lasts. A row is
# held by whoever opens such a case.
storms = Table(
    "storms",
    metadata,
    text("counted"),  # what they have in common
    number("parent", ForeignKey("cases.id"), optional=True),
    instant("began_at", optional=True),
    instant("last_at", optional=True),
    instant("over_at", optional=True),  # unless a further one comes
    number("joined"),
    PrimaryKeyConstraint("counted"),
)

# What became of each question of triage: a label, by which the policy can be judged.
triage_answers = Table(
    "triage_answers",
    metadata,
    number("case_id", ForeignKey("cases.id")),
    instant("answered_at"),
    text("asks"),
    text("was"),  # the level that the policy gave the case
    text("otherwise"),  # the one that follows by itself
    text("answer", optional=True),  # null where nobody answered
    text("actor"),
    text("type", optional=True),
    text("product_area", optional=True),
    Column("corrected", Boolean, nullable=False),  # whether it set right what the case is
    PrimaryKeyConstraint("case_id", "answered_at"),
)
Index("ix_triage_answers_answered_at", triage_answers.c.answered_at)

# What open cases are compared by, to find those of the same problem: in which buckets each lies, and its terms.
case_prints = Table(
    "case_prints",
    metadata,
    number("case_id", ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    binary("print"),  # JSON: `detection/problems/prints.py: Print`
)
case_print_buckets = Table(
    "case_print_buckets",
    metadata,
    number("bucket"),
    number("case_id", ForeignKey("cases.id")),
    PrimaryKeyConstraint("bucket", "case_id"),
    sqlite_with_rowid=False,
)
Index("ix_case_print_buckets_case", case_print_buckets.c.case_id)

# Which open case was offered to another as its parent, and what people said to that: a label.
parent_offers = Table(
    "parent_offers",
    metadata,
    number("case_id", ForeignKey("cases.id")),
    number("parent", ForeignKey("cases.id")),
    instant("offered_at"),
    Column("likelihood", Float, nullable=False),
    binary("likeness"),  # JSON: the features, and the terms that both have
    number("policy_version"),
    text("answer", optional=True),  # accepted, dismissed, linked, kept; null while it waits
    instant("answered_at", optional=True),
    text("actor", optional=True),
    PrimaryKeyConstraint("case_id", "parent"),
    sqlite_with_rowid=False,
)
_WAITING = "answer IS NULL"
Index("ix_parent_offers_parent", parent_offers.c.parent, sqlite_where=sql(_WAITING), postgresql_where=sql(_WAITING))

# What was learnt of what cases are, version by version; the text has the numbers of each field.
suggestion_models = Table(
    "suggestion_models",
    metadata,
    number("version", primary_key=True, autoincrement=False),
    instant("learnt_at"),
    instant("since"),
    text("learnt"),
)

# What was learnt of the risk that a case escalates, version by version.
risk_models = Table(
    "risk_models",
    metadata,
    number("version", primary_key=True, autoincrement=False),
    instant("learnt_at"),
    number("cases"),
    number("escalated"),
    Column("base", Float, nullable=False),
    text("weights"),  # JSON, in the order of the factors; [] where too little was known
    text("known"),  # JSON: likelihoods of cases that escalated, by which the line is drawn
    Column("promised", Float, nullable=False),
    Column("aim", Float, nullable=False),
    number("missed"),
    number("seen"),
)

# The newest estimate for each open case below an escalation, and what somebody said to it.
risks = Table(
    "risks",
    metadata,
    number("case_id", ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    instant("at"),
    number("model"),
    Column("likelihood", Float, nullable=False),
    text("points"),  # JSON, in the order of the factors
    text("course"),  # JSON: how the case stood
    Column("shown", Boolean, nullable=False),
    text("answer", optional=True),  # seen, snoozed, disagreed
    instant("until", optional=True),
    text("actor", optional=True),
)
Index("ix_risks_at", risks.c.at)

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
_CALLS = "state = 'calling'"
Index("ix_calls_calling", calls.c.id, sqlite_where=sql(_CALLS), postgresql_where=sql(_CALLS))

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
_RUNS = "outcome IS NULL AND paused_at IS NULL"
Index("ix_clocks_due", clocks.c.due_at, clocks.c.case_id, sqlite_where=sql(_RUNS), postgresql_where=sql(_RUNS))
_MISSED = "outcome = 'breached'"
Index("ix_clocks_missed", clocks.c.case_id, sqlite_where=sql(_MISSED), postgresql_where=sql(_MISSED))
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
_LASTING = "ended IS NULL AND needs > 0"
Index(  # how cases stand now, in groups of those that stand alike
    "ix_case_spans_lasting",
    *(case_spans.c.needs, case_spans.c.level, case_spans.c.severity, case_spans.c.case_id),
    *(case_spans.c.team, case_spans.c.product_area, case_spans.c.account),  # so that counting reads nothing else
    sqlite_where=sql(_LASTING),
    postgresql_where=sql(_LASTING),
)
Index(  # those of which not everybody may hear
    "ix_cases_confidential",
    cases.c.id,
    sqlite_where=sql("confidential"),
    postgresql_where=sql("confidential"),
)
Index(  # and of those the open ones
    "ix_cases_confided",
    *(cases.c.state, cases.c.id, cases.c.named),
    sqlite_where=sql("confidential"),
    postgresql_where=sql("confidential"),
)
# How old cases grew before they were over, by level and severity: half of them, 75 % and 95 % were younger.
case_ages = Table(
    "case_ages",
    metadata,
    text("level"),
    text("severity"),
    number("half"),
    number("most"),
    number("nearly_all"),
    PrimaryKeyConstraint("level", "severity"),
    sqlite_with_rowid=False,
)
_ENDED = "ended IS NOT NULL AND needs > 0"
Index(  # which was over last
    "ix_case_spans_ended",
    *(case_spans.c.ended, case_spans.c.needs, case_spans.c.case_id),
    sqlite_where=sql(_ENDED),
    postgresql_where=sql(_ENDED),
)

bulks = Table(  # one verb, carried out on many cases at once
    "bulks",
    metadata,
    identifier(),
    text("verb"),
    text("done_by"),
    instant("done_at"),
    binary("cases"),  # JSON: of each its id, and the number of the event that says what was done, or null, and why
    instant("undone_at", optional=True),  # when some of it was last undone
)

views = Table(  # lists of cases that people come back to
    "views",
    metadata,
    identifier(),
    text("name"),
    text("page"),  # now, cases
    binary("filter"),  # JSON: fields of `queries/asked.py: Asked`
    number("owner", ForeignKey("users.id")),
    text("shared", optional=True),  # everybody, or team:NAME; null: only its owner sees it
    number("place"),  # in which order they are shown, the least first
    instant("created_at"),
    instant("ended_at", optional=True),
)
