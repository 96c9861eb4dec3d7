"""Clocks that a policy declares: read, checked, shown, and part of the decision."""

from typing import Any

import pytest

from tests.unit.policy.documents import ACME
from tocsin.clocks.kinds import ClockName
from tocsin.core.errors import InvalidDocument
from tocsin.policy.check import check
from tocsin.policy.compiled import compile_policy
from tocsin.policy.decide import decide
from tocsin.policy.document import parse
from tocsin.policy.facts import facts_of
from tocsin.policy.levels import SENIOR, STANDARD
from tocsin.policy.plain import plain, to_yaml

NOW = 1_772_000_000_000_000
MINE = ClockName("mine")
KIND = "mine: {title: Mine, start: customer_reply, stop: [customer_update], pause: true, tell: [owner], warn: [0.8]}"
TIMED = ("targets: {assign: 5m,", "targets: {mine: 1h, assign: 5m,")


def declaring(kind: str, *more: tuple[str, str]) -> str:
    text = ACME
    for old, new in (("clocks: {grace", f"clocks: {{kinds: {{{kind}}}, grace"), *more):
        assert old in text
        text = text.replace(old, new, 1)
    return text


def problems(text: str) -> list[tuple[str, str, str | None]]:
    try:
        found = check(parse(text))
    except InvalidDocument as error:
        found = list(error.problems)
    return [(problem.key, problem.message, problem.expected) for problem in found if problem.severity == "error"]


def test_a_declared_clock_stands_behind_the_built_in_ones() -> None:
    rules = parse(declaring(KIND, TIMED)).clocks
    assert list(rules.kinds)[-1] == MINE
    assert list(rules.declared()) == [MINE]
    kind = rules.kinds[MINE]
    assert (kind.title, kind.start, kind.stop, kind.tell) == (
        "Mine",
        "customer_reply",
        ("customer_update",),
        ("owner",),
    )
    assert (kind.restart, kind.followers, kind.excusable, kind.when) == (False, "own", True, None)
    assert rules.pause_clocks == ("resolve", "idle", "mine")
    assert rules.warnings[MINE] == (0.8,)


def test_it_is_shown_as_it_may_be_read_again() -> None:
    document = parse(declaring(KIND, TIMED))
    shown = plain(document)["clocks"]
    assert list(shown["kinds"]) == ["mine"]
    assert "mine" not in shown["pause"]["clocks"]
    assert "mine" not in shown["warnings"]
    assert plain(parse(to_yaml(document))) == plain(document)


def test_a_policy_without_one_is_shown_without_the_key() -> None:
    assert "kinds" not in plain(parse(ACME))["clocks"]


@pytest.mark.parametrize(
    ("kind", "more", "key", "says", "expected"),
    [
        (KIND, (), "mine", "no target", "targets of a severity"),
        (
            KIND.replace("customer_reply", "custmer_reply"),
            (TIMED,),
            "mine.start",
            "custmer_reply",
            "customer_reply",
        ),
        (KIND.replace("[customer_update]", "[marked]"), (TIMED,), "mine.stop[0]", "marked", "marked:NAME"),
        (KIND.replace("[owner]", "[role:nobody]"), (TIMED,), "mine.tell[0]", "no duty", None),
        (
            KIND.replace("[owner]", "[everybody]"),
            (TIMED,),
            "mine.tell[0]",
            "everybody",
            "owner, lead, asked",
        ),
        (KIND.replace("mine:", "assign:"), (), "assign", "every policy", "another name"),
        (KIND.replace("title: Mine,", "when: 'case.typ == 1',"), (TIMED,), "mine.when", "typ", None),
        (KIND.replace("title: Mine,", "when: 'false',"), (TIMED,), "mine.when", "never true", None),
        (KIND.replace("start: customer_reply, ", ""), (TIMED,), "mine.start", "missing", None),
    ],
)
def test_what_would_never_work_is_an_error(kind: str, more: Any, key: str, says: str, expected: str | None) -> None:
    [found] = problems(declaring(kind, *more))
    assert found[0] == f"clocks.kinds.{key}"
    assert says in found[1]
    assert expected is None or (found[2] is not None and expected in found[2])


def test_a_target_of_a_clock_that_nobody_declares_is_not_known() -> None:
    [found] = problems(ACME.replace(*TIMED, 1))
    assert (found[0].endswith("targets.mine"), found[1]) == (True, "this key is not known here")


def test_its_condition_is_part_of_the_decision() -> None:
    when = KIND.replace("title: Mine,", 'when: \'decision.level != "standard" && case.source == "web"\',')
    policy = compile_policy(parse(declaring(when, TIMED)), 1)
    facts = {"subject": "API is down", "type": "outage", "users_affected": 5000}
    holds = decide(policy, facts_of({**facts, "source": "web"}), NOW)
    fails = decide(policy, facts_of({**facts, "source": "mail"}), NOW)
    unknown = decide(policy, facts_of(facts), NOW)
    assert (MINE in holds.targets, "clocks.mine" in holds.rules) == (True, True)
    assert (MINE in fails.targets, "clocks.mine" in fails.rules) == (False, False)
    assert MINE not in unknown.targets
    assert [each.rule for each in unknown.unknown if each.rule == "clocks.mine"] == ["clocks.mine"]


def test_it_is_no_rule_that_may_be_muted() -> None:
    when = KIND.replace("title: Mine,", "when: 'case.source == \"web\"',")
    assert "clocks.mine" not in compile_policy(parse(declaring(when, TIMED)), 1).muteable


def test_a_clock_of_escalations_is_no_clock_of_other_cases() -> None:
    policy = compile_policy(parse(declaring(KIND.replace("customer_reply", "escalated"), TIMED)), 1)
    table = policy.targets
    assert MINE not in table.choose("critical", STANDARD, (), NOW, NOW)
    assert MINE in table.choose("critical", SENIOR, (), NOW, NOW)
    assert policy.at_escalation[-1] == MINE
