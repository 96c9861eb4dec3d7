"""Users and teams as one value, for decisions and paths; loaded once per revision."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from tocsin.clocks import language as languages
from tocsin.clocks import zone as zones
from tocsin.core import ids
from tocsin.core.errors import Conflict, Forbidden, InvalidInput, NotAllowed, NotFound
from tocsin.core.ids import IdMint
from tocsin.core.mailing import check_email
from tocsin.core.wording import say
from tocsin.ledger.journal import Journal
from tocsin.people import sessions, tokens
from tocsin.people.events import TEAMS, USERS, told_members
from tocsin.people.permissions import Permission, Viewer, any_of, includes, role_of
from tocsin.people.tables import members
from tocsin.storage import revisions
from tocsin.storage.transaction import Tx, marks, padded

_LONGEST_DISPLAY = 200  # characters
REVISION = "people"


Theme = Literal["system", "light", "dark"]
Density = Literal["comfortable", "compact"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """How somebody likes the pages. `default_view`: the id of the view that they see first, as text; None: the page as
    it is. `shortcuts`: whether single keys do something."""

    theme: Theme = "system"
    density: Density = "comfortable"
    default_view: str | None = None
    shortcuts: bool = True


@dataclass(frozen=True, slots=True)
class User:
    id: int
    name: str
    display: str
    email: str | None
    role: str
    active: bool
    zone: str | None = None  # in which they read times; None: that of the policy
    language: str | None = None  # None: what their browser asks for, or the installation's
    prefers: Preferences = Preferences()

    def may(self, permission: Permission) -> bool:
        """Whether they are active, in a role that includes it."""
        return self.active and includes(self.role, permission)


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

    def display_of(self, user: int | None) -> str | None:
        """What people call them."""
        found = self.users.get(user) if user is not None else None
        return (found.display or found.name) if found else None

    def displays(self, names: Iterable[str]) -> list[str]:
        """The same of users by their names, in their order; of a name that nobody has, itself."""
        return [self.by_name[name].display or name if name in self.by_name else name for name in names]

    def known_as(self, name: str) -> str:
        """What people call whoever signs in by this name; a name that nobody has, as it is."""
        return self.displays([name])[0]

    def called(self, actor: str) -> str | None:
        """What whoever did something is called: `user:dana via link` as what people call dana, `token:zendesk` as
        zendesk; None where Tocsin did it by itself."""
        kind, _, name = actor.partition(" via ")[0].partition(":")
        if not name or kind == "engine":
            return None
        return self.known_as(name) if kind == "user" else name

    def names(self) -> dict[str, str]:
        """Everybody's name by their id as text."""
        return {ids.to_text(user.id): user.name for user in self.users.values()}

    def displays_by_id(self) -> dict[str, str]:
        """What everybody is called by their id as text."""
        return {ids.to_text(user.id): user.display or user.name for user in self.users.values()}

    def still(self, who: Viewer, permission: Permission) -> Viewer:
        """Who somebody is by now, for what goes on for long after it was begun. Forbidden where they have left
        meanwhile, or may not do this any more."""
        now = who
        if who.user is not None:
            user = self.users.get(who.user)
            if user is None or not user.active:
                raise Forbidden(
                    say("{name} is not an active user any more", name=who.name), expected=any_of(permission)
                )
            now = replace(who, role=role_of(user.role))
        now.require(permission)
        return now

    def administrators(self) -> list[int]:
        """Every active administrator."""
        return [user.id for user in self.users.values() if user.active and user.role == "admin"]

    def leads(self) -> list[int]:
        """Every active lead of a team, once."""
        found = (team.lead for team in self.teams.values())
        return list(dict.fromkeys(lead for lead in found if lead is not None and self.users[lead].active))


