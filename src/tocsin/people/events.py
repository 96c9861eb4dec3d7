"""Kinds of events of people: what is written down of users, teams, accounts and tokens, and which rows follow."""

from collections.abc import Sequence
from typing import Any

from tocsin.core import canonical, ids
from tocsin.core.wording import Said, say
from tocsin.ledger.keeping import Kept, Part, Values, What
from tocsin.ledger.words import Payload, Phrase, begins, changes, simply
from tocsin.people.permissions import allows, role_name
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


def _active(said: Payload) -> Said | None:
    if "active" not in said:
        return None
    return say("active") if said["active"] else say("not active")


def _shortcuts(said: Payload) -> Said | None:
    if "shortcuts" not in said:
        return None
    return say("single keys off") if said["shortcuts"] is False else say("single keys on")


_USER = {
    "display": Phrase("display name"),
    "email": Phrase("email"),
    "role": Phrase("role", called=role_name),
    "password_hash": Phrase("a new password", secret=True),
    "zone": Phrase("time zone"),
    "language": Phrase("language"),
    "theme": Phrase("theme"),
    "density": Phrase("density"),
    "default_view": Phrase("first view"),
}
_TEAM = {
    "lead": Phrase("lead", person=True),
    "roster": Phrase("roster"),
    "members": Phrase("members", person=True),
}
_TOKEN = {
    "role": Phrase("role", called=role_name),
    "scopes": Phrase("scopes", called=allows),
    "user_id": Phrase("for", person=True),
}
_ACCOUNT = {
    "owner": Phrase("owner", person=True),
    "facts": Phrase("facts"),
}  # which facts: some are not for everyone

USERS = Kept(
    users,
    "user",
    "name",
    {
        "created": What("A user was made", begins("the user {name} was made", "name", {"role": _USER["role"]})),
        "changed": What(
            "A user was changed",
            changes("the user was changed", _USER, _active, _shortcuts),
            (
                *("display", "email", "role", "password_hash", "active", "zone", "language"),
                *("theme", "density", "default_view", "shortcuts"),
            ),
        ),
    },
    secret=frozenset({"password_hash"}),
)
TEAMS = Kept(
    teams,
    "team",
    "name",
    {
        "created": What("A team was made", begins("the team {name} was made", "name", _TEAM)),
        "changed": What("A team was changed", changes("the team was changed", _TEAM), ("lead", "roster", "members")),
    },
    parts=(Part(members, "team", ("members",), _members),),
)
TOKENS = Kept(
    tokens,
    "token",
    "name",
    {
        "created": What("A token was issued", begins("the token {name} was issued", "name", _TOKEN)),
        "changed": What("A token got the new role of its user", changes("the token was changed", _TOKEN), ("role",)),
        "revoked": What("A token was revoked", simply("the token was revoked"), ("revoked_at",)),
    },
    secret=frozenset({"hash"}),
)
ACCOUNTS = Kept(
    accounts,
    "account",
    "external_id",
    {
        "created": What("An account was added", begins("the account {name} became known", "external_id", _ACCOUNT)),
        "changed": What(
            "An account's facts changed, or who answers for it",
            changes("the account was changed", _ACCOUNT),
            ("owner", "facts", "valid_from"),
        ),
    },
    parts=(Part(account_facts, "account", ("valid_from",), _validity),),
)

KEPT = (USERS, TEAMS, TOKENS, ACCOUNTS)
EVENTS = tuple(kind for kept in KEPT for kind in kept.kinds)


def told_members(people: Sequence[int]) -> list[Any]:
    """The members of a team as its events tell them."""
    return [ids.to_text(user) for user in people]
