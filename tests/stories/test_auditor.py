"""Somebody, or a fault of ours, breaks what keeps a case alive; the auditor puts it right or tells the leads within a
minute, and the case goes on as if nothing had happened."""

from typing import Any

import pytest

from tests.stories.process import change
from tests.stories.starter import (
    OUTAGE,
    QUESTION,
    STARTER,
    act,
    alarms,
    assert_sound,
    erase,
    kinds,
    opened,
    pages,
    rows,
    run,
)
from tests.testing import WEBHOOK_SECRET, World, world
from tocsin.cases import verbs
from tocsin.core import canonical, ids
from tocsin.core.clock import HOUR, MINUTE, SECOND
from tocsin.ledger import journal
from tocsin.ledger.chain import PLATFORM
from tocsin.notify import destinations
from tocsin.notify.channels.port import Place
from tocsin.notify.destinations import New
from tocsin.tools.outgoing import Outcome

WATCH = MINUTE  # how soon whatever is broken must be found


@pytest.fixture
def here(database_url: str) -> Any:
    made = world(database_url, STARTER, watching=True)
    made.forward(30 * SECOND)
    yield made
    made.installation.close()


def repairs(here: World, case: int) -> list[str]:
    with here.installation.database.reading() as tx:
        events = [event for event in journal.read(tx, case) if event.kind == "audit.repaired"]
    return [found["what"] for event in events for found in event.payload["found"]]


@pytest.mark.parametrize(
    "break_it",
    ["DELETE FROM work WHERE kind = 'case'", "UPDATE work SET due_at = due_at + 86400000000 WHERE kind = 'case'"],
)
def test_a_lost_timer_is_set_again(here: World, break_it: str) -> None:
    case = opened(here, QUESTION)
    assert run(here, break_it) == 1
    here.forward(WATCH)
    assert repairs(here, case) == ["timer"]
    assert_sound(here, case)
    here.watching = False
    here.forward(90 * HOUR)
    breached = rows(here, "SELECT clock FROM clocks WHERE case_id = ? AND outcome = 'breached'", case)
    assert ("idle",) in breached
    assert repairs(here, case) == ["timer"]
    assert alarms(here) == []


def test_a_lost_owner_comes_back_from_the_record(here: World) -> None:
    case = opened(here, QUESTION)
    [(owner,)] = rows(here, "SELECT owner FROM cases")
    assert owner is not None
    run(here, "UPDATE cases SET owner = NULL")
    here.forward(WATCH)
    assert rows(here, "SELECT owner FROM cases") == [(owner,)]
    assert repairs(here, case) == ["owner"]
    assert_sound(here, case)


def test_a_lost_assign_clock_comes_back_from_the_record(database_url: str) -> None:
    policy = STARTER.replace("{id: rest, team: support, assign: least_loaded}", "{id: rest, team: support}")
    here = world(database_url, policy, watching=True)
    case = opened(here, QUESTION)
    before = rows(here, "SELECT * FROM clocks WHERE clock = 'assign'")
    assert len(before) == 1
    run(here, "DELETE FROM clocks WHERE clock = 'assign'")
    here.forward(WATCH)
    assert rows(here, "SELECT * FROM clocks WHERE clock = 'assign'") == before
    assert "owner" in repairs(here, case)
    assert_sound(here, case)
    here.installation.close()


def test_where_the_record_was_erased_a_new_assign_clock_asks_for_an_owner_and_the_lead_is_told(here: World) -> None:
    case = opened(here, QUESTION)
    erase(here, case, "case.assigned")
    run(here, "UPDATE cases SET owner = NULL")
    here.forward(WATCH)
    assert rows(here, "SELECT cycle, outcome FROM clocks WHERE clock = 'assign' ORDER BY cycle") == [
        (1, "met"),
        (2, None),
    ]
    [told] = alarms(here)
    assert told["counts"] == {"case.owner": 1}
    assert told["alarms"][0]["case"] == ids.to_text(case)
    here.forward(65 * MINUTE, look=MINUTE)
    assert len(alarms(here)) == 1  # what is mended is not told again
    act(here, case, verbs.assign(here.viewer("lea"), "anna"))
    assert rows(here, "SELECT outcome FROM clocks WHERE clock = 'assign' AND cycle = 2") in (
        [("met",)],
        [("breached",)],
    )


