"""A case says what it asks of people now, which verbs answer that, and what follows without an answer; then it does."""

from tests.stories.conftest import Stage
from tests.stories.process import OUTAGE, QUESTION, act, at, clock, on_call, opened, paged, signal, state, until
from tests.testing import World
from tocsin.cases import asking, staging, verbs
from tocsin.cases.asking import Question
from tocsin.clocks import moments
from tocsin.core import instants
from tocsin.core.clock import DAY, HOUR, MINUTE

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
TRIAGED = {"subject": "Checkout is down"}  # nothing but words speaks for it


def asks(here: World, case: int) -> Question | None:
    with here.installation.database.reading(here.clock.now()) as tx:
        held = state(here, case)
        return asking.asked(held, staging.scenes(tx, here.installation.desk, [held])[case])


def shown(here: World, case: int) -> tuple[str, str | None, int | None]:
    question = asks(here, case)
    assert question is not None
    told = question.show(moments.reader(moments.utc, here.installation.people().names()))
    assert told["acts"] == list(question.acts)
    return told["question"], told["otherwise"], None if told["at"] is None else instants.from_text(told["at"])


def test_while_people_are_paged_it_asks_who_has_it_and_then_pages_whom_it_named(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    second = on_call(here, "backup")
    question, otherwise, after = shown(here, case)
    assert (question, after) == ("Who has it?", NINE + 5 * MINUTE)
    assert otherwise == f"The path pages {second}, lea."
    until(here, NINE + 5 * MINUTE)
    assert {name for when, name in paged(here) if when == after} == {second, "lea"}
    until(here, NINE + 3 * HOUR)
    assert shown(here, case)[:2] == (
        "Who has it?",
        "The leads are told every hour, since the path has paged everybody.",
    )
    act(here, case, verbs.acknowledge(here.viewer("lea")))
    now = asks(here, case)
    assert now is not None
    assert now.acts[0] != "acknowledge"


def test_then_whether_the_damage_has_stopped_until_the_target_is_missed(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer(on_call(here))))
    question = asks(here, case)
    assert question is not None
    assert (question.asks, question.acts[0]) == ("contain", "contain")
    assert question.at == min(clock(here, case, "contain").due_at, state(here, case).case.expires_at() or 0)
    act(here, case, verbs.contain(here.viewer("anna"), "switched over"))
    claimed = asks(here, case)
    assert claimed is not None
    assert (claimed.asks, claimed.acts) == ("containment", ("confirm-containment", "reject-containment"))
    assert claimed.at == state(here, case).case.claim_alert_at
    act(here, case, verbs.resolve(here.viewer("anna")))
    assert shown(here, case)[0] == "Is it resolved, as somebody says?"
    act(here, case, verbs.confirm_resolution(here.viewer("mia")))
    assert asks(here, case) is None


def test_a_request_triage_and_a_hold_say_what_silence_means(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION, external_id="Q-1")
    act(here, case, verbs.request(here.viewer("anna"), "executive", "the board asks"))
    due = state(here, case).case.request_due_at
    assert shown(here, case) == ("Should it rise to executive, as somebody asks?", "It rises to executive.", due)
    assert due is not None
    act(here, case, verbs.answer_request(here.viewer("lea"), accept=False, reason="no"))
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log", here.clock.now() + HOUR))
    held = ("Has the customer answered?", "The hold ends, and its clocks run on.", NINE + HOUR)
    assert shown(here, case) == held
    signal(here, external_id="Q-1", kind="reply", body="here it is")
    assert shown(here, case)[0] != held[0]
    other = opened(here, TRIAGED)
    act(here, other, verbs.acknowledge(here.viewer("carl")))
    until_when = state(here, other).case.triage_at
    assert shown(here, other)[0::2] == ("Which level is right?", until_when)


def test_a_case_without_trouble_asks_for_its_end_and_always_says_what_comes(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    for days in range(12):
        question = asks(here, case)
        assert question is not None
        assert question.at is not None
        assert question.at >= here.clock.now()
        assert question.otherwise is not None
        until(here, NINE + (days + 1) * DAY)
    act(here, case, verbs.resolve(here.viewer("anna")))
    assert asks(here, case) is None
