"""A database that is filled for measuring: as many cases as were asked for, which can be listed, found and changed."""

import pytest

from tests.stories.starter import STARTER, act
from tests.testing import world
from tocsin.cases import verbs
from tocsin.cases.queries import listing, searching
from tocsin.cases.queries.listing import Filter
from tocsin.cli.bench import filling
from tocsin.people.permissions import SYSTEM


@pytest.mark.tampered
def test_it_holds_what_was_asked_for(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "CUSTOMERS", 20)
    here = world(database_url, STARTER)
    installation = here.installation
    filling.fill(installation, live=30, over=50)
    with installation.database.reading() as tx:
        people = installation.desk.directory.get(tx)
        assert listing.count(tx, SYSTEM, Filter({"state": "closed"}), 1000) == (50, False)
        assert listing.count(tx, SYSTEM, Filter({"state": "open"}), 1000) == (30 + filling.TEMPLATES, False)
        [newest], _ = listing.listed(tx, SYSTEM, Filter({"state": "open"}, limit=1))
        [hit] = searching.look(tx, SYSTEM, people, str(newest.case.external_id)).cases
    assert (hit.case.id, hit.exact) == (newest.case.id, True)
    assert here.open(subject="How do we rename a report?")["number"] == newest.case.number + 1
    act(here, newest.case.id, verbs.note(here.viewer("lea"), "kept and found"))
    with installation.database.reading() as tx:
        [hit] = searching.look(tx, SYSTEM, people, "kept and found").cases
    assert hit.case.id == newest.case.id
    installation.close()
