"""A ticket that gets another subject: pages, lists and mails name the case by what its ticket is called now."""

from collections.abc import Iterator

import pytest

from tests.stories.signalling import signal
from tests.stories.starter import OUTAGE, STARTER, act, assert_sound, found, rows
from tests.testing import World, world
from tocsin.cases import verbs
from tocsin.core import ids
from tocsin.core.clock import MINUTE

NEW = "Payments are down in every region"


@pytest.fixture
def here(database_url: str) -> Iterator[World]:
    made = world(database_url, STARTER)
    yield made
    made.installation.close()


def test_lists_and_the_next_page_name_it_by_its_new_subject(here: World) -> None:
    case = ids.from_text(here.open(**OUTAGE)["id"])
    here.forward(MINUTE)
    assert {page["case"]["subject"] for page in here.outbox.sent} == {OUTAGE["subject"]}
    before = len(here.outbox.sent)
    assert signal(here, external_id="Z-1", subject=NEW) == case
    assert rows(here, "SELECT subject FROM cases") == [(NEW,)]
    here.forward(6 * MINUTE)
    later = here.outbox.sent[before:]
    assert later
    assert {page["case"]["subject"] for page in later} == {NEW}
    assert_sound(here, case)


def test_it_is_found_by_both_subjects(here: World) -> None:
    here.open(**OUTAGE)
    signal(here, external_id="Z-1", subject=NEW)
    signal(here, external_id="Z-1", subject="Card payments")
    assert found(here, "card payments") == ["Card payments"]
    assert found(here, OUTAGE["subject"]) == ["Card payments"]
    assert found(here, "every region") == []


def test_what_is_decided_again_for_another_reason_keeps_the_name(here: World) -> None:
    case = ids.from_text(here.open(**OUTAGE)["id"])
    signal(here, external_id="Z-1", subject=NEW)
    act(here, case, verbs.override(here.viewer("lea"), reason="it is billing's", team="billing"))
    signal(here, external_id="Z-1", users_affected=9500)
    assert rows(here, "SELECT subject FROM cases") == [(NEW,)]
    assert_sound(here, case)
