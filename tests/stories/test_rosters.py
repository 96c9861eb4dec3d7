"""Who is on call stays so over changes of a roster; whoever cannot be called is passed over, and that is said."""

from typing import Any

import pytest

from tests.stories.process import OUTAGE, POLICY, act, at, change, events, on_call, opened, paged, state
from tests.testing import WEBHOOK_SECRET, World, world
from tocsin.cases import verbs
from tocsin.core.clock import HOUR, MINUTE
from tocsin.notify import alarms, destinations
from tocsin.notify.destinations import New
from tocsin.people import directory
from tocsin.policy import versions
from tocsin.roster import schedules
from tocsin.runtime import Options

NINE = at("2026-03-04T09:00:00Z")  # in Berlin, a Wednesday
PEOPLE = {"admin": "admin", "anna": "agent", "lea": "lead", "mia": "escalation_manager", "otto": "account_owner"}
SENIORS = ("carl", "dora", "eve")


@pytest.fixture
def here(database_url: str) -> Any:
    people = PEOPLE | dict.fromkeys(SENIORS, "senior")
    made = world(database_url, POLICY, start=NINE, people=people, watching=True, options=Options(synthetic_every=0))
    yield made
    made.installation.close()


def put(here: World, *members: str) -> None:
    spec = {"members": list(members), "zone": "Europe/Berlin", "handoff": "mon 09:00"}
    installation = here.installation
    installation.writer.write(
        lambda tx: schedules.put(tx, installation.mint, installation.journal, "senior", spec, by="test")
    )


def leave(here: World, name: str) -> None:
    installation = here.installation
    mint, journal = installation.mint, installation.journal
    installation.writer.write(lambda tx: directory.change_user(tx, mint, journal, name, {"active": False}, by="test"))


def hang_up(here: World, name: str) -> None:
    """Nothing reaches this person any more."""
    installation, user = here.installation, here.viewer(name).user
    assert user is not None

    def write(tx: Any) -> None:
        for one in destinations.load(tx)[user]:
            destinations.end(tx, installation.mint, installation.journal, user, one.id, by="test")

    installation.writer.write(write)


def standing(here: World) -> list[str]:
    with here.installation.database.reading() as tx:
        return [alarm.says for alarm in alarms.standing(tx, ("roster",))]


def told(here: World) -> list[str]:
    """What was said of rosters to the leads."""
    sent = [message for message in here.outbox.sent if message["type"] == "alarm"]
    return [alarm["says"] for message in sent for alarm in message["alarms"] if alarm["kind"].startswith("roster.")]


def test_who_is_on_call_stays_when_somebody_else_leaves_or_comes(here: World) -> None:
    first, second = on_call(here), on_call(here, "backup")
    third = next(name for name in SENIORS if name not in (first, second))
    for members in ((first, third), (third, first, "lea"), ("anna", "lea", third, first)):
        put(here, *members)
        assert on_call(here) == first
        case = opened(here, OUTAGE)
        assert state(here, case).case.state == "open"
        assert paged(here)[-1][1] == first
    here.clock.set(at("2026-03-09T08:00:00Z"))  # the handoff, behind whoever had the shift
    assert on_call(here) == "anna"
    put(here, "lea", third)  # both leave: the next in the old order
    assert on_call(here) == "lea"


@pytest.mark.parametrize("gone", [leave, hang_up])
def test_whoever_cannot_be_called_is_passed_over_when_a_step_fires(here: World, gone: Any) -> None:
    first, second = on_call(here), on_call(here, "backup")
    third = next(name for name in SENIORS if name not in (first, second))
    gone(here, first)
    case = opened(here, OUTAGE)
    assert paged(here) == [(NINE, second)]
    [step] = events(here, case, "path.stepped")
    assert step.payload["unreachable"] == []
    here.forward(5 * MINUTE)
    assert {to for _, to in paged(here)[1:]} == {third, "lea"}, "the backup is the next who can be called"


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_whoever_works_on_no_cases_any_more_is_passed_over(here: World, role: str) -> None:
    first, second = on_call(here), on_call(here, "backup")
    change(here, first, role=role)
    opened(here, OUTAGE)
    here.forward(MINUTE)
    assert [to for _, to in paged(here)] == [second]
    assert standing(here) == [
        f"{first}, on the roster senior, has the role {role}, which does not work on cases: passed over"
    ]


def test_where_the_only_lead_has_left_administrators_hear(here: World) -> None:
    case = opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer(on_call(here))))
    change(here, "lea", active=False)
    act(here, case, verbs.contain(here.viewer("carl")))
    for name in (*SENIORS, "anna"):
        change(here, name, active=False)
    taken = act(here, case, verbs.note(here.viewer("mia"), "who is there?"))
    assert taken is not None
    here.forward(8 * HOUR, look=10 * MINUTE)
    assert "admin" in {message["to"] for message in here.outbox.sent if message["type"] == "notice"}


