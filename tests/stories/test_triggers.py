"""Triggers that count, or look at what has become of a case, on a virtual clock: each fires, says its numbers, can be
muted, and is replayed byte by byte."""

from typing import Any

import pytest

from tests.stories import guarded
from tests.stories.conftest import Stage
from tests.stories.process import QUESTION, act, at, climbs, events, opened, signal, state, until
from tests.stories.starter import rows
from tests.testing import SECRET, World
from tocsin import audit
from tocsin.cases import arrivals, opening, silence, verbs
from tocsin.cases.opening import Ticket
from tocsin.cases.record import replay
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.errors import NotFound
from tocsin.intake import heartbeats
from tocsin.people.permissions import SYSTEM
from tocsin.policy.body import to_body

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
FAULT: dict[str, Any] = {"subject": "Reports fail", "type": "slow"}  # high, standard


def triggers(*written: str) -> tuple[str, str]:
    return ("duties:", "triggers:\n" + "".join(f"  - {{{one}}}\n" for one in written) + "duties:")


_HIGH = "when: 'case.severity == \"high\"'"
COUNTED = triggers(f"id: many, on: count, {_HIGH}, at_least: 3, within: 10m, per: all, level: senior")
ACCOUNT = triggers("id: troubled, on: account_cases, at_least: 3, within: 7d, level: senior")
REPLIES = triggers("id: talk, on: replies, at_least: 3, level: senior")
SILENCE = triggers("id: quiet, on: silence, for: 4h, calendar: office, level: senior")


SURGE = triggers("id: surge, on: surge, level: senior")


HEARTBEAT = triggers("id: nightly-backup, on: heartbeat, every: 24h, grace: 1h, level: senior")
KEY = b"a key"


def level(here: World, case: int) -> str:
    return state(here, case).case.level


def raised(here: World, case: int) -> list[str]:
    decisions = [*events(here, case, "case.decided"), *events(here, case, "case.reclassified")]
    return [reason for reason in decisions[-1].payload["reasons"] if "triggers." in reason]


def minute(here: World) -> int:
    """What is looked for every minute."""
    installation = here.installation
    return installation.writer.write(lambda tx: silence.raise_silent(tx, installation.desk))


def assert_replayed(here: World) -> None:
    with here.installation.database.reading(here.clock.now()) as tx:
        assert list(replay.replay(tx, replay.Replay(), lambda done: None)) == []
        assert list(audit.verify(tx, audit.Keys.of(SECRET), audit.Report())) == []


def answer(here: World, *cases: int) -> None:
    for case in cases:
        if ("senior", "climbing") in climbs(here, case):
            act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_so_many_cases_within_a_time(stage: Stage) -> None:
    here = stage(COUNTED, start=NINE)
    first, second, other = opened(here, FAULT), opened(here, FAULT), opened(here, QUESTION)
    until(here, NINE + 9 * MINUTE)
    third = opened(here, FAULT)
    assert [level(here, case) for case in (first, second, other, third)] == ["standard"] * 3 + ["senior"]
    assert raised(here, third) == ["level senior: triggers.many, for 3 cases of all came within 10m, 3 are enough"]
    until(here, NINE + 12 * MINUTE)  # the first two are too long ago
    assert level(here, opened(here, FAULT)) == "standard"
    assert_replayed(here)
    answer(here, third)


def test_those_that_come_together_are_counted_together(stage: Stage) -> None:
    here = stage(COUNTED, start=NINE)
    tickets = [Ticket(to_body(FAULT), SYSTEM) for _ in range(4)]
    installation = here.installation
    found = installation.writer.write(lambda tx: opening.open_many(tx, installation.desk, tickets))
    assert [one.state.case.level for one in found] == ["standard", "standard", "senior", "senior"]
    answer(here, *(one.state.case.id for one in found))


def test_so_many_cases_of_one_account(stage: Stage) -> None:
    here = stage(ACCOUNT, start=NINE)
    acme = {"account": {"external_id": "acme", "name": "Acme"}}
    other = {"account": {"external_id": "globex", "name": "Globex"}}
    cases = [opened(here, QUESTION | whose) for whose in (acme, acme, other, acme)]
    assert [level(here, case) for case in cases] == ["standard"] * 3 + ["senior"]
    assert state(here, cases[-1]).case.kind == "relationship"
    assert raised(here, cases[-1]) == [
        "level senior: triggers.troubled, for this is case 3 of the account within 7d, 3 are enough"
    ]


