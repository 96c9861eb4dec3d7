"""Customers whom a problem concerns and who have not written yet: who they are, and cases that are opened for them."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import OUTAGE, QUESTION, act, at, link, opened, paged, state, told, unlink, until
from tests.testing import World
from tocsin.administration import account_sheets
from tocsin.cases import verbs
from tocsin.cases.alike import affected
from tocsin.cases.alike.affected import OpenedFor
from tocsin.core.clock import MINUTE
from tocsin.core.errors import NotAllowed
from tocsin.intake.uploads import Contents
from tocsin.people import accounts
from tocsin.people.accounts import Having

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday


def customers(here: World) -> None:
    install = here.installation
    for name, products, region in (
        ("acme", ["Chat", "Files"], "eu"),
        ("bolt", ["chat"], "eu"),
        ("core", ["Chat"], "us"),
        ("dune", ["Files"], "eu"),
    ):
        facts = {"products": products, "region": region, "attributes": {"cluster": "c1" if region == "eu" else "c2"}}
        install.writer.write(
            lambda tx, name=name, facts=facts: accounts.learn(  # type: ignore[misc]
                tx, install.mint, install.journal, None, name, facts, by="user:lea"
            )
        )


def listed(here: World, parent: int, wanted: Having | None = None) -> list[tuple[str, bool]]:
    with here.installation.database.reading(here.clock.now()) as tx:
        wanted = wanted or affected.usual(tx, parent)
        return [
            (one.account.external_id, one.case is not None)
            for one in affected.affected(tx, here.viewer("anna"), parent, wanted)
        ]


def open_for(here: World, parent: int, *names: str) -> list[OpenedFor]:
    desk, viewer = here.installation.desk, here.viewer("anna")
    made = here.installation.writer.write(
        lambda tx: affected.open_for(tx, desk, viewer, parent, names), cases=(parent,)
    )
    here.installation.step_all()
    return made


def numbered(here: World, number: int | None) -> int:
    with here.installation.database.reading() as tx:
        row = tx.row("SELECT id FROM cases WHERE number = ?", (number,))
    assert row is not None
    return int(row[0])


def test_customers_of_the_product_are_told_with_who_has_written(stage: Stage) -> None:
    here = stage(start=NINE)
    customers(here)
    parent = opened(here, OUTAGE, account={"external_id": "acme"})
    child = opened(here, OUTAGE, account={"external_id": "bolt"})
    link(here, "anna", child, "parent", parent)
    assert listed(here, parent, Having(products=("CHAT",))) == [("core", False), ("acme", True), ("bolt", True)]
    assert listed(here, parent, Having(products=("chat",), region="EU")) == [("acme", True), ("bolt", True)]
    assert listed(here, parent, Having(attributes=(("cluster", "c1"),))) == [
        ("dune", False),
        ("acme", True),
        ("bolt", True),
    ]
    assert listed(here, parent, Having()) == []


def test_cases_that_are_opened_for_them_follow_and_page_nobody(stage: Stage) -> None:
    here = stage(start=NINE)
    customers(here)
    parent = opened(here, OUTAGE, account={"external_id": "acme"})
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    pages, notices = len(paged(here)), told(here, parent, "joined")
    made = open_for(here, parent, "bolt", "core", "acme", "nobody")
    assert [one.number is not None for one in made] == [True, True, False, False]
    assert [str(one.refused) for one in made[2:]] != []
    for one in made[:2]:
        child = state(here, numbered(here, one.number))
        assert (child.case.parent, child.case.level) == (parent, state(here, parent).case.level)
        assert child.case.acknowledged_at is not None
        assert child.escalations == []
    until(here, NINE + 30 * MINUTE)
    assert (len(paged(here)), told(here, parent, "joined")) == (pages, notices)
    assert [one.number for one in open_for(here, parent, "bolt")] == [None]  # asked again, nothing is opened twice


def test_one_that_is_let_go_pages_for_itself(stage: Stage) -> None:
    here = stage(start=NINE)
    customers(here)
    parent = opened(here, OUTAGE, account={"external_id": "acme"})
    [made] = open_for(here, parent, "bolt")
    child = numbered(here, made.number)
    pages = len(paged(here))
    here.forward(MINUTE)
    unlink(here, "anna", child, "parent", parent)
    assert len(paged(here)) > pages


def test_none_is_opened_for_a_case_that_follows_or_is_over(stage: Stage) -> None:
    here = stage(start=NINE)
    customers(here)
    parent, child = opened(here, QUESTION, account={"external_id": "acme"}), opened(here, QUESTION)
    link(here, "anna", child, "parent", parent)
    with pytest.raises(NotAllowed):
        open_for(here, child, "bolt")
    act(here, parent, verbs.resolve(here.viewer("carl")))
    with pytest.raises(NotAllowed):
        open_for(here, parent, "bolt")


def test_products_and_attributes_come_from_a_table(stage: Stage) -> None:
    here = stage(start=NINE)
    customers(here)
    lea = here.viewer("lea")
    table = Contents(
        b"id,products,attributes.cluster,attributes.tier\nacme,Chat;Mail,,gold\nnova,Chat | Files,c3,\ndune,,,\n"
    )
    looked = account_sheets.look(here.installation, lea, table)
    assert (looked.new, looked.changed, looked.unchanged, looked.unused) == (1, 1, 1, [])
    account_sheets.apply(here.installation, lea, table)
    with here.installation.database.reading() as tx:
        found = accounts.by_external_id(tx, ["acme", "nova"])
    assert found["acme"].facts["products"] == ["Chat", "Mail"]
    assert found["acme"].facts["attributes"] == {"cluster": "c1", "tier": "gold"}  # what it does not name stays
    assert (found["nova"].facts["products"], found["nova"].facts["attributes"]) == (
        ["Chat", "Files"],
        {"cluster": "c3"},
    )
    assert account_sheets.look(here.installation, lea, table).unchanged == 3
