"""Views: lists of cases that people come back to, by a name. Everybody who may read cases has their own; one may be
shared with a team or with everybody, who see in it what they may see."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from tocsin.cases.context import Desk
from tocsin.cases.events import VIEWS
from tocsin.cases.queries import asked
from tocsin.cases.queries.asked import CaseQuery
from tocsin.core import canonical, ids, texts
from tocsin.core.errors import Conflict, Forbidden, InvalidInput, NotAllowed, NotFound
from tocsin.core.wording import say
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Row, Tx

Page = Literal["now", "cases"]
EVERYBODY = "everybody"
MOST = 100  # of one user
_LONGEST = 80  # characters of a name
_TEAM = "team:"
_COLUMNS = "id, name, page, filter, owner, shared, place, created_at"


class View(NamedTuple):
    """`shared`: None, `everybody` or `team:NAME`. `place`: in which order they are shown, the least first."""

    id: int
    name: str
    page: Page
    filter: CaseQuery
    owner: int
    shared: str | None
    place: int
    created_at: int

    def seen_by(self, viewer: Viewer, people: Directory) -> bool:
        """Whether it is theirs, or shared with them."""
        if self.shared == EVERYBODY or (viewer.user is not None and viewer.user == self.owner):
            return True
        team = people.teams.get(team_of(self.shared))
        return team is not None and viewer.user in (*team.members, team.lead)

    def changed_by(self, viewer: Viewer) -> bool:
        """Whether they may change it: its owner; of a shared one a lead or an administrator too."""
        if viewer.user is not None and viewer.user == self.owner:
            return True
        return self.shared is not None and viewer.role in ("lead", "admin")


def team_of(shared: str | None) -> str:
    """The name of the team that a view is shared with; empty for none."""
    return shared.removeprefix(_TEAM) if shared is not None and shared.startswith(_TEAM) else ""


def listed(tx: Tx, viewer: Viewer, people: Directory, page: Page | None = None) -> list[View]:
    """Those that the viewer has, or that are shared with them: their own first, in their order."""
    viewer.require("cases.read")
    rows = tx.rows(f"SELECT {_COLUMNS} FROM views WHERE ended_at IS NULL ORDER BY place, id")
    found = [view for view in map(_view, rows) if view.seen_by(viewer, people) and page in (None, view.page)]
    return sorted(found, key=lambda view: view.owner != viewer.user)


def named(tx: Tx, viewer: Viewer, people: Directory, reference: str) -> View:
    """The view with this id; NotFound where there is none for this viewer."""
    viewer.require("cases.read")
    row = tx.row(f"SELECT {_COLUMNS} FROM views WHERE id = ? AND ended_at IS NULL", (ids.from_text(reference, "view"),))
    view = None if row is None else _view(row)
    if view is None or not view.seen_by(viewer, people):
        raise NotFound(say("there is no view {reference}", reference=reference[:40]), place="view")
    return view


def add(
    tx: Tx,
    desk: Desk,
    viewer: Viewer,
    name: str,
    page: Page,
    fields: Mapping[str, Any],
    shared: str | None = None,
    place: int | None = None,
) -> int:
    """Save a view; its id. Without a place it comes last. InvalidInput for a filter that the list would refuse."""
    viewer.require("cases.read")
    if viewer.user is None:
        says = say("this token belongs to nobody")
        raise Forbidden(says, expected=say("a token of the user who has the view"))
    people = desk.directory.get(tx)
    own = [view for view in listed(tx, viewer, people) if view.owner == viewer.user]
    if len(own) >= MOST:
        raise NotAllowed(say("there are {most} views of yours already", most=MOST), expected=say("fewer of them"))
    _require_new(own, name, page)
    _require_shared(viewer, people, shared)
    last = max((view.place for view in own), default=-1)
    row = (
        desk.mint.new(tx.now),
        _named(name),
        page,
        _stored(tx, desk, viewer, fields),
        viewer.user,
        shared,
        last + 1 if place is None else place,
        tx.now,
        None,
    )
    VIEWS.add(tx, desk.journal, row, viewer.actor)
    return int(row[0])


def change(tx: Tx, desk: Desk, viewer: Viewer, reference: str, changes: Mapping[str, Any]) -> None:
    """Change its `name, page, filter, shared, place`; what is not named stays. Forbidden for whoever
    may only see it."""
    people = desk.directory.get(tx)
    view = _to_change(tx, viewer, people, reference)
    made = dict(changes)
    if "name" in made or "page" in made:
        made["name"] = _named(made.get("name", view.name))
        others = [one for one in listed(tx, viewer, people) if one.owner == view.owner and one.id != view.id]
        _require_new(others, made["name"], made.get("page", view.page))
    if made.get("shared", view.shared) != view.shared:
        _require_shared(viewer, people, made["shared"])
    if "filter" in made:
        made["filter"] = _stored(tx, desk, viewer, made["filter"])
    VIEWS.change(tx, desk.journal, view.id, made, viewer.actor, "changed")


def delete(tx: Tx, desk: Desk, viewer: Viewer, reference: str) -> None:
    """Delete a view. Forbidden for whoever may only see it."""
    view = _to_change(tx, viewer, desk.directory.get(tx), reference)
    VIEWS.change(tx, desk.journal, view.id, {"ended_at": tx.now}, viewer.actor, "deleted")


def _to_change(tx: Tx, viewer: Viewer, people: Directory, reference: str) -> View:
    view = named(tx, viewer, people, reference)
    if not view.changed_by(viewer):
        owner = people.name_of(view.owner)
        raise Forbidden(
            say("this view is {owner}'s", owner=owner),
            expected=say("{owner}, a lead or an administrator; or a view of your own", owner=owner),
        )
    return view


def _require_new(others: Sequence[View], name: str, page: str) -> None:
    if any(texts.fold(view.name) == texts.fold(name.strip()) and view.page == page for view in others):
        raise Conflict(
            say("there is a view {name} already", name=repr(name)), place="name", expected=say("another name")
        )


def _require_shared(viewer: Viewer, people: Directory, shared: str | None) -> None:
    """InvalidInput for whom it cannot be shared with; Forbidden for a team in which they are not."""
    if shared is None or shared == EVERYBODY:
        return
    team = people.teams.get(team_of(shared))
    if team is None:
        raise InvalidInput(
            say("a view cannot be shared with {shared}", shared=repr(shared[:40])),
            place="shared",
            expected=say("everybody, or team:NAME"),
        )
    if viewer.user not in (*team.members, team.lead) and viewer.role not in ("lead", "admin"):
        raise Forbidden(
            say("you are not in the team {team}", team=team.name),
            place="shared",
            expected=say("a team of yours, or everybody"),
        )


def _named(name: str) -> str:
    plain = texts.line(name, _LONGEST + 1)
    if texts.blank(name) or plain != name.strip() or len(plain) > _LONGEST:
        raise InvalidInput(
            say("this is not a name for a view"),
            place="name",
            expected=say("1 to {longest} characters on one line", longest=_LONGEST),
        )
    return plain


def _stored(tx: Tx, desk: Desk, viewer: Viewer, fields: Mapping[str, Any]) -> bytes:
    """A filter as it is kept; InvalidInput for one that the list would refuse."""
    read = asked.read(fields)
    asked.require(tx, desk, viewer, read, tx.now)
    return canonical.encode(asked.shown(read))


def _view(row: Row) -> View:
    view, name, page, fields, owner, shared, place, at = row
    return View(view, name, page, asked.read(canonical.decode(bytes(fields))), owner, shared, place, at)
