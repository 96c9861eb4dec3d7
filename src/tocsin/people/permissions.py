"""Who may do what: one table of roles and permissions, asked by the verbs and never by a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, get_args

from tocsin.core.errors import Forbidden, InvalidInput
from tocsin.core.wording import Said, one_of, say, verbatim

Role = Literal[
    "viewer", "agent", "senior", "escalation_manager", "lead", "account_owner", "committee", "admin", "operator"
]
Permission = Literal[
    "cases.read",
    "cases.open",
    "cases.signal",  # say later what became of a ticket, of any source: changed, replied to, solved
    "cases.import",  # history, or a backlog, of another system
    "cases.work",  # acknowledge, assign, note, claim, hold, raise to senior
    "cases.confirm",  # whether an escalated case is contained, or resolved
    "cases.confirm_relationship",  # the same, of a relationship escalation
    "cases.raise",  # to any level, and answer requests for it
    "cases.lower",
    "cases.correct",
    "cases.relieve",  # give a clock more time
    "cases.confide",  # decide who may see a case
    "accounts.revenue",  # to the digit; without it, a band
    "accounts.write",  # facts sent with a case become those of the account
    "policy.read",
    "policy.write",
    "guards.write",  # restrain for a time what happens by itself, or watch an account
    "people.read",
    "people.write",
    "tokens.write",
    "operate",  # deliveries, work queue, audit
]

ROLES: tuple[Role, ...] = get_args(Role)
_SOMEBODY: dict[Role, Said] = {
    "viewer": say("a viewer"),
    "agent": say("an agent"),
    "senior": say("a senior"),
    "escalation_manager": say("an escalation manager"),
    "lead": say("a lead"),
    "account_owner": say("an account owner"),
    "committee": say("a committee member"),
    "admin": say("an admin"),
    "operator": say("an operator"),
}
# How refusals say what somebody may not: `the role lead may not administer people`.
_WORDS: dict[Permission, Said] = {
    "cases.read": say("see cases"),
    "cases.open": say("open cases"),
    "cases.signal": say("report what became of a ticket"),
    "cases.import": say("import cases"),
    "cases.work": say("work on cases"),
    "cases.confirm": say("confirm or reject claims"),
    "cases.confirm_relationship": say("confirm or reject claims of relationship escalations"),
    "cases.raise": say("raise cases to any level"),
    "cases.lower": say("lower cases"),
    "cases.correct": say("correct escalations"),
    "cases.relieve": say("give a clock more time"),
    "cases.confide": say("decide who may see a case"),
    "accounts.revenue": say("see what customers pay"),
    "accounts.write": say("change customers"),
    "policy.read": say("see the policy"),
    "policy.write": say("change the policy"),
    "guards.write": say("restrain automation"),
    "people.read": say("see people"),
    "people.write": say("administer people"),
    "tokens.write": say("issue or revoke tokens"),
    "operate": say("operate the installation"),
}
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)


def role_of(text: str) -> Role:
    """The role of this name; InvalidInput, with the one that is likely meant, where there is none."""
    if text in ROLES:
        return text
    plain = text.strip().lower().replace("-", "_").replace(" ", "_")
    meant = next(iter(get_close_matches(plain, ROLES, 1)), None)
    wrong = repr(text[:40])
    if plain in _LEVELS:
        says = say(
            "{text} is not a role: {level} is a level of cases; the role of executives is committee",
            text=wrong,
            level=plain,
        )
    elif meant:
        says = say("{text} is not a role: did you mean {meant}?", text=wrong, meant=meant)
    else:
        says = say("{text} is not a role", text=wrong)
    raise InvalidInput(says, place="role", expected=say("one of {choices}", choices=", ".join(ROLES)))


_LEVELS = ("standard", "executive")  # senior is a role as well
_READ: frozenset[Permission] = frozenset({"cases.read", "policy.read", "people.read"})
_WORK: frozenset[Permission] = _READ | {"cases.open", "cases.signal", "cases.work"}
_SENIOR: frozenset[Permission] = _WORK | {"accounts.revenue", "cases.confirm"}
_STEERS: frozenset[Permission] = _SENIOR | {"accounts.write", "cases.raise", "cases.lower", "cases.confide"}
_MANAGER: frozenset[Permission] = _STEERS | {"cases.confirm_relationship", "guards.write"}
_LEAD: frozenset[Permission] = _STEERS | {"cases.correct", "guards.write"}
_GRANTS: dict[Role, frozenset[Permission]] = {
    "viewer": _READ,
    "agent": _WORK,
    "senior": _SENIOR,
    "escalation_manager": _MANAGER,
    "lead": _LEAD,
    "account_owner": _WORK | {"accounts.revenue", "accounts.write", "cases.raise"},
    "committee": _READ | {"accounts.revenue"},
    "admin": frozenset(PERMISSIONS),
    "operator": _READ
    | {"operate", "guards.write", "cases.open", "cases.signal", "cases.import", "accounts.revenue", "accounts.write"},
}

# What an answer to a page is for and makes of somebody, by role. Every one of them works on cases: no permission apart.
FOR_RELATIONSHIPS: frozenset[Role] = frozenset({"escalation_manager", "account_owner"})  # that is what pages them
MANAGERS: frozenset[Role] = FOR_RELATIONSHIPS | {"lead", "admin"}  # become the escalation manager by answering


class NotGranted(Forbidden):
    """What a role, or a token that is limited, does not include: this permission."""

    def __init__(self, says: Said, permission: Permission, *, expected: Said) -> None:
        super().__init__(says, expected=expected)
        self.permission = permission


@dataclass(frozen=True, slots=True)
class Viewer:
    """On whose behalf something is read or done. `actor` stands in the journal: `user:dana`, `token:zendesk`.
    `scopes`: to which of the role's permissions their token is narrowed; None: to all of them, whatever the role."""

    actor: str
    role: Role
    user: int | None = None
    token: int | None = None
    scopes: frozenset[Permission] | None = None

    @property
    def name(self) -> str:
        """How people call whoever this is: the actor without its kind."""
        return self.actor.partition(":")[2] or self.actor

    @property
    def machine(self) -> bool:
        """Whether nobody stands behind it: a token that belongs to no user."""
        return self.user is None and self.token is not None

    def may(self, permission: Permission) -> bool:
        return permission in _GRANTS[self.role] and (self.scopes is None or permission in self.scopes)

    def require(self, permission: Permission) -> None:
        """Forbidden, with who could, where this one may not."""
        if not self.may(permission):
            within = permission in _GRANTS[self.role]
            able = say("a token that has {permission}", permission=permission) if within else any_of(permission)
            says = say("{capacity} may not {words}", capacity=self.capacity, words=_WORDS[permission])
            raise NotGranted(says, permission, expected=able)

    @property
    def capacity(self) -> Said:
        """What decides what they may, as refusals call it."""
        if self.scopes is None:
            return say("the role {role}", role=role_name(self.role))
        return say("this limited token of the role {role}", role=role_name(self.role))


