"""The queue of triage: what waits, in which order, with which answers; and what is known of answers later."""

from tests.stories.conftest import Stage
from tests.stories.process import act, at, opened, until
from tests.testing import World
from tocsin.cases import triaging, verbs
from tocsin.cases.queries import labels
from tocsin.cases.triaging import Waiting
from tocsin.core.clock import MINUTE
from tocsin.core.wording import plain

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
NEAR = {"subject": "Reports", "type": "slow", "users_affected": 64}  # 58.4 points, where 60 are senior
TEXT = {"subject": "Checkout is down"}
ASKS = (
    """    - {id: text-only, when: 'decision.evidence == "text" && decision.level != "standard"'}\n""",
    "    - {id: words, on: words}\n    - {id: rules, on: conflict}\n",
)
SLOW = (
    "score:\n  people:",
    "  - {id: slow, when: 'case.text.contains(\"slow\")', set: {type: slow}}\nscore:\n  people:",
)


def queue(here: World, who: str = "lea") -> list[Waiting]:
    installation = here.installation
    with installation.database.reading(here.clock.now()) as tx:
        return triaging.queue(tx, installation.desk, here.viewer(who))


def answers(one: Waiting) -> list[tuple[dict[str, str], bool, bool]]:
    return [(choice.given, choice.follows, choice.refused is None) for choice in one.choices]


def test_what_is_answered_by_itself_first_comes_first_and_what_is_put_off_last(stage: Stage) -> None:
    here = stage(ASKS, start=NINE)
    first = opened(here, NEAR)
    until(here, NINE + MINUTE)
    second, third = opened(here, NEAR), opened(here, NEAR)
    act(here, third, verbs.request(here.viewer("anna"), "executive", "their chief calls"))
    assert [one.state.case.id for one in queue(here)] == [first, second, third]
    act(here, first, verbs.snooze_triage(here.viewer("anna"), "they call back", "15m"))
    found = queue(here)
    assert [one.state.case.id for one in found] == [second, third, first]
    off = found[-1].snoozed
    assert off is not None
    assert (off.until, off.actor, off.reason) == (NINE + 16 * MINUTE, "user:anna", "they call back")
    for case in (first, second, third):
        act(here, case, verbs.answer_triage(here.viewer("lea"), "standard"))


def test_what_was_asked_today_leaves_out_earlier_days_and_requests(stage: Stage) -> None:
    here = stage(ASKS, start=NINE)
    opened(here, NEAR)
    until(here, NINE + MINUTE)
    _, third = opened(here, NEAR), opened(here, {"subject": "Reports"})
    act(here, third, verbs.request(here.viewer("anna"), "executive", "their chief calls"))
    found = queue(here)
    assert len(found) == 3
    assert [triaging.asked_since(found, since) for since in (NINE, NINE + MINUTE, NINE + 2 * MINUTE)] == [2, 1, 0]
    for one in found:
        if one.state.case.id != third:
            act(here, one.state.case.id, verbs.answer_triage(here.viewer("lea"), "standard"))


def test_each_question_is_a_sentence_and_says_what_may_be_answered(stage: Stage) -> None:
    here = stage(ASKS, SLOW, start=NINE)
    near, words, rules = opened(here, NEAR), opened(here, TEXT), opened(here, {"subject": "It is down, or slow"})
    found = {one.state.case.id: one for one in queue(here)}
    assert plain(found[near].title) == "Is this for senior?"
    assert answers(found[near]) == [({"level": "senior"}, True, True), ({"level": "standard"}, False, True)]
    assert plain(found[words].title) == "Is this senior?"
    assert answers(found[words]) == [({"level": "senior"}, True, True), ({"level": "standard"}, False, True)]
    assert plain(found[rules].title) == "outage or slow?"
    assert ({"type": "slow"}, False, True) in answers(found[rules])
    of_agent = {one.state.case.id: one for one in queue(here, "anna")}
    assert ({"level": "standard"}, False, False) in answers(of_agent[words])  # lowering takes a lead
    for case in (near, words, rules):
        act(here, case, verbs.answer_triage(here.viewer("lea"), "standard"))


def test_answers_are_labels(stage: Stage) -> None:
    here = stage(ASKS, start=NINE)
    agreed, corrected, silent = (opened(here, TEXT) for _ in range(3))
    act(here, agreed, verbs.answer_triage(here.viewer("lea"), "senior"))
    until(here, NINE + MINUTE)
    act(here, corrected, verbs.answer_triage(here.viewer("lea"), type="question"))
    until(here, NINE + 20 * MINUTE)
    later = opened(here, TEXT)
    with here.installation.database.reading(here.clock.now()) as tx:
        assert labels.since(tx, NINE) == (3, 2, 1)
        assert labels.since(tx, NINE + 2 * MINUTE) == (1, 0, 0)
        found = labels.like(tx, here.viewer("anna"), later, ["triage.words"], ("outage", None), 5)
        other = labels.like(tx, here.viewer("anna"), later, ["triage.rules"], ("outage", None), 5)
    assert [(one.answer, one.actor, one.was, one.type, one.corrected) for one in found] == [
        ("senior", "user:lea", "senior", "outage", False),
        ("standard", "user:lea", "senior", "question", True),
    ]
    assert other == []
    for case in (agreed, silent, later):
        act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, later, verbs.answer_triage(here.viewer("lea"), "senior"))
