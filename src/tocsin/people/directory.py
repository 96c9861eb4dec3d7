"""Users and teams as one value, for decisions and paths; loaded once per revision."""

from dataclasses import dataclass, field

from sqlalchemy import insert

from tocsin.core.errors import Conflict, InvalidInput
from tocsin.core.ids import IdMint
from tocsin.people.permissions import ROLES
from tocsin.people.tables import members, teams, users
from tocsin.storage import revisions
from tocsin.storage.transaction import Tx

REVISION = "people"


@dataclass(frozen=True, slots=True)
class User:
    id: int
    name: str
    display: str
    email: str | None
    role: str
    active: bool


@dataclass(frozen=True, slots=True)
class Team:
    id: int
    name: str
    lead: int | None
    roster: str | None
    members: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Directory:
    """Everyone, by id and by name."""

    users: dict[int, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    by_name: dict[str, User] = field(default_factory=dict)

    def name_of(self, user: int | None) -> str | None:
        found = self.users.get(user) if user is not None else None
        return found.name if found else None

    def leads(self) -> list[int]:
        """Every active lead of a team, once."""
        found = (team.lead for team in self.teams.values())
        return list(dict.fromkeys(lead for lead in found if lead is not None and self.users[lead].active))


def load(tx: Tx) -> Directory:
    people = {
        row[0]: User(row[0], row[1], row[2], row[3], row[4], bool(row[5]))
        for row in tx.rows("SELECT id, name, display, email, role, active FROM users ORDER BY id")
    }
    belongs: dict[int, list[int]] = {}
    for team, user in tx.rows("SELECT team, user_id FROM members ORDER BY team, user_id"):
        belongs.setdefault(team, []).append(user)
    groups = {
        row[1]: Team(row[0], row[1], row[2], row[3], tuple(belongs.get(row[0], ())))
        for row in tx.rows("SELECT id, name, lead, roster FROM teams ORDER BY id")
    }
    return Directory(people, groups, {user.name: user for user in people.values()})


def cached() -> revisions.Cached[Directory]:
    return revisions.Cached(REVISION, load)


def add_user(
    tx: Tx,
    mint: IdMint,
    name: str,
    *,
    role: str = "agent",
    email: str | None = None,
    display: str | None = None,
    password_hash: str | None = None,
) -> int:
    """A new user's id. `name` is what policies say: lower case, no spaces. `password_hash`: argon2id."""
    _check_name(name, "name")
    if role not in ROLES:
        raise InvalidInput(f"{role!r} is not a role", place="role", expected="one of " + ", ".join(ROLES))
    if tx.row("SELECT 1 FROM users WHERE name = ?", (name,)):
        raise Conflict(f"there is a user {name!r} already", place="name", expected="another name")
    user = mint.new(tx.now)
    tx.execute(
        insert(users).values(
            id=user,
            name=name,
            display=display or name,
            email=email,
            role=role,
            password_hash=password_hash,
            active=True,
            created_at=tx.now,
        )
    )
    revisions.renew(tx, mint, REVISION)
    return user


def add_team(
    tx: Tx, mint: IdMint, name: str, *, lead: int | None = None, roster: str | None = None, people: tuple[int, ...] = ()
) -> int:
    """A new team's id."""
    _check_name(name, "name")
    if tx.row("SELECT 1 FROM teams WHERE name = ?", (name,)):
        raise Conflict(f"there is a team {name!r} already", place="name", expected="another name")
    team = mint.new(tx.now)
    tx.execute(insert(teams).values(id=team, name=name, lead=lead, roster=roster))
    tx.insert(members, [(team, user) for user in dict.fromkeys(people)])
    revisions.renew(tx, mint, REVISION)
    return team


def _check_name(name: str, place: str) -> None:
    plain = name.replace("-", "").replace("_", "").replace(".", "")
    if not (plain.isascii() and plain.isalnum() and name == name.lower() and len(name) <= 100):
        raise InvalidInput(
            f"{name[:40]!r} cannot stand in a policy", place=place, expected="lower-case letters, digits, - _ and ."
        )
