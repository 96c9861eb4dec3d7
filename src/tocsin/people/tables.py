"""Tables of people: users, teams, accounts with their facts by validity, API tokens, sessions of browsers,
attempts to sign in."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, PrimaryKeyConstraint, Table

from tocsin.storage.schema import binary, identifier, instant, metadata, number, text

users = Table(
    "users",
    metadata,
    identifier(),
    text("name", unique=True),  # the name that policies use: user:dana
    text("display"),
    text("email", optional=True),
    text("role"),
    text("password_hash", optional=True),  # argon2id
    Column("active", Boolean, nullable=False),
    instant("created_at"),
    text("zone", optional=True),  # in which they read times; null: that of the policy
    text("language", optional=True),  # in which they read; null: what their browser asks for, or the installation's
    text("theme", optional=True),  # system, light, dark; null: system
    text("density", optional=True),  # comfortable, compact; null: comfortable
    text("default_view", optional=True),  # the id of the view that they see first; null: that of the page
    Column("shortcuts", Boolean),  # whether single keys do something; null: they do
)

teams = Table(
    "teams",
    metadata,
    identifier(),
    text("name", unique=True),
    number("lead", ForeignKey("users.id"), optional=True),
    text("roster", optional=True),  # whose person on call owns what is routed here with `assign: oncall`
)

members = Table(
    "members",
    metadata,
    number("team", ForeignKey("teams.id")),
    number("user_id", ForeignKey("users.id")),
    PrimaryKeyConstraint("team", "user_id"),
)

accounts = Table(
    "accounts",
    metadata,
    identifier(),
    text("external_id", unique=True),
    number("owner", ForeignKey("users.id"), optional=True),
    instant("created_at"),
    binary("facts"),  # those valid now
)

account_facts = Table(
    "account_facts",
    metadata,
    number("account", ForeignKey("accounts.id")),
    instant("valid_from"),
    instant("valid_to", optional=True),
    binary("facts"),
    PrimaryKeyConstraint("account", "valid_from"),
)

tokens = Table(
    "tokens",
    metadata,
    identifier(),
    text("name", unique=True),
    text("role"),
    text("scopes", optional=True),  # some of the role's permissions, a space between two; null: all of them
    number("user_id", ForeignKey("users.id"), optional=True),  # on whose behalf it acts
    binary("hash", unique=True),
    instant("created_at"),
    text("created_by"),
    instant("revoked_at", optional=True),
)

sessions = Table(
    "sessions",
    metadata,
    binary("hash", primary_key=True),
    number("user_id", ForeignKey("users.id"), index=True),
    instant("created_at"),
    instant("expires_at"),
    instant("seen_at"),
)

sign_in_attempts = Table(  # those of the last quarter of an hour that failed, or are not decided yet
    "sign_in_attempts",
    metadata,
    identifier(),
    text("account"),  # a name that somebody typed, whether or not there is such a user
    text("address"),
    instant("at", index=True),
    Column("forgiven", Boolean, nullable=False),  # does not count for this account from this address any more
)
Index("ix_sign_in_attempts_account", sign_in_attempts.c.account, sign_in_attempts.c.at)
Index("ix_sign_in_attempts_address", sign_in_attempts.c.address, sign_in_attempts.c.at)