def load(tx: Tx) -> Directory:
    people = {
        user: User(user, name, display, email, role, bool(active), zone, language, _preferred(*prefers))
        for user, name, display, email, role, active, zone, language, *prefers in tx.rows(
            "SELECT id, name, display, email, role, active, zone, language, theme, density, default_view, shortcuts"
            " FROM users ORDER BY id"
        )
    }
    belongs: dict[int, list[int]] = {}
    for team, user in tx.rows("SELECT team, user_id FROM members ORDER BY team, user_id"):
        belongs.setdefault(team, []).append(user)
    groups = {
        row[1]: Team(row[0], row[1], row[2], row[3], tuple(belongs.get(row[0], ())))
        for row in tx.rows("SELECT id, name, lead, roster FROM teams ORDER BY id")
    }
    return Directory(people, groups, {user.name: user for user in people.values()})


def _preferred(theme: Theme | None, density: Density | None, view: str | None, shortcuts: int | None) -> Preferences:
    return Preferences(theme or "system", density or "comfortable", view, shortcuts is None or bool(shortcuts))


def user_names(tx: Tx, wanted: Iterable[int]) -> dict[int, str]:
    """The names of these users by id."""
    return _names(tx, "users", wanted)


def team_names(tx: Tx, wanted: Iterable[int]) -> dict[int, str]:
    """The names of these teams by id."""
    return _names(tx, "teams", wanted)


def _names(tx: Tx, table: str, wanted: Iterable[int]) -> dict[int, str]:
    chosen = padded(sorted(set(wanted)))
    if not chosen:
        return {}
    return dict(tx.rows(f"SELECT id, name FROM {table} WHERE id IN ({marks(chosen)})", chosen))


def anybody(tx: Tx) -> bool:
    """Whether there is a user at all."""
    return tx.row("SELECT 1 FROM users LIMIT 1") is not None


def cached() -> revisions.Cached[Directory]:
    return revisions.Cached(REVISION, load)


def add_user(
    tx: Tx,
    mint: IdMint,
    journal: Journal,
    name: str,
    *,
    by: str,
    role: str = "agent",
    email: str | None = None,
    display: str | None = None,
    password_hash: str | None = None,
    zone: str | None = None,
    language: str | None = None,
) -> int:
    """A new user's id. `name` is what policies say: lower case, no spaces. `password_hash`: argon2id. `zone`: in which
    they read times, an IANA name."""
    _check_name(name, "name")
    _check_role(role)
    _check_zone(zone)
    _check_language(language)
    if email is not None:
        check_email(email)
    if tx.row("SELECT 1 FROM users WHERE name = ?", (name,)):
        raise Conflict(
            say("there is a user {name} already", name=repr(name)), place="name", expected=say("another name")
        )
    user = mint.new(tx.now)
    row = (
        user,
        name,
        _display(display, name),
        email,
        role,
        password_hash,
        True,
        tx.now,
        zone,
        language,
        None,
        None,
        None,
        None,
    )
    USERS.add(tx, journal, row, by)
    revisions.renew(tx, mint, REVISION)
    return user


def add_team(
    tx: Tx,
    mint: IdMint,
    journal: Journal,
    name: str,
    *,
    by: str,
    lead: int | None = None,
    roster: str | None = None,
    people: tuple[int, ...] = (),
) -> int:
    """A new team's id."""
    _check_name(name, "name")
    if tx.row("SELECT 1 FROM teams WHERE name = ?", (name,)):
        raise Conflict(
            say("there is a team {name} already", name=repr(name)), place="name", expected=say("another name")
        )
    team = mint.new(tx.now)
    belong = tuple(dict.fromkeys(people))
    TEAMS.add(tx, journal, (team, name, lead, roster), by, members=told_members(belong))
    tx.insert(members, [(team, user) for user in belong])
    revisions.renew(tx, mint, REVISION)
    return team