def test_an_owner_who_left_is_raised_once_and_again_every_hour_until_somebody_else_has_the_case(here: World) -> None:
    case = opened(here, QUESTION)
    [(owner,)] = rows(here, "SELECT u.name FROM cases c JOIN users u ON u.id = c.owner")
    change(here, owner, active=False)
    here.forward(WATCH)
    assert [told["counts"] for told in alarms(here)] == [{"case.owner_away": 1}]
    assert kinds(here, case).count("alarm.raised") == 1
    here.forward(2 * HOUR + MINUTE)
    assert len(alarms(here)) == 3
    assert kinds(here, case).count("alarm.raised") == 1
    [other] = {"anna", "bo"} - {owner}
    act(here, case, verbs.assign(here.viewer("lea"), other))
    here.forward(65 * MINUTE, look=MINUTE)
    assert len(alarms(here)) == 3
    assert_sound(here, case)


@pytest.mark.parametrize(
    "break_it",
    [
        ["UPDATE escalations SET next_at = NULL"],
        ["UPDATE escalations SET state = 'stopped', next_at = NULL"],
        ["DELETE FROM work WHERE kind = 'page'", "DELETE FROM notifications", "DELETE FROM escalations"],
    ],
    ids=["no time", "stopped", "gone"],
)
def test_a_path_that_stands_still_climbs_on(here: World, break_it: list[str]) -> None:
    case = opened(here, OUTAGE)
    here.forward(SECOND)
    first = pages(here)
    [(escalation, *_)] = rows(here, "SELECT id, state FROM escalations")
    for statement in break_it:
        run(here, statement)
    here.forward(WATCH)
    assert "path" in repairs(here, case)
    assert_sound(here, case)
    assert rows(here, "SELECT id, state FROM escalations") == [(escalation, "climbing")]
    here.forward(5 * MINUTE)
    assert {(1, 1), (1, 2)} <= {place[:2] for place in pages(here)}
    if len(break_it) == 1:  # nobody is paged twice for a row that came back
        assert pages(here)[: len(first)] == first
        assert len(set(pages(here))) == len(pages(here))
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    quiet = len(pages(here))
    here.forward(59 * MINUTE, look=MINUTE)
    assert len(pages(here)) == quiet


def test_an_escalation_without_a_path_gets_one_from_its_policy(here: World) -> None:
    """Where the record was erased too, the path begins anew, from its first step."""
    case = opened(here, OUTAGE)
    here.forward(SECOND)
    erase(here, case, "case.escalated", "path.stepped")
    for statement in (
        "DELETE FROM work WHERE kind = 'page'",
        "DELETE FROM notifications",
        "DELETE FROM escalations",
    ):
        run(here, statement)
    before = len(pages(here))
    here.forward(WATCH)
    assert rows(here, "SELECT path, state FROM escalations") == [("executive", "climbing")]
    assert pages(here)[before:]
    assert {place[:2] for place in pages(here)[before:]} == {(1, 1)}
    assert set(repairs(here, case)) == {"path", "timer"}
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert rows(here, "SELECT state FROM escalations") == [("acknowledged",)]


def test_a_path_that_nobody_answered_is_raised_every_hour_until_somebody_does(here: World) -> None:
    case = opened(here, OUTAGE)
    here.forward(25 * MINUTE)  # five steps of five minutes; the acknowledge clock, due at 15, starts the next one early
    assert alarms(here) == []
    here.forward(3 * MINUTE)
    assert rows(here, "SELECT state FROM escalations") == [("exhausted",)]
    assert [told["counts"] for told in alarms(here)] == [{"case.unanswered": 1}]
    here.forward(2 * HOUR, look=MINUTE)
    assert [told["counts"] for told in alarms(here)] == [{"case.unanswered": 1}] * 3
    assert kinds(here, case).count("alarm.raised") == 1
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    here.forward(50 * MINUTE)
    assert len(alarms(here)) == 3
    assert_sound(here, case)


