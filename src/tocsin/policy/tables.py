"""Tables of the policy: its versions, immutable, and their activations."""

from sqlalchemy import ForeignKey, Index, Table

from tocsin.storage.schema import identifier, instant, metadata, number, text

policy_versions = Table(
    "policy_versions",
    metadata,
    number("version", primary_key=True, autoincrement=False),
    text("name"),
    text("digest", unique=True),
    text("source"),
    instant("created_at"),
    text("author"),
)

# The version in force at a time is that of the newest activation effective by then and not withdrawn.
policy_activations = Table(
    "policy_activations",
    metadata,
    identifier(),
    number("version", ForeignKey("policy_versions.version")),
    instant("effective_at"),
    instant("activated_at"),
    text("activated_by"),
    text("reason"),
    instant("withdrawn_at", optional=True),
)
Index("ix_policy_activations_effective", policy_activations.c.effective_at)