def test_a_duty_that_nobody_holds_any_more_is_an_alarm(here: World) -> None:
    here.forward(MINUTE)
    assert standing(here) == []
    change(here, "mia", active=False)
    here.forward(MINUTE)
    [said] = standing(here)
    assert said == "nobody who could answer a page holds the duty escalation-manager (user:mia)"
    assert told(here) == [said]


def test_whoever_is_named_may_answer_also_without_a_page(here: World) -> None:
    second = on_call(here, "backup")
    hang_up(here, second)
    case = opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer(second)))
    assert state(here, case).case.technical_lead == here.viewer(second).user


def test_where_nobody_can_be_called_the_step_says_whom_it_did_not_reach(here: World) -> None:
    first = on_call(here)
    for name in SENIORS:
        hang_up(here, name)
    case = opened(here, OUTAGE)
    step = events(here, case, "path.stepped")[0]
    assert [person["name"] for person in step.payload["unreachable"]] == [first]


def test_the_leads_are_told_once_of_whoever_is_passed_over(here: World) -> None:
    here.forward(MINUTE)
    assert standing(here) == []
    leave(here, "carl")
    hang_up(here, "dora")
    here.forward(MINUTE)
    said = [
        "carl, on the roster senior, is no longer active: passed over",
        "dora, on the roster senior, has no destination for pages: passed over",
    ]
    assert sorted(standing(here)) == sorted(told(here)) == said
    here.forward(62 * MINUTE, look=5 * MINUTE)
    assert sorted(told(here)) == said, "it stands, and is not said again each hour"
    put(here, "dora", "eve")
    here.forward(MINUTE)
    assert standing(here) == said[1:]


def places(here: World, name: str, *new: New) -> None:
    """Nothing but these destinations, for somebody."""
    installation = here.installation
    user = here.viewer(name).user
    assert user is not None

    def write(tx: Any) -> None:
        for old in destinations.load(tx).get(user, ()):
            destinations.end(tx, installation.mint, installation.journal, user, old.id, by="test")
        for one in new:
            destinations.add(tx, installation.mint, installation.journal, installation.vault, user, one, by="test")

    installation.writer.write(write)


EMAIL, CHAT = New("email", "x@example.test"), New("chat", "https://chat.test (01234567)", "https://chat.test/x")
WAKES = [New("webhook", "http://pager.test/x", WEBHOOK_SECRET, {"wakes": said}) for said in (True, False)]


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ([EMAIL], "is not woken by a page at night: e-mail wakes nobody"),
        ([EMAIL, CHAT], "is not woken by a page at night: e-mail and chat wake nobody"),
        ([WAKES[1]], "is not woken by a page at night: webhook wakes nobody"),
        ([EMAIL, WAKES[0]], None),
        ([New("webhook", "http://pager.test/x", WEBHOOK_SECRET)], None),
    ],
)
def test_leads_are_told_once_of_who_is_on_a_roster_and_woken_by_nothing(
    here: World, new: list[New], told: str | None
) -> None:
    put(here, *SENIORS)
    places(here, "carl", *new)
    here.forward(3 * HOUR, look=5 * MINUTE)
    said = [alarm["says"] for one in here.outbox.sent if one["type"] == "alarm" for alarm in one["alarms"]]
    mine = [text for text in said if text.startswith("carl")]
    assert len(mine) == len(set(mine))
    assert {text.partition(", ")[2].partition(", ")[2] for text in mine} == ({told} if told else set())
    places(here, "carl", WAKES[0])
    here.forward(HOUR, look=5 * MINUTE)
    with here.installation.database.reading() as tx:
        assert [alarm.kind for alarm in alarms.standing(tx) if alarm.says.startswith("carl")] == []


def test_a_policy_may_let_people_be_on_call_whom_nothing_wakes(here: World) -> None:
    installation = here.installation
    allowing = f"{POLICY}\non_call: {{not_woken: allow}}\n"

    def activate(policy: str) -> None:
        def write(tx: Any) -> None:
            version = versions.store(tx, installation.journal, policy, "test")
            kit = (tx, installation.mint, installation.journal)
            versions.activate(*kit, version, by="test", reason="", effective_at=tx.now, names=None)

        installation.writer.write(write)

    def told() -> list[str]:
        with installation.database.reading() as tx:
            return [alarm.says for alarm in alarms.standing(tx) if "is not woken" in alarm.says]

    put(here, *SENIORS)
    places(here, "carl", EMAIL)
    activate(allowing)
    here.forward(2 * HOUR, look=5 * MINUTE)
    assert told() == []
    activate(POLICY)
    here.forward(2 * HOUR, look=5 * MINUTE)
    assert [says.partition(",")[0] for says in told()] == ["carl"]
    activate(allowing)
    here.forward(2 * HOUR, look=5 * MINUTE)
    assert told() == [], "it is over as soon as the policy allows it"