def test_a_path_that_reached_nobody_begins_again_once_it_would_reach_somebody(here: World) -> None:
    installation = here.installation

    def unplug(tx: Any) -> None:
        kit = installation.mint, installation.journal
        for user, places in destinations.load(tx).items():
            for place in places:
                destinations.end(tx, *kit, user, place.id, by="test")

    def plug(tx: Any) -> None:
        lead = installation.people().by_name["lea"].id
        destinations.add(
            tx,
            installation.mint,
            installation.journal,
            installation.vault,
            lead,
            New("webhook", "http://pager.test/", WEBHOOK_SECRET),
            by="test",
        )

    installation.writer.write(unplug)
    case = opened(here, OUTAGE)
    here.forward(10 * MINUTE)
    assert rows(here, "SELECT state FROM escalations") == [("unheard",)]
    assert kinds(here, case).count("alarm.raised") == 1
    length = len(kinds(here, case))
    here.forward(HOUR, look=MINUTE)
    assert set(kinds(here, case)[length:]) <= {"clock.warned", "clock.breached", "case.alerted"}
    assert here.outbox.sent == []
    installation.writer.write(plug)
    here.forward(WATCH)
    assert pages(here)[0] == (1, 2, "lea")
    assert repairs(here, case) == ["unheard"]
    assert [told["counts"] for told in alarms(here)] == [
        {"case.unheard": 1, "roster.duty_unheld": 2, "roster.passed_over": 2}
    ]
    here.forward(35 * MINUTE)
    assert rows(here, "SELECT state FROM escalations ORDER BY id") == [("stopped",), ("exhausted",)]
    assert alarms(here)[-1]["counts"] == {"case.unanswered": 1}
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert_sound(here, case)


def test_pages_that_are_gone_are_queued_again(here: World) -> None:
    here.outbox.fail = True
    case = opened(here, OUTAGE)
    here.forward(SECOND)
    assert pages(here) == []
    run(here, "DELETE FROM work WHERE kind = 'page'")
    run(here, "DELETE FROM notifications")
    here.outbox.fail = False
    here.forward(WATCH)
    assert {place[:2] for place in pages(here)} == {(1, 1)}
    assert repairs(here, case) == ["pages"]
    assert_sound(here, case)


def test_a_page_that_is_in_no_queue_is_queued_again(here: World) -> None:
    here.outbox.fail = True
    case = opened(here, OUTAGE)
    here.forward(SECOND)
    run(here, "DELETE FROM work WHERE kind = 'page'")
    here.outbox.fail = False
    here.forward(WATCH)
    assert {place[:2] for place in pages(here)} == {(1, 1)}
    assert set(repairs(here, case)) == {"pages"}
    assert len(set(pages(here))) == len(pages(here))


def test_overdue_work_is_raised(here: World) -> None:
    run(
        here,
        "INSERT INTO work (kind, subject, due_at, generation, attempt) VALUES ('orphan', 1, ?, 0, 0)",
        here.clock.now(),
    )
    here.forward(WATCH)
    [told] = alarms(here)
    assert told["counts"] == {"work.overdue": 1}
    assert "'orphan'" in told["alarms"][0]["says"]
    with here.installation.database.reading() as tx:
        raised = [event for event in journal.read(tx, PLATFORM) if event.kind == "alarm.raised"]
    assert raised[-1].payload["kind"] == "work.overdue"
    run(here, "DELETE FROM work WHERE kind = 'orphan'")
    here.forward(65 * MINUTE, look=MINUTE)
    assert len(alarms(here)) == 1


def test_what_was_set_aside_is_raised_and_a_timer_heals_once_its_fault_is_gone(here: World) -> None:
    case = opened(here, QUESTION)
    seal = rows(here, "SELECT seal FROM chains WHERE chain = ?", case)[0][0]
    run(here, "UPDATE chains SET seal = ? WHERE chain = ?", b"broken", case)
    run(here, "UPDATE work SET due_at = ? WHERE kind = 'case'", here.clock.now())
    run(here, "UPDATE clocks SET due_at = ? WHERE clock = 'idle'", here.clock.now() - 1)
    here.forward(WATCH)
    assert rows(here, "SELECT count(*) FROM work WHERE kind = 'case' AND aside_at IS NOT NULL") == [(1,)]
    assert {kind for told in alarms(here) for kind in told["counts"]} >= {"case.timer_aside"}
    run(here, "UPDATE chains SET seal = ? WHERE chain = ?", bytes(seal), case)
    here.forward(12 * MINUTE)
    assert rows(here, "SELECT count(*) FROM work WHERE kind = 'case' AND aside_at IS NOT NULL") == [(0,)]
    assert_sound(here, case)
    told = len(alarms(here))
    here.forward(30 * MINUTE)
    assert len(alarms(here)) == told