def test_back_and_forth(stage: Stage) -> None:
    here = stage(REPLIES, start=NINE)
    case = opened(here, QUESTION, external_id="Z-1")
    for number in range(2):
        signal(here, external_id="Z-1", kind="reply", body=f"And {number}?")
        act(here, case, verbs.note(here.viewer("anna"), "answered"))
    assert level(here, case) == "standard"
    signal(here, external_id="Z-1", kind="reply", body="Still not.")
    assert level(here, case) == "senior"
    assert raised(here, case) == ["level senior: triggers.talk, for the customer has written 3 times, 3 are enough"]
    assert_replayed(here)


def test_a_resolution_ends_the_back_and_forth(stage: Stage) -> None:
    here = stage(REPLIES, start=NINE)
    case = opened(here, QUESTION, external_id="Z-1")
    for number in range(2):
        signal(here, external_id="Z-1", kind="reply", body=f"And {number}?")
    act(here, case, verbs.resolve(here.viewer("lea"), "told them"))
    signal(here, external_id="Z-1", kind="reply", body="Thank you, one more thing")
    assert (state(here, case).case.state, level(here, case)) == ("open", "standard")


def test_silence_by_working_hours(stage: Stage) -> None:
    here = stage(SILENCE, start=NINE + 6 * HOUR)  # Monday at 15:00: two hours are left of the day
    case, worked = opened(here, QUESTION), opened(here, QUESTION)
    until(here, NINE + 23 * HOUR)
    act(here, worked, verbs.note(here.viewer("anna"), "on it"))
    until(here, NINE + DAY + 2 * HOUR - MINUTE)  # Tuesday, a minute before 11:00
    assert minute(here) == 0
    until(here, NINE + DAY + 2 * HOUR)
    assert minute(here) == 1
    assert (level(here, case), level(here, worked)) == ("senior", "standard")
    assert raised(here, case) == ["level senior: triggers.quiet, for nobody has acted for 4h on the calendar office"]
    assert minute(here) == 0
    assert_replayed(here)


def test_cases_that_are_high_already_do_not_keep_others_from_being_looked_at(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "MOST", 1)
    here = stage(SILENCE, start=NINE)
    cases = [opened(here, QUESTION) for _ in range(3)]
    until(here, NINE + 4 * HOUR)
    assert [minute(here) for _ in range(4)] == [1, 1, 1, 0]
    assert [level(here, case) for case in cases] == ["senior"] * 3


def test_what_waits_for_others_is_not_silent(stage: Stage) -> None:
    here = stage(SILENCE, start=NINE)
    case = opened(here, QUESTION)
    act(here, case, verbs.hold(here.viewer("anna"), "they look for the log", NINE + 30 * HOUR))
    until(here, NINE + 8 * HOUR)
    assert minute(here) == 0


def test_a_muted_trigger_fires_nothing_until_the_mute_ends(stage: Stage) -> None:
    here = stage(SILENCE, start=NINE)
    case = opened(here, QUESTION)
    until(here, NINE + HOUR)
    guarded.put(here, "mute", rule="triggers.quiet", lasts="4h")
    until(here, NINE + 4 * HOUR + MINUTE)
    assert (minute(here), level(here, case)) == (0, "standard")
    until(here, NINE + 5 * HOUR)
    assert (minute(here), level(here, case)) == (1, "senior")


def test_automation_off_leaves_it_to_people(stage: Stage) -> None:
    here = stage(COUNTED, start=NINE)
    guarded.turn(here, on=False)
    cases = [opened(here, FAULT) for _ in range(3)]
    assert [level(here, case) for case in cases] == ["standard"] * 3
    assert state(here, cases[-1]).case.triage_level == "senior"
    act(here, cases[-1], verbs.answer_triage(here.viewer("lea"), "standard"))


