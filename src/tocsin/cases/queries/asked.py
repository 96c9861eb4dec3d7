"""Which cases somebody asks for, in the words of addresses, commands and saved views; checked here alone."""

from typing import Any, Literal, get_args

import msgspec

from tocsin.cases import queries
from tocsin.cases.context import Desk
from tocsin.cases.queries import cursors
from tocsin.cases.queries.listing import Filter, Sort
from tocsin.cases.queries.needs import Need, Only
from tocsin.core.errors import InvalidInput
from tocsin.core.vault import Vault
from tocsin.core.wording import marked, say, verbatim
from tocsin.people import accounts
from tocsin.people.directory import Directory, User
from tocsin.people.permissions import Viewer
from tocsin.policy.model import Document, Kind
from tocsin.storage import search
from tocsin.storage.transaction import Tx

State = Literal["open", "resolved", "closed", "merged"]
Level = Literal["standard", "senior", "executive"]
MYSELF = "me"
_LONGEST = 500  # characters of one field
_COLUMNS = ("state", "level", "kind", "severity", "type", "product_area", "team", "external_id", "source", "imported")


class CaseQuery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """People, teams and customers by their names; `me`: whoever asks. `live`: open cases that are worked on. `q`:
    words, the last perhaps only begun, or a number."""

    state: State | None = None
    level: Level | None = None
    kind: Kind | None = None
    severity: str | None = None
    type: str | None = None
    product_area: str | None = None
    team: str | None = None
    owner: str | None = None
    account: str | None = None
    external_id: str | None = None
    source: str | None = None
    imported: bool | None = None
    live: bool = False
    needs: Need | None = None
    followed_by: str | None = None
    q: str | None = None
    sort: Sort = "newest"


FIELDS = CaseQuery.__struct_fields__
_CHOICES = {
    name: get_args(choices)
    for name, choices in (("state", State), ("level", Level), ("kind", Kind), ("needs", Need), ("sort", Sort))
}


def read(fields: Any, place: str = "filter") -> CaseQuery:
    """What a JSON object asks for; InvalidInput with the field that is unknown, or that has no such value."""
    if not isinstance(fields, dict):
        raise InvalidInput(say("this is no filter"), place=place, expected=say("an object of fields"))
    for name, value in fields.items():
        if name not in FIELDS:
            expected = say("one of {choices}", choices=", ".join(FIELDS))
            raise InvalidInput(say("this field is not known"), place=f"{place}.{name[:40]}", expected=expected)
        if isinstance(value, str) and len(value) > _LONGEST:
            most = say("at most {longest} characters", longest=_LONGEST)
            raise InvalidInput(say("the text is too long"), place=f"{place}.{name}", expected=most)
    try:
        return msgspec.convert(fields, CaseQuery)
    except msgspec.ValidationError as error:
        says, _, at = str(error).partition(" - at `$.")
        name = at.rstrip("`")
        if (choices := _CHOICES.get(name)) is not None:
            refused = say("{value} is not one of the choices", value=repr(fields[name])[:60])
            expected = say("one of {choices}", choices=", ".join(choices))
            raise InvalidInput(refused, place=f"{place}.{name}", expected=expected) from None
        raise InvalidInput(verbatim(says), place=f"{place}.{name}" if at else place) from None


def shown(asked: CaseQuery) -> dict[str, Any]:
    """The fields that ask for something."""
    found: dict[str, Any] = msgspec.to_builtins(asked)
    return found


def require(tx: Tx, desk: Desk, viewer: Viewer, asked: CaseQuery, now: int) -> None:
    """InvalidInput where it names what there is not."""
    narrowed(tx, desk, viewer, asked, now)
    if asked.q is not None:
        search.condition(tx, asked.q)


def narrowed(tx: Tx, desk: Desk, viewer: Viewer, asked: CaseQuery, now: int, limit: int = 50) -> Filter:
    """The filter by which the list is read. InvalidInput for what nobody and nothing is called: an empty list would
    look like an answer."""
    people, document = desk.directory.get(tx), _document(tx, desk, now)
    severities = () if document is None else tuple(document.severities)
    types = () if document is None else tuple(document.types)
    areas = () if document is None else tuple(document.product_areas)
    _require_known(tx, viewer, "severity", asked.severity, severities)
    _require_known(tx, viewer, "type", asked.type, types)
    _require_known(tx, viewer, "product_area", asked.product_area, areas)
    _require_team(tx, viewer, people, asked.team)
    equal = {name: value for name in _COLUMNS if (value := getattr(asked, name)) is not None}
    if asked.account is not None:
        equal["account"] = _account(tx, asked.account)
    return Filter(
        equal,
        _user(viewer, people, asked.owner, "owner"),
        asked.q,
        asked.sort,
        limit=limit,
        needs=asked.needs,
        live=asked.live,
        follower=_user(viewer, people, asked.followed_by, "followed_by"),
        severities=severities,
    )


def only(tx: Tx, desk: Desk, viewer: Viewer, asked: CaseQuery, now: int) -> Only:
    """What the board is narrowed to by team, level, product area and account, refused as the list refuses it."""
    equal = narrowed(tx, desk, viewer, asked, now).equal
    return Only(**{name: value for name, value in equal.items() if name in Only._fields})


def behind(wanted: Filter, vault: Vault, cursor: str | None) -> Filter:
    """The same list from the place on that a cursor says; from its beginning without one."""
    return wanted._replace(behind=cursors.read(vault, wanted.sort, cursor)) if cursor else wanted


def _document(tx: Tx, desk: Desk, now: int) -> Document | None:
    policies = desk.policies.get(tx)
    return None if policies.in_force(now) is None else policies.at(now).document


def _account(tx: Tx, reference: str) -> int:
    found = accounts.named(tx, reference)
    if found is None:
        raise InvalidInput(
            say("there is no account {reference}", reference=repr(reference[:40])),
            place="account",
            expected=say("its id here or the customer's own"),
        )
    return found.id


_UNKNOWN = {
    "severity": marked("there is no severity {name}"),
    "type": marked("there is no type {name}"),
    "product_area": marked("there is no product area {name}"),
}


def _require_known(tx: Tx, viewer: Viewer, field: str, value: str | None, known: tuple[str, ...]) -> None:
    """InvalidInput for what neither the policy in force names nor a case has."""
    if value is not None and value not in known and not queries.any_has(tx, viewer, field, value):
        expected = say("one of {choices}", choices=", ".join(known)) if known else say("a policy that names it")
        raise InvalidInput(say(_UNKNOWN[field], name=repr(value[:40])), place=field, expected=expected)


def _require_team(tx: Tx, viewer: Viewer, people: Directory, team: str | None) -> None:
    """InvalidInput for a team that there is not, and that no case names."""
    if team is not None and team not in people.teams and not queries.any_has(tx, viewer, "team", team):
        raise InvalidInput(
            say("there is no team {team}", team=repr(team[:40])), place="team", expected=say("the name of a team")
        )


def _user(viewer: Viewer, people: Directory, name: str | None, place: str) -> User | None:
    """Whoever is called so, active or not; `me` is whoever asks. InvalidInput where nobody is."""
    if name == MYSELF and viewer.user is not None:
        return people.users[viewer.user]
    if name == MYSELF:
        says = say("this token belongs to nobody")
        raise InvalidInput(says, place=place, expected=say("the name of a user"))
    if name is not None and name not in people.by_name:
        raise InvalidInput(
            say("there is no user {name}", name=repr(name[:40])), place=place, expected=say("the name of a user")
        )
    return None if name is None else people.by_name[name]
