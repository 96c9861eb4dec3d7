"""Views: who sees them, who may change them, what is refused, and that the record proves them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stories.starter import STARTER
from tests.testing import SECRET, World, world
from tocsin import audit
from tocsin.cases import views
from tocsin.cases.views import View
from tocsin.core import ids
from tocsin.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tocsin.people.permissions import SYSTEM, Viewer


@pytest.fixture
def here(database_url: str) -> Iterator[World]:
    made = world(database_url, STARTER)
    yield made
    made.installation.close()


def save(here: World, who: Viewer | str, name: str, filter: Any = None, shared: str | None = None, **more: Any) -> str:
    viewer = here.viewer(who) if isinstance(who, str) else who
    desk = here.installation.desk
    page = more.pop("page", "cases")
    made = here.installation.writer.write(
        lambda tx: views.add(tx, desk, viewer, name, page, filter or {}, shared, **more)
    )
    return ids.to_text(made)


def change(here: World, who: str, view: str, **changes: Any) -> None:
    desk, viewer = here.installation.desk, here.viewer(who)
    here.installation.writer.write(lambda tx: views.change(tx, desk, viewer, view, changes))


def delete(here: World, who: str, view: str) -> None:
    desk, viewer = here.installation.desk, here.viewer(who)
    here.installation.writer.write(lambda tx: views.delete(tx, desk, viewer, view))


def seen(here: World, who: str, page: Any = None) -> list[View]:
    with here.installation.database.reading() as tx:
        return views.listed(tx, here.viewer(who), here.installation.desk.directory.get(tx), page)


def names(here: World, who: str, page: Any = None) -> list[str]:
    return [view.name for view in seen(here, who, page)]


def test_whose_and_with_whom(here: World) -> None:
    save(here, "anna", "Mine", {"owner": "me"})
    save(here, "anna", "For us", {"team": "support"}, "team:support")
    save(here, "carl", "For all", {"level": "executive"}, "everybody", page="now")
    assert names(here, "anna") == ["Mine", "For us", "For all"]
    assert names(here, "bo") == ["For all", "For us"], "an agent of the team; each by its place"
    assert names(here, "dora") == ["For all"]
    assert names(here, "lea") == ["For all", "For us"], "who leads the team"
    assert names(here, "anna", "now") == ["For all"]
    assert seen(here, "anna")[0].filter.owner == "me"


def test_who_may_change_one(here: World) -> None:
    mine, ours = save(here, "anna", "Mine"), save(here, "anna", "Ours", shared="everybody")
    change(here, "anna", mine, name="My own", filter={"state": "open"}, place=7)
    view = seen(here, "anna")[-1]
    assert (view.name, view.filter.state, view.place) == ("My own", "open", 7)
    change(here, "lea", ours, name="Of all")
    for who in ("bo", "carl"):
        with pytest.raises(Forbidden):
            change(here, who, ours, name="Theirs")
        with pytest.raises(Forbidden):
            delete(here, who, ours)
        with pytest.raises(NotFound):
            change(here, who, mine, name="Theirs")
    with pytest.raises(NotFound):
        delete(here, "admin", mine)
    delete(here, "admin", ours)
    assert names(here, "anna") == ["My own"]
    with pytest.raises(NotFound):
        change(here, "anna", ours, name="Again")


@pytest.mark.parametrize(
    ("about", "error"),
    [
        ({"name": " "}, InvalidInput),
        ({"name": "two\nlines"}, InvalidInput),
        ({"name": "x" * 81}, InvalidInput),
        ({"name": "mine"}, Conflict),
        ({"filter": {"colour": "red"}}, InvalidInput),
        ({"filter": {"team": "nobody"}}, InvalidInput),
        ({"filter": {"owner": "nobody"}}, InvalidInput),
        ({"filter": {"q": "..." * 200}}, InvalidInput),
        ({"filter": {"q": " "}}, InvalidInput),
        ({"shared": "us"}, InvalidInput),
        ({"shared": "team:none"}, InvalidInput),
        ({"shared": "team:billing", "who": "carl"}, Forbidden),
        ({"who": SYSTEM}, Forbidden),
    ],
)
def test_what_is_refused_leaves_nothing(here: World, about: dict[str, Any], error: type[Exception]) -> None:
    save(here, "anna", "Mine")
    with pytest.raises(error):
        save(here, **{"who": "anna", "name": "New"} | about)
    assert names(here, "anna") == ["Mine"]
    assert names(here, "carl") == []


def test_the_record_proves_them(here: World) -> None:
    view = save(here, "anna", "Mine", {"q": "payments", "sort": "due"})
    change(here, "anna", view, shared="everybody", filter={"needs": "breached"})
    delete(here, "anna", save(here, "anna", "Gone"))

    def findings() -> list[str]:
        with here.installation.database.reading() as tx:
            return [str(finding) for finding in audit.verify(tx, audit.Keys.of(SECRET), audit.Report())]

    assert findings() == []
    here.installation.writer.write(lambda tx: tx.run("UPDATE views SET name = 'Theirs' WHERE ended_at IS NULL"))
    [found] = findings()
    assert found.startswith("view Theirs, name:")
