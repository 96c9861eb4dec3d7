"""Tables of evidence."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table

from tocsin.storage.schema import binary, identifier, instant, metadata, number, text

# What was asked for, once for each collector and escalation, and what became of it.
evidence = Table(
    "evidence",
    metadata,
    identifier(),
    number("case_id", ForeignKey("cases.id")),
    text("collector"),
    text("kind"),
    number("policy_version"),
    text("state"),  # queued, collected, failed
    instant("asked_at"),
    instant("begins"),  # the span that is asked for
    instant("ends"),
    text("asked_by"),
    text("address"),  # as it may be shown
    instant("done_at", optional=True),
    text("digest", optional=True),
    number("size", optional=True),
    Column("cut", Boolean, nullable=False),
    text("error", optional=True),
)
Index("ix_evidence_case", evidence.c.case_id, evidence.c.id)
Index("ix_evidence_digest", evidence.c.digest)

# Answers, each once.
evidence_contents = Table(
    "evidence_contents",
    metadata,
    text("digest", primary_key=True),
    binary("body"),
)
