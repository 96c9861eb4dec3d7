"""What begins, what ends, what is only written down: the whole table."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.intake.hearing import Heard
from tocsin.intake.statements import Case, Effect, Stamp, Statement, effect, said
from tocsin.intake.statuses import Says

NONE, OPEN, RECOVERED = Case("none"), Case("open"), Case("open", recovered=True)
RECENT, LONG_AGO = Case("over", recent=True), Case("over")
CLAIMED = {claim: Case("open", claim=claim) for claim in ("contained", "resolved")}
CASES = (NONE, OPEN, RECOVERED, RECENT, LONG_AGO)

# What follows for a ticket without a case, one whose case is open, open and recovered, over lately, over long ago.
TABLE: dict[Says, tuple[str, str, str, str, str]] = {
    Says.FIRES: ("open", "fire", "fire", "reopen", "link"),
    Says.OPEN: ("open", "change", "fire", "reopen", "link"),
    Says.REPLY: ("open", "change", "change", "reopen", "link"),
    Says.WAITS: ("open", "change", "change", "change", "change"),
    Says.NOTHING: ("open", "change", "change", "change", "change"),
    Says.TOLD: ("record", "change", "change", "change", "change"),
    Says.ENDS: ("record", "end", "end", "record", "record"),
}
OLDER = ("open over", "record", "record", "record", "record")


@pytest.mark.parametrize(("says", "case"), itertools.product(Says, CASES))
def test_what_follows_from_a_statement(says: Says, case: Case) -> None:
    place = CASES.index(case)
    assert effect(Statement(says), case) == TABLE[says][place]
    older = "record" if says in (Says.ENDS, Says.TOLD) else OLDER[place]
    assert effect(Statement(says, older=True), case) == older


def test_that_the_customer_was_written_to_is_no_status_and_changes_none() -> None:
    assert said("public_reply", "open") is Says.TOLD
    assert Heard(Says.ENDS, "solved").then(Says.TOLD, None, Stamp(), decides=False) == Heard(Says.ENDS, "solved")


def test_a_source_without_statuses_begins_by_reporting_the_problem_anew() -> None:
    anew = Statement(Says.NOTHING, anew=True)
    assert [effect(anew, case) for case in CASES] == ["open", "change", "fire", "reopen", "link"]


@pytest.mark.parametrize(
    ("statement", "contained", "resolved"),
    [
        (Statement(Says.FIRES), "fire", "fire"),
        (Statement(Says.NOTHING, anew=True), "fire", "fire"),
        (Statement(Says.OPEN, turns=True), "change", "fire"),
        (Statement(Says.OPEN), "change", "change"),
        (Statement(Says.FIRES, again=True), "change", "change"),
        (Statement(Says.FIRES, older=True), "record", "record"),
        (Statement(Says.REPLY, turns=True), "change", "change"),
        (Statement(Says.WAITS, turns=True), "change", "change"),
        (Statement(Says.NOTHING), "change", "change"),
        (Statement(Says.ENDS, turns=True), "end", "end"),
    ],
)
def test_what_contradicts_a_claim_that_waits(statement: Statement, contained: str, resolved: str) -> None:
    assert effect(statement, CLAIMED["contained"]) == contained
    assert effect(statement, CLAIMED["resolved"]) == resolved


def test_the_very_same_statement_begins_nothing_twice() -> None:
    again = Statement(Says.FIRES, again=True)
    assert [effect(again, case) for case in CASES[1:]] == ["change"] * 4


@given(st.builds(Statement, st.sampled_from(Says), st.booleans(), st.booleans(), st.booleans()), st.sampled_from(CASES))
def test_what_ends_opens_nothing_and_what_is_older_changes_nothing(statement: Statement, case: Case) -> None:
    follows = effect(statement, case)
    begins = {Effect.OPEN, Effect.OPEN_OVER, Effect.LINK, Effect.REOPEN, Effect.FIRE}
    if statement.says is Says.ENDS and not statement.anew:
        assert follows not in begins
    if statement.older and case.state != "none":
        assert follows is Effect.RECORD


def test_the_kind_counts_for_more_than_the_status() -> None:
    assert said("solved", "open") is Says.ENDS
    assert said("reply", "solved") is Says.REPLY
    assert said("ticket", "solved") is Says.ENDS
    assert said("ticket", None) is Says.NOTHING


def test_order_by_key_before_time_and_none_where_nothing_tells() -> None:
    assert Stamp(1, 9).before(Stamp(2, 5))
    assert not Stamp(2, 5).before(Stamp(1, 9))
    assert Stamp(None, 4).before(Stamp(7, 5))
    assert not Stamp(None, 5).before(Stamp(7, 5))
    assert not Stamp(3, None).before(Stamp(None, 5))
    assert not Stamp().before(Stamp(7, 5))
