"""The same problem: a new ticket is compared with the open cases, and one of them is offered as its parent."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import act, at, events, link, opened, state
from tests.testing import World
from tocsin.cases import linking, verbs
from tocsin.cases.alike import index, offers, telling
from tocsin.clocks import moments
from tocsin.core.clock import HOUR, MINUTE
from tocsin.ledger import erasing, journal

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
OFFERS = ("cases:", "same_problem: {offer: 0.6}\ncases:")
CHAT = {
    "subject": "Chat disconnects all the time, error 502",
    "body": "Since ten minutes all of us are thrown out of the chat, then it reconnects, then we are out again.",
}
AGAIN = {
    "subject": "Nachrichten: Verbindung weg",
    "body": "Der Chat trennt ständig die Verbindung, Fehler 502. Alle Kollegen sind betroffen.\n\n-- \nEva Kunze",
}
INVOICE = {"subject": "Question about our invoice", "body": "Could you send the invoice of May once more, please?"}


def looked(here: World) -> None:
    here.installation.step_all()


def offered(here: World, case: int, who: str = "anna") -> int | None:
    with here.installation.database.reading(here.clock.now()) as tx:
        found = offers.waiting(tx, here.viewer(who), case)
    return None if found is None else found.parent


def told(here: World, case: int) -> list[int]:
    with here.installation.database.reading(here.clock.now()) as tx:
        reader = moments.reader(moments.utc, {})
        return [one["number"] for one in telling.similar(tx, here.installation.desk, here.viewer("anna"), case, reader)]


def dismiss(here: World, who: str, case: int, other: int) -> None:
    desk, viewer = here.installation.desk, here.viewer(who)
    here.installation.writer.write(lambda tx: linking.dismiss(tx, desk, viewer, case, other))


def test_a_ticket_in_another_language_is_offered_the_case_of_its_problem(stage: Stage) -> None:
    here = stage(OFFERS, start=NINE)
    first = opened(here, CHAT)
    opened(here, INVOICE)
    here.forward(10 * MINUTE)
    second = opened(here, AGAIN)
    looked(here)
    assert (offered(here, first), offered(here, second)) == (None, first)
    assert state(here, second).case.parent is None  # nothing is linked without a person
    with here.installation.database.reading(here.clock.now()) as tx:
        found = offers.waiting(tx, here.viewer("anna"), second)
        assert found is not None
        assert found.likelihood > 0.6
        assert ("502", "502") in found.reasons.shared
        assert "kunze" not in str(index.prints(tx, [second])[second].terms)  # a signature says nothing of the problem


def test_what_is_accepted_follows_and_is_a_label(stage: Stage) -> None:
    here = stage(OFFERS, start=NINE)
    first, second = opened(here, CHAT), opened(here, AGAIN)
    looked(here)
    link(here, "anna", second, "parent", first)
    assert state(here, second).case.parent == first
    assert offered(here, second) is None
    with here.installation.database.reading(here.clock.now()) as tx:
        assert offers.since(tx, 0) == {"accepted": 1}
    third = opened(here, AGAIN)
    looked(here)
    assert offered(here, third) == first  # not the child that it is most like


def test_what_is_dismissed_is_a_label_and_is_not_offered_again(stage: Stage) -> None:
    here = stage(OFFERS, start=NINE)
    first, second = opened(here, CHAT), opened(here, AGAIN)
    looked(here)
    dismiss(here, "anna", second, first)
    looked(here)
    assert offered(here, second) is None
    assert [event["kind"] for event in map(vars_of, events(here, second, "case.parent_dismissed"))] == [
        "case.parent_dismissed"
    ]
    with here.installation.database.reading(here.clock.now()) as tx:
        assert offers.since(tx, 0) == {"dismissed": 1}


def vars_of(event: journal.Recorded) -> dict[str, object]:
    return event.show()


def test_a_confidential_case_is_compared_with_none(stage: Stage) -> None:
    here = stage(OFFERS, start=NINE)
    first = opened(here, CHAT)
    act(here, first, verbs.restrict(here.viewer("lea"), ["carl"], "a legal matter"))
    second = opened(here, AGAIN)
    assert (offered(here, second, "anna"), offered(here, second, "carl")) == (None, None)
    assert told(here, second) == []
    third = opened(here, AGAIN)
    assert offered(here, third) == second
    act(here, second, verbs.restrict(here.viewer("lea"), ["carl"], "a legal matter"))
    assert offered(here, third) is None  # it was offered before, and is shown to nobody any more who may not see it


def test_families_are_one_deep(stage: Stage) -> None:
    here = stage(OFFERS, start=NINE)
    first, second, third = (opened(here, ticket) for ticket in (CHAT, AGAIN, CHAT))
    link(here, "anna", third, "parent", second)
    assert state(here, second).case.parent is None
    assert offered(here, second) is None  # it is followed itself
    link(here, "anna", opened(here, AGAIN), "parent", first)
    fifth = opened(here, CHAT)
    found = offered(here, fifth)
    assert found in (first, second)  # a parent, never a child


def test_what_is_over_is_offered_no_more_and_what_is_opened_again_is(stage: Stage) -> None:
    here = stage(OFFERS, start=NINE)
    first = opened(here, CHAT)
    act(here, first, verbs.resolve(here.viewer("carl"), "switched over"))
    second = opened(here, AGAIN)
    assert offered(here, second) is None
    with here.installation.database.reading() as tx:
        assert set(index.prints(tx, [first, second])) == {second}
    act(here, first, verbs.reopen(here.viewer("carl"), "it is not over"))
    assert offered(here, opened(here, AGAIN)) in (first, second)


def test_merged_cases_are_forgotten(stage: Stage) -> None:
    here = stage(OFFERS, start=NINE)
    first, second = opened(here, CHAT), opened(here, AGAIN)
    link(here, "anna", second, "merged", first)
    with here.installation.database.reading() as tx:
        assert set(index.prints(tx, [first, second])) == {first}


@pytest.mark.tampered
def test_of_what_was_erased_no_words_are_kept(stage: Stage) -> None:
    here = stage(OFFERS, start=NINE)
    first, second = opened(here, CHAT), opened(here, AGAIN)
    assert offered(here, second) == first
    numbers = [event.seq for event in events(here, first)]
    journal_of = here.installation.journal
    here.installation.writer.write(
        lambda tx: erasing.erase(tx, journal_of, first, numbers, by="user:lea", reason="asked for"), cases=(first,)
    )
    with here.installation.database.reading() as tx:
        assert index.prints(tx, [first]) == {}
        assert tx.rows("SELECT 1 FROM case_print_buckets WHERE case_id = ?", (first,)) == []
    assert offered(here, second) is None


def test_after_a_day_a_ticket_is_of_another_problem(stage: Stage) -> None:
    here = stage(OFFERS, start=NINE)
    opened(here, CHAT)
    here.forward(25 * HOUR)
    assert offered(here, opened(here, AGAIN)) is None


def test_nothing_is_compared_where_the_policy_does_not_say_so(stage: Stage) -> None:
    here = stage(start=NINE)
    first, second = opened(here, CHAT), opened(here, AGAIN)
    assert offered(here, second) is None
    with here.installation.database.reading() as tx:
        assert index.prints(tx, [first, second]) == {}