def test_a_surge_is_said_once(stage: Stage) -> None:
    here = stage(SURGE, guarded.AREAS, start=NINE)
    fault = {"subject": "Orders", "type": "question", "product_area": "shop"}
    for week in range(4):
        until(here, NINE + 7 * week * DAY)
        for _ in range(2):
            opened(here, fault)
        until(here, NINE + 7 * week * DAY + 2 * HOUR)
        here.installation.writer.write(arrivals.tell)
    until(here, NINE + 28 * DAY)
    cases = []
    for minute_ in range(20):
        until(here, NINE + 28 * DAY + minute_ * MINUTE)
        cases.append(opened(here, fault))
        cases.append(opened(here, fault | {"product_area": "desk"}) if minute_ % 10 == 0 else cases[-1])
    fired = [case for case in dict.fromkeys(cases) if level(here, case) == "senior"]
    assert len(fired) == 1
    [reason] = raised(here, fired[0])
    assert reason.startswith("level senior: triggers.surge, for ")
    assert " cases of shop came within " in reason
    facts = events(here, fired[0], "case.decided")[0].payload["facts"]["counts"]["surge"]
    assert facts["count"] >= 5
    assert facts["chance"] <= 1e-4
    assert_replayed(here)
    answer(here, *fired)
    until(here, NINE + 28 * DAY + 3 * HOUR)  # that is over: another one is said anew
    later = [opened(here, fault) for _ in range(15)]
    assert sum(level(here, case) == "senior" for case in later) == 1
    answer(here, *later)


def beat(here: World, token: str | None = None) -> heartbeats.Beat:
    desk, sealed = here.installation.desk, token or heartbeats.token(KEY, "nightly-backup")
    return here.installation.writer.write(lambda tx: heartbeats.beat(tx, desk, heartbeats.named(KEY, sealed)))


def late(here: World) -> int:
    found = here.installation.writer.write(lambda tx: heartbeats.look(tx, here.installation.desk))
    here.installation.step_all()
    return found


def test_a_missing_sign_of_life_opens_one_case_and_the_next_says_that_it_is_over(stage: Stage) -> None:
    here = stage(HEARTBEAT, start=NINE)
    assert beat(here).next_by == NINE + 25 * HOUR
    until(here, NINE + 25 * HOUR)
    assert late(here) == 0
    until(here, NINE + 25 * HOUR + MINUTE)
    assert (late(here), late(here)) == (1, 0)
    [row] = rows(here, "SELECT id, level, subject, external_id FROM cases")
    case = row[0]
    assert tuple(row[1:]) == ("senior", "No sign of life: nightly-backup", "nightly-backup")
    assert raised(here, case) == [
        "level senior: triggers.nightly-backup, for the last sign of life came 2026-03-02T08:00:00Z, and it comes every"
        " 24h"
    ]
    assert_replayed(here)
    answer(here, case)
    until(here, NINE + 26 * HOUR)
    beat(here)
    assert events(here, case, "case.recovered") != []
    until(here, NINE + 27 * HOUR)
    assert late(here) == 0


def test_one_that_was_never_heard_is_waited_for_from_the_first_look(stage: Stage) -> None:
    here = stage(HEARTBEAT, start=NINE)
    assert late(here) == 0
    until(here, NINE + 25 * HOUR + MINUTE)
    assert late(here) == 1


@pytest.mark.parametrize(
    "token", ["nightly-backup.wrong", "nightly-backup.é", "nightly-backup", "other.0000", "", "." * 500, "ü.é"]
)
def test_another_address_is_no_sign_of_life(stage: Stage, token: str) -> None:
    here = stage(HEARTBEAT, start=NINE)
    with pytest.raises(NotFound):
        beat(here, token or ".")
    assert rows(here, "SELECT count(*) FROM heartbeats") == [(0,)]


def test_muted_it_opens_a_case_that_is_not_raised(stage: Stage) -> None:
    here = stage(HEARTBEAT, start=NINE)
    beat(here)
    until(here, NINE + 24 * HOUR)
    guarded.put(here, "mute", rule="triggers.nightly-backup", lasts="4h")
    until(here, NINE + 25 * HOUR + MINUTE)
    assert late(here) == 1
    assert [row[0] for row in rows(here, "SELECT level FROM cases")] == ["standard"]
