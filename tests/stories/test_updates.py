"""Where a page went, and somebody has answered it: whoever is told so, and who is not."""

from typing import Any

from tests.stories.starter import OUTAGE, STARTER, act, assert_sound, opened, rows
from tests.testing import WEBHOOK_SECRET, World, world
from tocsin.cases import verbs
from tocsin.core.clock import MINUTE
from tocsin.notify import destinations
from tocsin.notify.channels.port import Message, Place
from tocsin.notify.destinations import New
from tocsin.tools.outgoing import Outcome


def with_a_pager(here: World, *names: str) -> None:
    """A further destination for each, which is updated."""
    installation = here.installation
    for name in names:
        new = New("webhook", f"http://pager.test/again/{name}", WEBHOOK_SECRET, {"updates": True})
        user = here.viewer(name).user
        assert user is not None
        installation.writer.write(
            lambda tx, user=user, new=new: destinations.add(  # type: ignore[misc]
                tx, installation.mint, installation.journal, installation.vault, user, new, by="test"
            )
        )


def updates(here: World) -> list[dict[str, Any]]:
    return [one for one in here.outbox.sent if one["type"] == "answered"]


def test_pages_that_were_answered_elsewhere_say_so(database_url: str) -> None:
    here = world(database_url, STARTER)
    with_a_pager(here, "carl", "dora", "lea")
    case = opened(here, OUTAGE)
    here.forward(0)
    pages = [one for one in here.outbox.sent if one["type"] == "page" and "/again/" in one["address"]]
    act(here, case, verbs.acknowledge(here.viewer("dora")))
    here.forward(0)
    told = updates(here)
    assert sorted((one["address"], one["page"]) for one in told) == sorted(
        (one["address"], one["message_id"]) for one in pages
    )
    assert {(one["state"], one["by"]) for one in told} == {("acknowledged", "dora")}
    assert {one["text"].split("\n")[0] for one in told} == {
        "dora has acknowledged it. Nothing is asked of you any more."
    }
    assert not {one["message_id"] for one in told} & {one["message_id"] for one in pages}
    assert_sound(here, case)
    here.forward(30 * MINUTE)
    assert len(updates(here)) == len(told), "each once"
    here.installation.close()


def test_a_page_that_was_on_its_way_is_updated_too(database_url: str) -> None:
    here = world(database_url, STARTER)
    with_a_pager(here, "carl", "dora")
    inner = here.outbox.send

    async def slowly(place: Place, message: Message, now: int) -> Outcome:
        """While the first is on its way, somebody answers."""
        here.outbox.send = inner  # type: ignore[method-assign]
        act(here, case, verbs.acknowledge(here.viewer("dora")))
        return await inner(place, message, now)

    here.outbox.send = slowly  # type: ignore[method-assign]
    case = opened(here, OUTAGE)
    here.forward(0)
    pages = {one["message_id"] for one in here.outbox.sent if one["type"] == "page" and "/again/" in one["address"]}
    assert pages
    assert {one["page"] for one in updates(here)} == pages
    assert_sound(here, case)
    here.installation.close()


def test_a_place_that_asks_for_no_updates_gets_none(database_url: str) -> None:
    here = world(database_url, STARTER)
    case = opened(here, OUTAGE)
    here.forward(0)
    act(here, case, verbs.acknowledge(here.viewer("dora")))
    here.forward(MINUTE)
    assert updates(here) == []
    assert rows(here, "SELECT count(*) FROM notifications WHERE kind = 'answered'") == [(0,)]
    here.installation.close()


def test_of_a_confidential_case_it_says_as_little_as_the_page(database_url: str) -> None:
    here = world(database_url, STARTER)
    with_a_pager(here, "carl", "dora")
    case = opened(here, OUTAGE)
    here.forward(0)
    act(here, case, verbs.restrict(here.viewer("admin"), ["dora", "admin"], "legal"))
    act(here, case, verbs.acknowledge(here.viewer("dora")))
    here.forward(0)
    told = updates(here)
    assert told
    assert all(one["case"]["subject"] == "Confidential case" and "API" not in one["text"] for one in told)
    here.installation.close()


def test_pages_of_a_call_in_that_somebody_answered_say_so(database_url: str) -> None:
    here = world(database_url, STARTER)
    with_a_pager(here, "carl", "dora")
    case = opened(here, {"subject": "How do we rename a report?"})
    act(here, case, verbs.call_in(here.viewer("anna"), user="carl"))
    act(here, case, verbs.call_in(here.viewer("anna"), user="dora"))
    here.forward(0)
    pages = {one["to"]: one["message_id"] for one in here.outbox.sent if "/again/" in one["address"]}
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.resolve(here.viewer("anna"), "done"))
    here.forward(0)
    told = {one["page"]: (one["state"], one["by"]) for one in updates(here)}
    assert told == {pages["carl"]: ("acknowledged", "carl"), pages["dora"]: ("stopped", None)}
    assert_sound(here, case)
    here.installation.close()
