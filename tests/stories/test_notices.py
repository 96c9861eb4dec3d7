"""People are told of what needs no answer; in a flood the rest goes out as a digest, and nothing is lost."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stories.noticing import alert, alerted, question, told
from tests.stories.starter import OUTAGE, QUESTION, STARTER, act, alarms, assert_sound, kinds, opened, pages, rows
from tests.testing import SECRET, World, world
from tocsin import audit, runtime
from tocsin.cases import acting, verbs
from tocsin.core import ids
from tocsin.core.clock import HOUR, MINUTE, SECOND
from tocsin.notify import outcomes
from tocsin.people.permissions import SYSTEM


@pytest.fixture
def here(database_url: str) -> Iterator[World]:
    made = world(database_url, STARTER)
    yield made
    made.installation.close()


@pytest.fixture
def watched(database_url: str) -> Iterator[World]:
    made = world(database_url, STARTER, watching=True)
    made.forward(30 * SECOND)
    yield made
    made.installation.close()


def states(here: World, kind: str = "notice") -> list[str]:
    return [row[0] for row in rows(here, "SELECT state FROM notifications WHERE kind = ? ORDER BY id", kind)]


def test_a_notice_goes_to_those_who_are_named(here: World) -> None:
    case = question(here)
    alert(here, case, "anna", "bo", says="Nobody has looked at it yet.")
    here.forward(MINUTE)
    [message] = told(here)
    assert len(told(here, name="bo")) == 1
    assert message["case"]["id"] == ids.to_text(case)
    assert message["case"]["subject"] == QUESTION["subject"]
    assert (message["why"], message["clock"], message["cycle"]) == ("warning", "resolve", 1)
    assert message["says"] == "Nobody has looked at it yet."
    assert message["due_at"] == "2026-03-02T11:00:00Z"
    assert "acknowledge_link" not in message
    assert states(here) == ["delivered", "delivered"]
    assert_sound(here, case)


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ({"external_id": "C-17", "name": "Initech", "arr": 5e6}, {"external_id": "C-17", "name": "Initech"}),
        ({"name": "Initech", "arr": 5e6}, {"external_id": None, "name": "Initech"}),
        ({}, None),
    ],
    ids=["account", "name", "nobody"],
)
def test_messages_say_who_the_customer_is(here: World, account: Any, said: Any) -> None:
    case = opened(here, {**OUTAGE, "external_id": "N-1", "account": account})
    alert(here, case, "anna")
    here.forward(MINUTE)
    messages = [message for message in here.outbox.sent if message["type"] in ("page", "notice")]
    assert {message["type"] for message in messages} == {"page", "notice"}
    for message in messages:
        assert message["case"]["account"] == said
        assert message["case"]["external_id"] == "N-1"
        assert "5000000" not in str(message)


def test_a_notice_outlives_the_path_but_not_the_case(here: World) -> None:
    answered, solved = opened(here, OUTAGE), question(here)
    alert(here, answered, "anna")
    alert(here, solved, "anna")
    act(here, answered, verbs.acknowledge(here.viewer("carl")))
    act(here, solved, verbs.resolve(SYSTEM, "done"))
    here.forward(MINUTE)
    assert [message["case"]["id"] for message in told(here)] == [ids.to_text(answered)]
    assert states(here) == ["delivered", "cancelled"]
    assert_sound(here, answered)
    assert_sound(here, solved)


def test_in_a_flood_the_rest_goes_out_as_one_digest(here: World) -> None:
    cases = [question(here) for _ in range(9)]
    for place, case in enumerate(cases):
        alert(here, case, "anna", says=f"number {place}")
        if place < 8:
            here.forward(10 * SECOND)
    assert [message["says"] for message in told(here)] == [f"number {place}" for place in range(5)]
    assert states(here).count("queued") == 4
    assert_sound(here, cases[-1])
    here.forward(5 * MINUTE)
    act(here, cases[6], verbs.resolve(SYSTEM, "done"))
    here.forward(5 * MINUTE - 81 * SECOND)
    assert told(here, "digest") == []
    here.forward(2 * SECOND)
    [digest] = told(here, "digest")
    assert digest["at"] == rows(here, "SELECT min(queued_at) FROM notifications")[0][0] + 10 * MINUTE
    assert digest["count"] == 3
    assert [notice["says"] for notice in digest["notices"]] == ["number 5", "number 7", "number 8"]
    assert digest["notices"][0]["case"]["id"] == ids.to_text(cases[5])
    assert len(told(here)) == 5
    assert states(here) == ["delivered"] * 6 + ["cancelled"] + ["delivered"] * 2
    assert states(here, "digest") == ["delivered"]
    for case in cases:
        assert_sound(here, case)
    alert(here, cases[0], "anna", says="too early")
    here.forward(SECOND)
    assert len(told(here)) == 5, "four others and the digest are younger than ten minutes"
    here.forward(10 * SECOND)
    assert [digest["count"] for digest in told(here, "digest")] == [3, 1]
    alert(here, cases[0], "anna", says="later")
    here.forward(20 * SECOND)
    assert len(told(here)) == 5
    here.forward(10 * MINUTE)
    alert(here, cases[0], "anna", says="the flood is over")
    here.forward(SECOND)
    assert told(here)[-1]["says"] == "the flood is over"


def test_a_flood_for_one_is_none_for_another(here: World) -> None:
    case = question(here)
    for place in range(6):
        alert(here, case, "anna", says=str(place))
    alert(here, case, "anna", "bo", says="both")
    here.forward(SECOND)
    assert [message["says"] for message in told(here, name="bo")] == ["both"]
    here.forward(10 * MINUTE)
    assert [notice["says"] for notice in told(here, "digest")[0]["notices"]] == ["5", "both"]
    assert told(here, "digest", "bo") == []


def test_one_event_for_many_cases_at_once(here: World) -> None:
    """What a bulk writes is one call of the subscriber."""
    cases = [question(here) for _ in range(12)]
    installation = here.installation
    plans: dict[int, acting.Plan] = {case: lambda state, around: [alerted(here, "anna")] for case in cases}
    installation.writer.write(lambda tx: acting.act_many(tx, installation.desk, plans), cases=tuple(cases))
    here.forward(11 * MINUTE)
    assert len(told(here)) == 5
    assert [digest["count"] for digest in told(here, "digest")] == [7]


def test_a_digest_whose_cases_are_all_settled_is_not_sent(here: World) -> None:
    first, second = question(here), question(here)
    for _ in range(5):
        alert(here, first, "anna")
    alert(here, second, "anna")
    act(here, second, verbs.resolve(SYSTEM, "done"))
    here.forward(11 * MINUTE)
    assert told(here, "digest") == []
    assert states(here, "digest") == ["cancelled"]
    assert states(here)[-1] == "cancelled"
    assert rows(here, "SELECT 1 FROM work WHERE kind = 'page'") == []


def test_a_digest_survives_the_process_and_is_tried_again(here: World, database_url: str) -> None:
    case = question(here)
    for place in range(8):
        alert(here, case, "anna", says=str(place))
    here.forward(SECOND)
    here.installation.close()
    here.installation = runtime.build(
        database_url, SECRET, clock=here.clock, channels={"webhook": here.outbox}, carrier=runtime.Inline()
    )
    here.outbox.fail = True
    here.forward(10 * MINUTE)
    assert states(here).count("queued") == 3
    with here.installation.database.reading() as tx:
        shown = [page for page in outcomes.pages(tx, SYSTEM, case) if page["state"] == "queued"]
    assert [page["error"] for page in shown] == ["the receiver is down"] * 3
    alert(here, case, "anna", says="while it fails")
    here.outbox.fail = False
    here.forward(30 * MINUTE)
    listed = [notice["says"] for digest in told(here, "digest") for notice in digest["notices"]]
    everything = [message["says"] for message in told(here)] + listed
    assert sorted(everything) == sorted([*map(str, range(8)), "while it fails"])
    assert listed[:3] == ["5", "6", "7"]
    assert set(states(here)) == {"delivered"}
    assert_sound(here, case)


def test_a_notice_that_nobody_takes_is_set_aside_and_raised(watched: World) -> None:
    case = question(watched)
    watched.outbox.fail = True
    alert(watched, case, "anna")
    watched.forward(3 * HOUR, look=5 * MINUTE)
    watched.outbox.fail = False
    assert states(watched) == ["failed"]
    assert "notice.failed" in kinds(watched, case)
    watched.forward(2 * HOUR, look=5 * MINUTE)
    found = {alarm["kind"] for message in alarms(watched) for alarm in message["alarms"]}
    assert "case.notice_failed" in found
    assert_sound(watched, case)
    act(watched, case, verbs.resolve(SYSTEM, "done"))
    watched.forward(2 * MINUTE)
    assert rows(watched, "SELECT 1 FROM work WHERE kind = 'page' AND aside_at IS NOT NULL") == []


def test_a_digest_that_nobody_takes_is_set_aside_and_raised(watched: World) -> None:
    case = question(watched)
    for _ in range(7):
        alert(watched, case, "anna")
    watched.forward(MINUTE)
    watched.outbox.fail = True
    watched.forward(3 * HOUR, look=5 * MINUTE)
    watched.outbox.fail = False
    assert states(watched) == ["delivered"] * 5 + ["failed"] * 2
    watched.forward(2 * HOUR, look=5 * MINUTE)
    found = {alarm["kind"] for message in alarms(watched) for alarm in message["alarms"]}
    assert "work.digest_failed" in found
    assert_sound(watched, case)


def test_a_lost_row_of_work_is_found_again_and_kept_notices_are_left_alone(watched: World) -> None:
    case = question(watched)
    for place in range(7):
        alert(watched, case, "anna", says=str(place))
    watched.forward(SECOND)
    watched.installation.writer.write(lambda tx: tx.run("DELETE FROM work WHERE kind = 'page'"))
    watched.forward(12 * MINUTE)
    assert [digest["count"] for digest in told(watched, "digest")] == [2]
    assert len(told(watched)) == 5


def on_call(found: list[tuple[int, int, str]]) -> str:
    """The senior who was paged, and has a backup."""
    [name] = [name for _, _, name in found if name in ("carl", "dora")]
    return name


def test_whoever_a_page_is_handed_on_to_is_paged(here: World) -> None:
    case = opened(here, OUTAGE)
    here.forward(SECOND)
    before = pages(here)
    act(here, case, verbs.decline(here.viewer(on_call(before)), "on a train"))
    here.forward(SECOND)
    [(passed, step, name)] = pages(here)[len(before) :]
    assert (passed, step) == (1, 1)
    assert name not in {page[2] for page in before}
    assert_sound(here, case)


def test_the_pages_of_a_hand_over_that_are_gone_are_queued_again(watched: World) -> None:
    case = opened(watched, OUTAGE)
    watched.forward(SECOND)
    before = pages(watched)
    act(watched, case, verbs.decline(watched.viewer(on_call(before))))
    run = watched.installation.writer.write
    run(lambda tx: tx.run("DELETE FROM work WHERE kind = 'page'"))
    assert run(lambda tx: tx.run("DELETE FROM notifications WHERE pass < 0")) == 1
    watched.forward(MINUTE)
    assert len(pages(watched)) == len(before) + 1
    assert_sound(watched, case)


def test_a_confidential_case_keeps_its_subject_out_of_messages(here: World) -> None:
    case = opened(here, OUTAGE)
    act(here, case, verbs.restrict(SYSTEM, ["anna", "carl", "dora", "lea"], "press"))
    alert(here, case, "anna")
    here.forward(10 * MINUTE)
    about = [message["case"] for message in here.outbox.sent if message["type"] in ("page", "notice")]
    assert about
    assert {case["subject"] for case in about} == {"Confidential case"}
    assert {case["external_id"] for case in about} == {None}


@pytest.mark.parametrize(
    ("forgery", "found"),
    [
        ("DELETE FROM notifications WHERE kind = 'notice'", "the notice is missing"),
        (
            "UPDATE notifications SET content = CAST('{}' AS {bytes}) WHERE kind = 'notice'",
            "no alert asked for the notice",
        ),
        (
            "UPDATE notifications SET state = 'queued' WHERE kind = 'notice'",
            "it is queued, and the queue says otherwise",
        ),
        (
            "UPDATE notifications SET state = 'failed' WHERE kind = 'notice'",
            "it is failed, and the journal says otherwise",
        ),
    ],
)
def test_a_notice_that_was_tampered_with_is_found(here: World, forgery: str, found: str) -> None:
    case = question(here)
    alert(here, case, "anna")
    here.forward(SECOND)
    installation = here.installation
    text = forgery.replace("{bytes}", "BLOB" if installation.database.dialect == "sqlite" else "BYTEA")
    assert installation.writer.write(lambda tx: tx.run(text)) == 1
    with installation.database.reading() as tx:
        findings = [str(finding) for finding in audit.verify(tx, audit.Keys.of(SECRET), audit.Report())]
    assert any(found in finding for finding in findings), findings
