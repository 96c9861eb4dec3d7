"""Kinds of events of people: what is written down of users, teams, accounts and tokens, and which rows follow."""

from collections.abc import Sequence
from typing import Any

from tocsin.core import canonical, ids
from tocsin.ledger.keeping import Kept, Part, Values, What
from tocsin.people.tables import account_facts, accounts, members, teams, tokens, users
from tocsin.storage.transaction import Row


def _members(team: int, rows: Sequence[Row], said: Values) -> Sequence[Row]:
    return [(team, ids.from_text(user)) for user in said["members"]] if "members" in said else rows


def _validity(account: int, rows: Sequence[Row], said: Values) -> Sequence[Row]:
    """Facts are valid from an instant on, which ends those before; said of the same instant again, they replace
    them."""
    if "facts" not in said:
        return rows
    since, facts = said["valid_from"], canonical.encode(said["facts"])
    earlier = [row for row in rows if row[1] != since]
    if earlier and earlier[-1][2] is None:
        earlier[-1] = (*earlier[-1][:2], since, earlier[-1][3])
    return [*earlier, (account, since, None, facts)]


USERS = Kept(
    users,
    "user",
    "name",
    {
        "created": What("A user was made"),
        "changed": What("A user was changed", ("display", "email", "role", "password_hash", "active", "zone")),
    },
    secret=frozenset({"password_hash"}),
)
TEAMS = Kept(
    teams,
    "team",
    "name",
    {"created": What("A team was made"), "changed": What("A team was changed", ("lead", "roster", "members"))},
    parts=(Part(members, "team", ("members",), _members),),
)
TOKENS = Kept(
    tokens,
    "token",
    "name",
    {
        "created": What("A token was issued"),
        "changed": What("A token got the new role of its user", ("role",)),
        "revoked": What("A token was revoked", ("revoked_at",)),
    },
    secret=frozenset({"hash"}),
)
ACCOUNTS = Kept(
    accounts,
    "account",
    "external_id",
    {
        "created": What("An account was added"),
        "changed": What("An account's facts changed, or who answers for it", ("owner", "facts", "valid_from")),
    },
    parts=(Part(account_facts, "account", ("valid_from",), _validity),),
)

KEPT = (USERS, TEAMS, TOKENS, ACCOUNTS)
EVENTS = tuple(kind for kept in KEPT for kind in kept.kinds)


def told_members(people: Sequence[int]) -> list[Any]:
    """The members of a team as its events tell them."""
    return [ids.to_text(user) for user in people]
