"""Destinations of teams and roles: they hear of each page, and nobody answers by what they are told."""

from typing import Any

from tests.stories.starter import OUTAGE, STARTER, act, assert_sound, opened
from tests.testing import WEBHOOK_SECRET, World, world
from tocsin.cases import verbs
from tocsin.core.clock import MINUTE
from tocsin.notify import destinations, outcomes
from tocsin.notify.destinations import New, Owner, Room
from tocsin.people.permissions import SYSTEM


def add(here: World, owner: Owner, name: str, **options: Any) -> int:
    kit = here.installation.mint, here.installation.journal, here.installation.vault
    new = New("webhook", f"http://room.test/{name}", WEBHOOK_SECRET, options)
    return here.installation.writer.write(lambda tx: destinations.add(tx, *kit, owner, new, by="test"))


def rooms(here: World, kind: str) -> list[dict[str, Any]]:
    return [one for one in here.outbox.sent if one["type"] == kind and "room.test" in one["address"]]


def team_of(here: World, case: int) -> Room:
    with here.installation.database.reading() as tx:
        [(team,)] = tx.rows("SELECT t.id FROM cases c JOIN teams t ON t.name = c.team WHERE c.id = ?", (case,))
    return Room(team=team)


def test_a_room_of_the_team_hears_who_is_paged_and_who_answered(database_url: str) -> None:
    here = world(database_url, STARTER)
    team = team_of(here, opened(here, {**OUTAGE, "external_id": "Z-0"}))
    add(here, team, "support", updates=True)
    case = opened(here, OUTAGE)
    here.forward(0)
    [told] = rooms(here, "room")
    paged = {one["display"] for one in here.outbox.sent if one["type"] == "page" and one["case"]["number"] == 2}
    assert set(told["paged"]) == paged
    assert "/acknowledge/" not in str(told)
    assert "acknowledge" not in told
    assert "are paged (step 1" in told["text"] or "is paged (step 1" in told["text"]
    assert (told["case"]["number"], told["to"]) == (2, "engineering")
    here.forward(6 * MINUTE)
    assert len(rooms(here, "room")) > 1, "each step is told"
    act(here, case, verbs.acknowledge(here.viewer("dora")))
    here.forward(0)
    assert {(one["state"], one["by"]) for one in rooms(here, "answered")} == {("acknowledged", "dora")}
    with here.installation.database.reading() as tx:
        shown = outcomes.pages(tx, SYSTEM, case)
    assert "team:engineering" in {page["user"] for page in shown}
    assert_sound(here, case)
    here.installation.close()


def test_a_room_that_is_gone_hears_nothing_and_holds_up_nobody(database_url: str) -> None:
    here = world(database_url, STARTER)
    team = team_of(here, opened(here, {**OUTAGE, "external_id": "Z-0"}))
    room = add(here, team, "support")
    kit = here.installation.mint, here.installation.journal
    here.installation.writer.write(lambda tx: destinations.end(tx, *kit, team, room, by="test"))
    opened(here, OUTAGE)
    here.forward(0)
    assert rooms(here, "room") == []
    assert any(one["type"] == "page" and one["case"]["number"] == 2 for one in here.outbox.sent)
    assert add(here, team, "support") == room, "it is used again"
    here.installation.close()


def test_a_role_is_told_where_a_path_names_it(database_url: str) -> None:
    here = world(database_url, STARTER)
    add(here, Room(role="duty-director"), "directors")
    add(here, Room(role="nobody"), "nobody")
    case = opened(here, OUTAGE)
    here.forward(0)
    pages = [one for one in here.outbox.sent if one["type"] == "page"]
    assert "role:duty-director" in {one["why"]["target"] for one in pages}
    [told] = rooms(here, "room")
    assert (told["address"], told["to"]) == ("http://room.test/directors", "duty-director")
    assert_sound(here, case)
    here.installation.close()


def test_of_a_confidential_case_a_room_hears_its_number_alone(database_url: str) -> None:
    here = world(database_url, STARTER)
    add(here, team_of(here, opened(here, {**OUTAGE, "external_id": "Z-0"})), "support")
    case = opened(here, OUTAGE)
    act(here, case, verbs.restrict(here.viewer("admin"), ["dora", "admin"], "legal"))
    here.forward(0)
    assert all(
        one["case"]["subject"] == "Confidential case" and "API" not in one["text"] for one in rooms(here, "room")
    )
    assert rooms(here, "room")
    here.installation.close()