def test_a_page_that_cannot_be_delivered_is_raised_to_the_leads(database_url: str) -> None:
    here = world(database_url, STARTER, watching=True)
    inner = here.outbox.send

    async def send(place: Place, *rest: Any) -> Outcome:
        return Outcome(False, "gone", final=True) if place.address.endswith("/carl") else await inner(place, *rest)

    here.outbox.send = send  # type: ignore[assignment, method-assign]
    case = opened(here, OUTAGE)
    here.forward(20 * MINUTE)
    failed = rows(here, "SELECT count(*) FROM notifications WHERE state = 'failed'")[0][0]
    assert failed
    assert sum(told["counts"].get("case.page_failed", 0) for told in alarms(here)) == failed
    act(here, case, verbs.acknowledge(here.viewer("dora")))
    here.forward(WATCH)
    assert rows(here, "SELECT count(*) FROM work WHERE kind = 'page'") == [(0,)]
    assert_sound(here, case)
    told = len(alarms(here))
    here.forward(55 * MINUTE)
    assert len(alarms(here)) == told
    here.installation.close()


def test_a_flood_of_findings_is_a_digest(here: World) -> None:
    for number in range(60):
        opened(here, {"subject": f"Question {number}", "external_id": f"F-{number}"})

    for agent in ("anna", "bo"):
        change(here, agent, active=False)
    here.forward(WATCH)
    [told] = alarms(here)
    assert told["counts"] == {"case.owner_away": 60}
    assert len(told["alarms"]) == 20
    assert told["more"] == 40


def test_trickling_findings_wait_for_the_window_after_five_messages(here: World) -> None:
    for number in range(12):
        run(
            here,
            "INSERT INTO work (kind, subject, due_at, generation, attempt) VALUES (?, 1, ?, 0, 0)",
            f"orphan {number}",
            here.clock.now(),
        )
        here.forward(MINUTE)
    assert len(alarms(here)) <= 7
    here.forward(15 * MINUTE)
    assert sum(told["counts"]["work.overdue"] for told in alarms(here)) == 12


@pytest.mark.long
def test_no_false_alarms_on_a_healthy_world(here: World) -> None:
    """Hours with cases of every sort, some answered soon, some late."""
    cases = []
    for hour in range(5):
        cases.append(opened(here, {**OUTAGE, "external_id": f"H-{hour}"}))
        opened(here, {"subject": "Please add dark mode", "external_id": f"Q-{hour}"})
        here.forward((14 if hour % 3 else 24) * MINUTE)
        act(here, cases[-1], verbs.acknowledge(here.viewer("carl")))
        here.forward(35 * MINUTE)
        for case in cases:
            act(here, case, verbs.note(here.viewer("carl"), "Still on it."))
        if hour % 4 == 0:
            act(here, cases[-1], verbs.resolve(here.viewer("carl"), None))
    here.forward(MINUTE)
    assert alarms(here) == []
    assert rows(here, "SELECT count(*) FROM events WHERE kind IN ('audit.repaired', 'alarm.raised')") == [(0,)]
    swept = here.installation.watch.auditor.last
    assert swept is not None
    assert swept.found == 0
    assert swept.cases == rows(here, "SELECT count(*) FROM cases WHERE state = 'open'")[0][0]


def test_what_fell_due_while_nothing_ran_is_no_alarm(database_url: str) -> None:
    here = world(database_url, STARTER)
    case = opened(here, OUTAGE)
    here.clock.advance(8 * HOUR)
    here.watching = True
    here.forward(5 * MINUTE)
    assert alarms(here) == []
    assert repairs(here, case) == []
    here.installation.close()


def test_payloads_hold_what_their_kind_declares(here: World) -> None:
    from tocsin.runtime import KINDS

    case = opened(here, OUTAGE)
    here.forward(10 * MINUTE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.note(here.viewer("carl"), "on it"))
    act(here, case, verbs.resolve(here.viewer("carl"), "done"))
    for kind, body in rows(
        here, "SELECT e.kind, p.body FROM events e JOIN payloads p ON p.chain = e.chain AND p.seq = e.seq"
    ):
        fields = canonical.decode(bytes(body)).keys()
        if kind in ("case.decided", "case.reclassified"):
            assert fields >= set(KINDS[kind].fields)
        else:
            assert fields == set(KINDS[kind].fields), kind