def includes(role: str, permission: Permission) -> bool:
    """Whether a role includes it."""
    return permission in _GRANTS.get(role, frozenset())  # type: ignore[call-overload]


def roles(permission: Permission) -> tuple[Role, ...]:
    """Those that include it."""
    return tuple(role for role in ROLES if permission in _GRANTS[role])


def role_name(role: str) -> Said:
    """What people call a role: `account owner`."""
    return say(role.replace("_", " "))


def allows(permission: str) -> Said:
    """What it lets somebody do, as a refusal says it: `lower cases`; one of another release by its name."""
    return _WORDS[permission] if permission in PERMISSIONS else verbatim(permission)


def any_of(permission: Permission) -> Said:
    """Those roles in words: `a lead or an admin`."""
    return one_of([_SOMEBODY[role] for role in roles(permission)])


def permissions(role: Role) -> tuple[Permission, ...]:
    """What a role includes, in the order of the table."""
    return tuple(permission for permission in PERMISSIONS if permission in _GRANTS[role])


def narrowed(role: Role, scopes: Iterable[str]) -> frozenset[Permission]:
    """Some of a role's permissions, by their names; InvalidInput where one is unknown, outside the role, or none is."""
    wanted, able = frozenset(scopes), permissions(role)
    outside = sorted(wanted - frozenset(able))
    possible = say("one or more of {permissions}", permissions=", ".join(able))
    if outside:
        unknown = [name for name in outside if name not in PERMISSIONS]
        if unknown:
            detail = say("{name} is not a permission", name=repr(unknown[0][:100]))
        else:
            detail = say("the role {role} does not include {permission}", role=role, permission=outside[0])
        raise InvalidInput(detail, place="scopes", expected=possible)
    if not wanted:
        raise InvalidInput(say("a token without permissions is of no use"), place="scopes", expected=possible)
    return frozenset(permission for permission in able if permission in wanted)


SYSTEM = Viewer("engine", "admin")
ANYBODY = Viewer("anybody", "viewer")  # who sees what everybody sees who may read cases