def change_user(tx: Tx, mint: IdMint, journal: Journal, name: str, changes: Mapping[str, Any], *, by: str) -> User:
    """Change a user's `role, email, display, zone, language`, whether they are `active`, or what they prefer (`theme,
    density, default_view, shortcuts`; None: as it is for whoever has said nothing); what is not named stays.
    Whoever leaves is signed out, and their tokens end; with another role, those of their tokens that had the old one
    carry the new. NotFound where there is no such user, NotAllowed where nobody would be left to administer."""
    revisions.renew(tx, mint, REVISION)  # first, so that two nodes take turns
    people = load(tx)
    user = people.by_name.get(name)
    if user is None:
        raise NotFound(
            say("there is no user {name}", name=repr(name[:100])),
            place="user",
            expected=say("the name of a user (`tocsin user list`)"),
        )
    role, active = changes.get("role", user.role), changes.get("active", user.active)
    _check_role(role)
    if (email := changes.get("email")) not in (None, user.email):
        check_email(email)
    _check_zone(changes.get("zone"))
    _check_language(changes.get("language"))
    _check_one_of("theme", changes.get("theme"), get_args(Theme))
    _check_one_of("density", changes.get("density"), get_args(Density))
    if user.active and user.role == "admin" and not (active and role == "admin"):
        require_another_admin(people, user, "active" if not active else "role")
    if "display" in changes:
        changes = {**changes, "display": _display(changes["display"], user.name)}
    USERS.change(tx, journal, user.id, changes, by, "changed")
    if not active:
        sessions.end_all(tx, user.id)
        tokens.revoke_all(tx, journal, user.id, by=by)
    elif role != user.role:
        tokens.change_role(tx, journal, user.id, user.role, role, by=by)
    return load(tx).by_name[name]


def change_team(tx: Tx, mint: IdMint, journal: Journal, name: str, changes: Mapping[str, Any], *, by: str) -> Team:
    """Change a team's `lead` (a user's id, or None), `roster` or `members` (ids); what is not named stays. NotFound
    where there is no such team."""
    revisions.renew(tx, mint, REVISION)
    team = load(tx).teams.get(name)
    if team is None:
        raise NotFound(
            say("there is no team {name}", name=repr(name[:100])),
            place="team",
            expected=say("the name of a team (`tocsin team list`)"),
        )
    also: dict[str, Any] = {}
    if "members" in changes and {*changes["members"]} != {*team.members}:
        belong = tuple(dict.fromkeys(changes["members"]))
        tx.run("DELETE FROM members WHERE team = ?", (team.id,))
        tx.insert(members, [(team.id, user) for user in belong])
        also["members"] = told_members(belong)
    own = {key: value for key, value in changes.items() if key != "members"}
    TEAMS.change(tx, journal, team.id, own, by, "changed", **also)
    return load(tx).teams[name]


def _check_role(role: str) -> None:
    role_of(role)


def _display(text: Any, name: str) -> str:
    """What somebody is called; `name`, by which they sign in, where nothing of it can be seen."""
    display = str(text or "").strip()
    if len(display) > _LONGEST_DISPLAY:
        most = say("at most {longest} characters", longest=_LONGEST_DISPLAY)
        raise InvalidInput(say("the text is too long"), place="display", expected=most)
    return display if any(letter.isprintable() and not letter.isspace() for letter in display) else name


def _check_zone(zone: str | None) -> None:
    if zone is not None:
        zones.load(zone)


def _check_language(language: str | None) -> None:
    if language is not None:
        languages.check(language)


def _check_one_of(place: str, value: str | None, known: tuple[str, ...]) -> None:
    if value is not None and value not in known:
        raise InvalidInput(
            say("{given} is not known", given=repr(value[:40])),
            place=place,
            expected=say("one of {choices}", choices=", ".join(known)),
        )


def require_another_admin(people: Directory, user: User, place: str) -> None:
    """NotAllowed where nobody but this user could administer."""
    if user.role == "admin" and not any(
        one.active and one.role == "admin" and one.id != user.id for one in people.users.values()
    ):
        raise NotAllowed(
            say("{name} is the last administrator", name=user.name),
            place=place,
            expected=say("another active user with the role admin first"),
        )


def _check_name(name: str, place: str) -> None:
    plain = name.replace("-", "").replace("_", "").replace(".", "")
    if not (plain.isascii() and plain.isalnum() and name == name.lower() and len(name) <= 100):
        raise InvalidInput(
            say("{name} cannot stand in a policy", name=repr(name[:40])),
            place=place,
            expected=say("lower-case letters, digits and the characters . - _"),
        )
