"""What a source says of its problem: what begins opens or opens again, what ends opens nothing, and the older word
never wins, in whatever order they come."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stories.process import events
from tests.stories.signalling import take, taken
from tests.stories.starter import OUTAGE, STARTER, act, assert_sound, kinds, pages, rows
from tests.testing import World, world
from tocsin.cases import queries, verbs
from tocsin.cases.opening import Opened, Ticket
from tocsin.core import ids, instants
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.intake.accept import Once, Submission, accept_many
from tocsin.intake.beginning import Recorded
from tocsin.people.permissions import SYSTEM, Viewer
from tocsin.policy.body import to_body
from tocsin.policy.decision import from_bytes

ALERT: dict[str, Any] = {
    "subject": "Checkout is down",
    "body": "all users get 502 errors",
    "type": "outage",
    "users_affected": 5000,
    "account": {"segment": "strategic", "arr": 2e6},
    "source": "prometheus",
    "external_id": "A-1",
}


@pytest.fixture
def here(database_url: str) -> Iterator[World]:
    made = world(database_url, STARTER)
    yield made
    made.installation.close()


def open_once(here: World, viewer: Viewer = SYSTEM, **given: Any) -> Opened | Recorded:
    submission = Submission(Ticket(to_body(given), viewer))
    answer: Any = here.installation.writer.write_item(here.installation.accept, submission)
    assert isinstance(answer, Opened | Recorded)
    return answer


def at(here: World, minutes: int) -> str:
    """That many minutes from now."""
    return instants.to_text(here.clock.now() + minutes * MINUTE)


def resolved(here: World, **ticket: Any) -> int:
    """A case that a person resolved."""
    case = ids.from_text(here.open(**ticket)["id"])
    here.forward(MINUTE)
    act(here, case, verbs.resolve(here.viewer("carl"), "done"))
    here.forward(HOUR)
    return case


@pytest.mark.parametrize(
    "says",
    [{"status": "firing"}, {"status": "PROBLEM"}, {"status": "open"}, {"kind": "firing"}, {}],
    ids=["firing", "problem", "open", "as a kind", "the same report"],
)
def test_a_monitor_that_fires_again_opens_again_and_pages(here: World, says: dict[str, Any]) -> None:
    case = resolved(here, **ALERT)
    before = len(pages(here))
    again = taken(here, ALERT, **says)
    assert (again.state.case.id, again.new, again.effect) == (case, False, "reopened")
    here.forward(MINUTE)
    assert len(pages(here)) > before
    assert_sound(here, case)


@pytest.mark.parametrize(
    "change",
    [
        {"tags": ["vip"]},
        {"attributes": {"assignee": "bo"}},
        {"sentiment": "satisfied"},
        {"status": "solved", "tags": ["vip"], "subject": OUTAGE["subject"]},
        {"status": "pending", "subject": OUTAGE["subject"]},
        {"subject": OUTAGE["subject"], "tags": ["survey"]},
    ],
    ids=["tags", "assignee", "survey", "still solved", "waits", "tags beside the subject"],
)
def test_a_mere_change_of_a_resolved_ticket_begins_nothing(here: World, change: dict[str, Any]) -> None:
    case = resolved(here, **OUTAGE)
    before = len(pages(here))
    answer = taken(here, {"external_id": "Z-1"}, **change)
    assert answer.state.case.state == "resolved"
    here.forward(HOUR)
    assert len(pages(here)) == before
    assert "case.reopened" not in kinds(here, case)
    assert_sound(here, case)


def test_facts_told_of_a_resolved_ticket_are_there_when_it_is_opened_again(here: World) -> None:
    case = resolved(here, **OUTAGE)
    taken(here, {"external_id": "Z-1", "tags": ["vip"]})
    answer = taken(here, {"external_id": "Z-1", "kind": "reply", "body": "down again"})
    assert answer.effect == "reopened"
    with here.installation.database.reading() as tx:
        stored = queries.decision_bytes(tx, SYSTEM, case)
    assert stored is not None
    assert from_bytes(stored).facts["case"]["tags"] == ["vip"]


def test_a_source_that_sends_statuses_begins_by_a_status_alone(here: World) -> None:
    case = resolved(here, **OUTAGE | {"status": "new"})
    assert taken(here, {**OUTAGE, "users_affected": 6000}).state.case.state == "resolved"
    assert taken(here, OUTAGE, status="reopened").state.case.state == "open"
    assert_sound(here, case)


def test_after_the_window_it_is_a_new_case_even_where_the_alert_says_no_more(here: World) -> None:
    case = resolved(here, **ALERT)
    here.forward(8 * DAY)
    before = len(pages(here))
    answer = taken(here, {"source": "prometheus", "external_id": "A-1", "status": "firing"})
    assert (answer.new, answer.effect) == (True, "linked")
    assert answer.state.case.id != case
    assert answer.state.case.subject == ALERT["subject"]
    here.forward(HOUR)
    assert len(pages(here)) >= before


EXECUTIVE = ALERT | {
    "priority": "urgent",
    "product_area": "payments",
    "tags": ["vip"],
    "sentiment": "angry",
    "attributes": {"shard": "7"},
    "url": "https://desk.test/1",
}


@pytest.mark.parametrize(
    "says", [{"status": "firing"}, {"kind": "reply", "body": "broken again"}, {"status": "open", "subject": None}]
)
def test_after_the_window_the_new_case_begins_with_the_facts_of_the_old_one(here: World, says: dict[str, Any]) -> None:
    case = resolved(here, **EXECUTIVE)
    with here.installation.database.reading() as tx:
        before = queries.decision_bytes(tx, SYSTEM, case)
    here.forward(8 * DAY)
    paged = len(pages(here))
    answer = taken(here, {"source": "prometheus", "external_id": "A-1"}, **says)
    assert (answer.new, answer.effect) == (True, "linked")
    assert answer.decision is not None
    assert before is not None
    old, new = from_bytes(before), from_bytes(answer.decision)
    assert new.facts == old.facts
    assert (new.level, new.severity) == (old.level, old.severity)
    here.forward(MINUTE)
    assert len(pages(here)) > paged
    replied = "case.replied" in kinds(here, answer.state.case.id)
    assert replied is (says.get("kind") == "reply")
    assert_sound(here, answer.state.case.id)


def test_what_the_signal_says_after_the_window_comes_before_the_facts_of_the_old_case(here: World) -> None:
    resolved(here, **EXECUTIVE)
    here.forward(8 * DAY)
    said = {"users_affected": 7, "tags": None, "attributes": {"shard": "8"}, "account": {"plan": "gold"}}
    answer = taken(here, {"source": "prometheus", "external_id": "A-1", "status": "firing"}, **said)
    assert answer.decision is not None
    facts = from_bytes(answer.decision).facts
    assert (facts["case"]["users_affected"], facts["case"]["attributes"]) == (7, {"shard": "8"})
    assert "tags" not in facts["case"]
    assert facts["account"] == {"segment": "strategic", "arr": 2e6, "plan": "gold"}


def test_firing_again_is_written_down_and_ends_a_recorded_recovery(here: World) -> None:
    case = ids.from_text(here.open(**ALERT)["id"])
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    over = {"source": "prometheus", "external_id": "A-1", "status": "resolved"}
    assert taken(here, over).effect == "changed"
    assert rows(here, "SELECT state, recovered_at FROM cases") == [("open", here.clock.now())]
    assert taken(here, over).effect == "unchanged", "a senior is asked once"
    assert kinds(here, case).count("case.recovered") == 1
    assert taken(here, ALERT, status="firing").effect == "changed"
    assert rows(here, "SELECT recovered_at FROM cases") == [(None,)]
    assert kinds(here, case).count("case.fired_again") == 1
    here.forward(MINUTE)
    told = [str(message) for message in here.outbox.sent if message["to"] == "carl" and message["type"] != "page"]
    assert any("over" in one for one in told)
    assert any("broken again" in one for one in told)
    assert_sound(here, case)


def test_a_monitor_that_flaps_tells_the_senior_once_for_each_spell(here: World) -> None:
    case = ids.from_text(here.open(**ALERT)["id"])
    act(here, case, verbs.acknowledge(here.viewer("carl")))

    def flap(times: int) -> None:
        for _ in range(times):
            here.forward(4 * MINUTE)
            taken(here, ALERT, status="resolved")
            here.forward(MINUTE)
            taken(here, ALERT, status="firing")

    flap(6)
    assert kinds(here, case).count("case.recovered") == kinds(here, case).count("case.fired_again") == 6
    assert told_of(here, case) == ["prometheus says that it is over", BROKEN_AGAIN]
    here.forward(HOUR)
    flap(3)
    assert told_of(here, case) == ["prometheus says that it is over", BROKEN_AGAIN] * 2
    act(here, case, verbs.contain(here.viewer("carl"), "rerouted"))
    taken(here, ALERT, status="resolved")
    assert told_of(here, case)[4:] == ["prometheus says that it is over"], "since it was contained, this is news"
    assert_sound(here, case)


def test_a_standard_case_that_people_resolve_while_its_monitor_flaps_is_told_once_for_each_spell(here: World) -> None:
    disk: dict[str, Any] = {"subject": "Disk at 81 %", "source": "nagios-eu", "external_id": "D-1"}
    case = ids.from_text(here.open(**disk, status="WARNING")["id"])

    def flap(times: int) -> None:
        for _ in range(times):
            act(here, case, verbs.resolve(here.viewer("anna")))
            take(here, disk, status="OK")
            here.forward(3 * MINUTE)
            take(here, disk, status="WARNING")
            here.forward(3 * MINUTE)

    def told() -> list[str]:
        alerts = [event.payload for event in events(here, case, "case.alerted")]
        return [alert["says"] for alert in alerts if alert["why"] in ("reopened", "recovered", "broken")]

    flap(6)
    assert told() == ["nagios-eu says WARNING, so it is open again; for an hour, further changes are only recorded"]
    here.forward(HOUR)
    flap(3)
    assert len(told()) == 2
    act(here, case, verbs.resolve(here.viewer("anna")))
    take(here, {"source": "nagios-eu", "external_id": "D-1", "kind": "reply", "body": "And?"})
    assert len(told()) == 3, "a person who writes is heard"
    assert_sound(here, case)


def test_a_monitor_that_flaps_and_stays_broken_is_broken_for_those_who_were_told(here: World) -> None:
    case = ids.from_text(here.open(**ALERT)["id"])
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    for status in ("resolved", "firing", "resolved", "firing"):
        taken(here, ALERT, status=status)
    assert told_of(here, case)[-1] == BROKEN_AGAIN
    assert rows(here, "SELECT recovered_at FROM cases") == [(None,)]
    here.forward(2 * HOUR)
    taken(here, ALERT, status="resolved")
    assert told_of(here, case)[-1] == "prometheus says that it is over", "a recovery after the spell is told"


def test_a_monitor_that_repeats_itself_contests_a_claim_once(here: World) -> None:
    case = ids.from_text(here.open(**ALERT)["id"])
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.contain(here.viewer("anna"), "rerouted"))
    for _ in range(5):
        here.forward(MINUTE)
        taken(here, ALERT, status="firing")
    assert kinds(here, case).count("case.fired_again") == 5
    assert kinds(here, case).count("case.contested") == 1
    assert len(told_of(here, case, "contested")) == 1


BROKEN_AGAIN = "prometheus says that it is broken again; for an hour, further changes are only recorded"


def told_of(here: World, case: int, why: str = "recovered") -> list[str]:
    alerts = [event.payload for event in events(here, case, "case.alerted")]
    return [alert["says"] for alert in alerts if alert["why"] == why]


def test_a_monitor_that_says_no_status_ends_a_recovery_by_reporting_it_anew(here: World) -> None:
    taken(here, ALERT)
    taken(here, ALERT, kind="solved", subject="RESOLVED: Checkout")
    assert rows(here, "SELECT recovered_at, subject FROM cases") == [(here.clock.now(), ALERT["subject"])]
    assert taken(here, ALERT).effect == "changed"
    assert rows(here, "SELECT recovered_at FROM cases") == [(None,)]


@pytest.mark.parametrize(
    "says",
    [{"kind": "solved"}, {"status": "closed"}, {"status": "Recovered"}, {"kind": "resolved"}],
    ids=["solved", "closed", "recovered", "as a kind"],
)
def test_what_is_over_opens_no_case(here: World, says: dict[str, Any]) -> None:
    answer = take(here, ALERT, **says)
    assert isinstance(answer, Recorded)
    assert answer.effect == "recorded"
    here.forward(HOUR)
    assert pages(here) == []
    assert rows(here, "SELECT count(*) FROM cases") == [(0,)]


def test_what_is_over_opens_no_case_after_the_window(here: World) -> None:
    case = resolved(here, **ALERT)
    here.forward(8 * DAY)
    before = len(pages(here))
    assert taken(here, ALERT, status="resolved").effect == "recorded"
    here.forward(HOUR)
    assert len(pages(here)) == before
    assert rows(here, "SELECT state FROM cases") == [("resolved",)]
    assert kinds(here, case)[-1] == "case.heard"


@pytest.mark.parametrize("route", [take, lambda here, given, **more: open_once(here, **given | more)])
@pytest.mark.parametrize("key", ["occurred_at", "sequence"])
def test_a_beginning_that_comes_after_its_end_is_opened_and_resolved_at_once(here: World, route: Any, key: str) -> None:
    first, second = (at(here, -9), at(here, -2)) if key == "occurred_at" else (7, 8)
    assert isinstance(take(here, ALERT, status="resolved", **{key: second}), Recorded)
    opened = route(here, ALERT, **{key: first})
    assert opened.new
    assert opened.state.case.state == "resolved"
    here.forward(DAY)
    assert pages(here) == []
    assert rows(here, "SELECT count(*) FROM clocks") == [(0,)]
    assert_sound(here, opened.state.case.id)
    again = taken(here, ALERT, status="firing", **{key: at(here, 0) if key == "occurred_at" else 9})
    assert (again.effect, again.state.case.state) == ("reopened", "open")
    assert again.state.case.owner is not None
    here.forward(MINUTE)
    assert pages(here)
    assert_sound(here, opened.state.case.id)


def bulk(here: World, *given: dict[str, Any]) -> list[Any]:
    """What several tickets in one bulk of the writer are answered."""
    submissions = [Submission(Ticket(to_body(one), SYSTEM)) for one in given]
    return here.installation.writer.write(lambda tx: accept_many(tx, here.installation.desk, submissions))


def test_an_end_and_its_older_beginning_in_one_bulk_page_nobody(here: World) -> None:
    ends = {**ALERT, "status": "resolved", "occurred_at": at(here, -2)}
    ended, opened = bulk(here, ends, {**ALERT, "status": "firing", "occurred_at": at(here, -9)})
    assert isinstance(ended, Recorded)
    assert (opened.new, opened.state.case.state) == (True, "resolved")
    here.forward(DAY)
    assert pages(here) == []
    assert_sound(here, opened.state.case.id)


@pytest.mark.parametrize("begins", [{"status": "firing"}, {}], ids=["a status", "none"])
def test_a_bulk_answers_as_one_after_the_other_does(here: World, begins: dict[str, str]) -> None:
    opened, ended = bulk(here, ALERT | begins, {**ALERT, "status": "resolved"})
    assert opened.new
    assert (ended.state.case.id, ended.effect, "/signals" in ended.says) == (opened.state.case.id, "unchanged", True)
    assert rows(here, "SELECT count(*) FROM heard WHERE says = 'ends'") == [(0,)]


@pytest.mark.parametrize("route", [take, lambda here, given, **more: open_once(here, **given | more)])
def test_a_newer_beginning_opens_as_ever(here: World, route: Any) -> None:
    assert isinstance(take(here, ALERT, status="resolved", occurred_at=at(here, -9)), Recorded)
    opened = route(here, ALERT, occurred_at=at(here, -2))
    assert opened.state.case.state == "open"
    late = taken(here, ALERT, status="firing", occurred_at=at(here, -5), users_affected=9)
    assert late.effect == "recorded"


def test_the_older_word_wins_neither_by_its_facts_nor_by_its_status(here: World) -> None:
    case = taken(here, ALERT, status="firing", sequence=5).state.case.id
    assert taken(here, ALERT, status="firing", sequence=7, users_affected=6000).effect == "changed"
    assert taken(here, ALERT, status="resolved", sequence="6").effect == "recorded"
    assert taken(here, ALERT, subject="An old name", users_affected=1, sequence=4).effect == "recorded"
    assert rows(here, "SELECT subject, recovered_at, state FROM cases") == [(ALERT["subject"], None, "open")]
    assert kinds(here, case).count("case.heard") == 2
    assert_sound(here, case)


@pytest.mark.parametrize(
    "grows",
    [
        ("1355517523.000005", "1355517523.000007", "1355517523.000006"),
        ("01HF00A", "01HF00C", "01HF00B"),
        ("2026-11-02T07:00:00Z", "2026-11-02T10:00:00+02:00", "2026-11-02T07:30:00Z"),
        (0.5, 10.5, 9.5),
    ],
    ids=["fractions", "texts", "times", "numbers"],
)
def test_an_older_word_never_wins_by_any_key_that_grows(here: World, grows: tuple[Any, ...]) -> None:
    first, last, between = grows
    case = taken(here, ALERT, status="firing", sequence=first).state.case.id
    assert taken(here, ALERT, status="firing", sequence=last, users_affected=6000).effect == "changed"
    assert taken(here, ALERT, status="resolved", sequence=between).effect == "recorded"
    assert rows(here, "SELECT recovered_at, state FROM cases") == [(None, "open")]
    assert taken(here, ALERT, status="firing", sequence=last, users_affected=6000).effect == "unchanged"
    assert_sound(here, case)


def test_an_end_of_before_the_case_was_opened_again_ends_nothing(here: World) -> None:
    case = ids.from_text(here.open(**OUTAGE | {"occurred_at": at(here, -30)})["id"])
    assert taken(here, OUTAGE, kind="solved", occurred_at=at(here, -40)).effect == "recorded"
    assert rows(here, "SELECT resolution_claimed_at FROM cases") == [(None,)]
    assert taken(here, OUTAGE, kind="solved", occurred_at=at(here, -20)).effect == "changed"
    assert "case.claimed" in kinds(here, case)


def test_whoever_may_only_open_cases_makes_nothing_old_that_others_say(here: World) -> None:
    form = Viewer("token:form", "operator", scopes=frozenset({"cases.open"}))
    open_once(here, form, **ALERT, status="resolved", sequence=99)
    assert rows(here, "SELECT count(*) FROM heard") == [(0,)]
    assert taken(here, ALERT, status="firing", sequence=1).state.case.state == "open"


def test_a_clock_that_is_ahead_does_not_make_all_that_follows_old(here: World) -> None:
    taken(here, ALERT, occurred_at=at(here, 365 * 24 * 60), status="firing")
    here.forward(MINUTE)
    assert taken(here, ALERT, occurred_at=at(here, 0), status="resolved").effect == "changed"


def test_an_alert_that_goes_on_since_before_the_end_opens_again(here: World) -> None:
    since = at(here, -9)
    resolved(here, **ALERT, status="firing", occurred_at=since)
    assert taken(here, ALERT, status="firing", occurred_at=since).effect == "reopened"


def test_a_subject_of_null_leaves_the_subject(here: World) -> None:
    case = resolved(here, **ALERT)
    for change in ({"tags": ["x"]}, {"status": "firing"}, {"kind": "reply", "body": "still?"}, {"body": "why?"}):
        answer = taken(here, {"source": "prometheus", "external_id": "A-1", "subject": None}, **change)
        assert answer.state.case.subject == ALERT["subject"]
    assert_sound(here, case)


def test_order_counts_within_one_source(here: World) -> None:
    taken(here, ALERT, sequence=9, status="firing")
    other = {**ALERT, "source": "datadog"}
    assert taken(here, other, sequence=1, status="triggered").effect == "opened"


def test_a_message_that_comes_again_reopens_nothing(here: World) -> None:
    taken(here, ALERT, sequence=5, status="firing")
    [(case,)] = rows(here, "SELECT id FROM cases")
    act(here, case, verbs.resolve(here.viewer("carl"), "done"))
    assert taken(here, ALERT, sequence=5, status="firing").state.case.state == "resolved"


def test_an_end_under_a_key_is_one_though_the_case_was_opened_since(here: World) -> None:
    once = Once.of(1, "/api/v1/signals", "k", b"x")
    assert isinstance(take(here, ALERT, status="resolved", once=once), Recorded)
    taken(here, ALERT, status="firing")
    assert isinstance(take(here, ALERT, status="resolved", once=once), Recorded)
    assert rows(here, "SELECT recovered_at FROM cases") == [(None,)]


def test_a_status_that_is_not_known_says_so_and_states_nothing(here: World) -> None:
    answer = taken(here, ALERT, status="blorb")
    assert answer.decision is not None
    assert "'blorb' is not a known status" in answer.decision.decode()


def test_a_reply_with_facts_decides_by_them(here: World) -> None:
    case = ids.from_text(here.open(subject="Slow", body="a little", external_id="Z-1")["id"])
    reply = {"external_id": "Z-1", "kind": "reply", "subject": "Re: Slow", "body": "now it is all of us"}
    assert taken(here, reply, users_affected=9000, priority="urgent").effect == "changed"
    with here.installation.database.reading() as tx:
        stored = queries.decision_bytes(tx, SYSTEM, case)
    assert stored is not None
    facts = from_bytes(stored).facts["case"]
    assert (facts["users_affected"], facts["priority"]) == (9000, "urgent")
    assert (facts["subject"], facts["body"]) == ("Slow", "a little")
    assert {"case.replied", "case.reclassified"} <= set(kinds(here, case))


def test_a_ticket_that_turns_out_to_be_another_customers_is_decided_by_that_ones_facts(here: World) -> None:
    here.open(
        subject="Another", account={"external_id": "globex", "name": "Globex", "segment": "strategic", "arr": 2e6}
    )
    case = ids.from_text(here.open(subject="Slow", external_id="Z-1", account={"external_id": "acme"})["id"])
    assert taken(here, {"external_id": "Z-1", "account": {"external_id": "globex"}}).effect == "changed"
    [(name, state)] = rows(
        here, "SELECT a.external_id, c.state FROM cases c JOIN accounts a ON a.id = c.account WHERE c.id = ?", case
    )
    assert (name, state) == ("globex", "open")
    with here.installation.database.reading() as tx:
        stored = queries.decision_bytes(tx, SYSTEM, case)
    assert stored is not None
    account = from_bytes(stored).facts["account"]
    assert (account["segment"], account["name"]) == ("strategic", "Globex")
    assert taken(here, {"external_id": "Z-1", "account": {"external_id": "globex"}}).effect == "unchanged"
    assert_sound(here, case)


def test_two_tickets_with_a_blank_id_are_two_cases(here: World) -> None:
    first, second = (open_once(here, subject="Slow", external_id=blank) for blank in ("", " \t"))
    assert isinstance(first, Opened)
    assert isinstance(second, Opened)
    assert first.state.case.id != second.state.case.id
    assert rows(here, "SELECT external_id FROM cases") == [(None,), (None,)]
