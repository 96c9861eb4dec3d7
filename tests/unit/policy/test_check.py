"""What a check says of a policy: at the right line, error or warning, and nothing of what is right."""

import time
from pathlib import Path

import pytest

import tocsin.policy
from tests.unit.policy.documents import ACME, LEAST, changed, line_of
from tocsin.core.errors import Problem
from tocsin.policy.check import Names, check
from tocsin.policy.document import parse

STARTERS = sorted((Path(tocsin.policy.__file__).parent / "starters").glob("*.yaml"))


def found(*replacements: tuple[str, str], text: str = ACME) -> list[Problem]:
    return check(parse(changed(text, *replacements)))


def one(*replacements: tuple[str, str], text: str = ACME) -> Problem:
    problems = found(*replacements, text=text)
    assert len(problems) == 1, "\n".join(map(str, problems)) or "nothing found"
    return problems[0]


def test_nothing_to_say_of_a_sound_policy() -> None:
    assert check(parse(ACME)) == []


@pytest.mark.parametrize("path", STARTERS, ids=[path.stem for path in STARTERS])
def test_nothing_to_say_of_a_starter_and_that_soon(path: Path) -> None:
    took = []
    for _ in range(3):
        started = time.process_time()  # of this process: others do not count
        assert check(parse(path.read_text())) == []
        took.append(time.process_time() - started)
    assert min(took) < 1


CONDITIONS = [
    ('case.product_area == "billing"', "classify", "route[0].when"),
    ("'account.plan == \"premium\"'", "targets", "targets[0].when"),
    ('case.severity == "critical"\', level', "minimums", "minimums[0].when"),
    ('decision.evidence == "text"', "triage", "triage.ask[1].when"),
    ('case.tags.exists(t, t in ["press", "social", "legal"])', "score", "score.reputation.when"),
    ('case.severity == "critical" ||', "wake", "wake"),
    ("open_escalations > 1.5", "governance", "governance.peak.enter"),
]


@pytest.mark.parametrize(("piece", "_", "key"), CONDITIONS, ids=[each[1] for each in CONDITIONS])
def test_each_condition_is_compiled_where_it_stands(piece: str, _: str, key: str) -> None:
    spoiled = piece.replace("'", "'nosuch && ", 1) if piece.startswith("'") else "nosuch && " + piece
    text = changed(ACME, (piece, spoiled))
    problems = [problem for problem in check(parse(text)) if problem.key == key]
    assert len(problems) == 1
    assert problems[0].line == line_of(text, "nosuch")
    assert problems[0].severity == "error"
    assert "nosuch" in problems[0].message


@pytest.mark.parametrize(
    ("old", "new", "key", "message", "expected"),
    [
        ("case.text.matches(", "case.test.matches(", "classify[0].when", "did you mean case.text", ""),
        ('case.product_area == "billing"', 'case.users_affected > "many"', "route[0].when", "column", ""),
        ('case.product_area == "billing"', "case.product_area", "route[0].when", "column", "bool"),
        ("outage\\\\b|", "outage\\\\b)|", "classify[0].when", "column", ""),
        ('"(?i)\\\\b(is', '"\\\\b(?=is', "classify[0].when", "column", ""),
        ("(\"(?i)\\\\b(is|are", "(case.severity == \"x\" ? \"a\" : \"b(is|are",
         "classify[0].when", "case.severity", ""),
        ("from: account.arr", "from: account.arrr", "score.revenue.from", "did you mean account.arr", ""),
        ("from: account.arr", "from: account.plan", "score.revenue.from", "string", "a number"),
        ("from: account.segment", "from: case.tags", "score.segment.from", "list", "few values"),
        ("map: {critical: 1, ", "map: {critcal: 1, ", "score.technical_severity.map", "'critcal'", "critical (did"),
        ('case.product_area == "billing"', 'case.product_area == "biling"', "route[0].when",
         "never 'biling'", "billing"),
        ('["data_loss", "security"]', '["data_los", "security"]', "wake", "never 'data_los'", "data_loss (did you"),
        ('decision.evidence == "text"', 'decision.level == "high"', "triage.ask[1].when", "never 'high'", "standard"),
    ],
)  # fmt: skip
def test_a_condition_that_does_not_fit(old: str, new: str, key: str, message: str, expected: str) -> None:
    problem = one((old, new))
    assert problem.key == key
    assert message in problem.message
    assert expected in (problem.expected or "")
    assert problem.severity == "error"


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("map: {strategic: 1, ", "map: {strategic: 1, STRATEGIC: 0.5, ", "score.segment.map", "are one value"),
        ("    outage:    {title", "    Outage: {title: x}\n    outage:    {title", "taxonomy.types", "are one name"),
    ],
)
def test_names_that_a_condition_cannot_tell_apart(old: str, new: str, key: str, message: str) -> None:
    problem = one((old, new))
    assert (problem.key, problem.severity) == (key, "error")
    assert message in problem.message
    assert problem.line is not None


def test_a_name_in_another_spelling_is_that_name() -> None:
    assert found(('case.product_area == "billing"', 'case.product_area == "BILLING"')) == []


def test_the_line_within_a_block_of_several_lines() -> None:
    block = "when: |-\n        case.product_area\n        == case.nosuch, "
    text = changed(ACME, ("{id: billing, when: 'case.product_area == \"billing\"', team", f"{block}team"))
    rule = "  - id: billing\n    team: billing\n    " + block[:-2]
    text = text.replace(f"  - {block}team: billing, assign: oncall}}", rule)
    problem = one(text=text)
    assert problem.line == line_of(text, "== case.nosuch")


def test_what_never_holds() -> None:
    problem = one(('case.product_area == "billing"', 'case.type == "outage" && case.type == "security"'))
    assert (problem.key, problem.severity) == ("route[0].when", "error")
    assert "is never true" in problem.message
    assert "is never true" in one(('account.segment == "strategic" && case', "false && case")).message


@pytest.mark.parametrize(
    ("earlier", "later", "dead"),
    [
        ("true", 'account.plan == "a"', True),
        ('account.plan == "a"', 'account.plan == "a"', True),
        ('account.plan == "a"', 'account.plan == "a" && account.region == "eu"', True),
        ('account.plan == "a" || account.plan == "b"', 'account.plan == "b"', True),
        ('account.plan in ["a", "b"]', 'account.plan == "b"', True),
        ('account.plan in ["a", "b"]', 'account.plan in ["b", "c"]', False),
        ("case.users_affected >= 10", "case.users_affected >= 100", True),
        ("case.users_affected >= 10", "100 <= case.users_affected", True),
        ("case.users_affected > 10", "case.users_affected >= 10", False),
        ("case.users_affected >= 100", "case.users_affected >= 10", False),
        ("account.arr < 10.0", "account.arr < 5.0", True),
        ('account.plan == "a" && account.region == "eu"', 'account.plan == "a"', False),
        ('account.plan != "a"', 'account.plan == "b"', False),
        ('case.text.matches("x")', 'case.text.matches("x") && case.users_affected > 5', True),
        ('case.text.matches("x")', 'case.text.matches("y")', False),
    ],
)
def test_a_route_behind_a_wider_one(earlier: str, later: str, dead: bool) -> None:
    routes = f"route:\n  - {{id: first, when: '{earlier}', team: a}}\n  - {{id: second, when: '{later}', team: b}}\n"
    problems = [problem for problem in found(("route:\n", routes)) if problem.key == "route[1]"]
    assert len(problems) == dead
    assert all("no case comes here" in problem.message and "'first'" in problem.message for problem in problems)


def test_a_route_behind_several_that_take_all_of_it() -> None:
    routes = """route:
  - {id: one, when: 'account.plan == "a"', team: a}
  - {id: two, when: 'account.plan == "b"', team: b}
  - {id: both, when: 'account.plan in ["a", "b"]', team: c}
  - {id: both-again, when: 'account.plan == "a" || account.plan == "b"', team: c}
"""
    assert [problem.key for problem in found(("route:\n", routes))] == ["route[3]"]


@pytest.mark.parametrize(
    ("rules", "dead"),
    [
        (["{id: a, when: 'case.users_affected > 1', set: {type: outage}}",
          "{id: b, when: 'case.users_affected > 2', set: {type: security}}"], ["classify[1]"]),
        (["{id: a, when: 'case.users_affected > 1', set: {type: outage}}",
          "{id: b, when: 'case.users_affected > 2', set: {type: security, severity: high}}"], []),
        (["{id: a, when: 'case.users_affected > 1', set: {type: outage}}",
          "{id: b, when: 'case.users_affected > 1', set: {severity: high}}",
          "{id: c, when: 'case.users_affected > 1', set: {type: security, severity: low}}"], ["classify[2]"]),
        (["{id: a, when: 'case.type == \"outage\"', set: {severity: high}}",
          "{id: b, when: 'case.users_affected > 2', set: {type: outage}}",
          "{id: c, when: 'case.type == \"outage\"', set: {severity: low}}"], []),
    ],
)  # fmt: skip
def test_a_classification_that_comes_too_late(rules: list[str], dead: list[str]) -> None:
    text = changed(ACME, ("classify:", "classify:\n  - " + "\n  - ".join(rules) + "\n #"))
    text = "\n".join(line for line in text.splitlines() if "down-words" not in line)
    assert [problem.key for problem in check(parse(text))] == dead


def test_minimums_that_say_too_much_or_nothing_new() -> None:
    problems = found(("minimums: ", "minimums:\n  - {id: all, when: 'true', level: senior}\n #"))
    assert [problem.key for problem in problems] == ["minimums[0].when", "minimums[1]"]
    assert {problem.severity for problem in problems} == {"warning"}
    more = "minimums:\n  - {id: vip, when: 'case.severity == \"critical\" && account.arr > 1.0', level: senior}\n #"
    problem = one(("minimums: ", more))
    assert (problem.key, problem.severity) == ("minimums[0]", "warning")
    higher = more.replace("level: senior", "level: executive")
    assert found(("minimums: ", higher)) == []


def test_a_level_that_nobody_can_reach() -> None:
    low = ("curve: [[0, 0], [10, 0.3], [1000, 1]]", "curve: [[0, 0], [1000, 0.2]]")
    problem = one(low)
    assert (problem.key, problem.severity) == ("levels.executive.at", "error")
    assert "no score is above 79" in problem.message
    raised = "minimums:\n  - {id: breach, when: 'case.type == \"security\"', level: executive}\n #"
    assert found(low, ("minimums: ", raised)) == []


def test_a_level_that_every_case_reaches() -> None:
    text = changed(ACME, ("at: 60", "at: 0"))
    assert [(problem.key, problem.severity) for problem in check(parse(text))] == [("levels.senior.at", "warning")]


def test_a_last_resort_that_is_asked_too_late() -> None:
    problem = one(('["oncall:senior"], wait: 5m', '["oncall:senior"], wait: 9m'))
    assert (problem.key, problem.severity) == ("paths.senior.steps[2]", "error")
    assert "after 16m, the triage hold of 2m included" in problem.message
    assert "severity critical, 15m at level senior" in problem.message
    assert "at most 13m" in (problem.expected or "")


def test_the_hold_counts() -> None:
    assert found(("hold: 2m", "hold: 5m")) == []
    assert "16m" in one(("hold: 2m", "hold: 6m")).message


def test_a_contract_counts() -> None:
    problems = found(("targets: {acknowledge: 30m}}", "targets: {acknowledge: 10m}}"))
    assert [problem.key for problem in problems] == ["paths.senior.steps[2]", "paths.account-care.steps[1]"]
    assert all("targets.premium, 10m" in problem.message for problem in problems)


def test_a_relationship_path_has_no_hold_and_no_critical_cases_of_its_own() -> None:
    assert found(("wait: 30m}, {notify", "wait: 29m}, {notify")) == []
    problem = one(("wait: 30m}, {notify", "wait: 31m}, {notify"))
    assert problem.key == "paths.account-care.steps[1]"
    assert "hold" not in problem.message
    without = found(('case.severity == "critical"\', level', "account.arr > 1e9', level"))
    assert [problem.key for problem in without] == ["paths.account-care.steps[1]"]


def test_a_path_of_one_step_asks_its_last_resort_at_once() -> None:
    text = changed(ACME, ("hold: 2m", "hold: 30m"))
    executive = text.index('    steps: [{notify: ["oncall:senior", "role')
    text = text[:executive] + "    steps: [{notify: [lead:team]}]\n" + text[text.index("    repeat: 3") :]
    keys = [problem.key for problem in check(parse(text))]
    assert keys == ["paths.senior.steps[2]"]


@pytest.mark.parametrize(
    ("old", "new", "keys"),
    [
        # A target that runs at night, of a severity that does not wake.
        ('case.severity == "critical" || ', "", ["taxonomy.severities.critical.targets.acknowledge"]),
        (' || account.plan == "premium"', "", ["targets[0].targets.acknowledge"]),
        ('account.plan == "premium"\'\n', 'account.plan in ["premium", "gold"]\'\n', []),
        ('account.plan == "premium"\'\n', 'account.plan == "premium" && case.severity == "high"\'\n', []),
        ('account.plan == "premium"\'\n', 'account.plan == "premium" && account.arr > 1.0\'\n',
         ["targets[0].targets.acknowledge"]),
        ('account.plan == "premium"\'\n', 'decision.level != "standard"\'\n', ["targets[0].targets.acknowledge"]),
        ("path: senior, relationship: account-care, targets: {acknowledge: {in: 30m, calendar: office}",
         "path: senior, relationship: account-care, targets: {acknowledge: {in: 30m, calendar: always}",
         ["levels.senior.targets.acknowledge"]),
    ],
)  # fmt: skip
def test_a_clock_that_runs_while_all_sleep(old: str, new: str, keys: list[str]) -> None:
    problems = found((old, new))
    assert sorted({problem.key for problem in problems}) == keys
    assert {problem.severity for problem in problems} <= {"warning"}


def test_an_escalation_without_a_clock() -> None:
    keys = {(problem.key, problem.severity) for problem in check(parse(LEAST))}
    assert ("taxonomy.severities.normal.targets", "warning") in keys
    assert {severity for _, severity in keys} == {"warning"}


def test_a_path_that_wakes_nobody_needs_a_calendar_with_hours() -> None:
    keys = {problem.key for problem in check(parse(LEAST)) if "day and night" in problem.message}
    assert keys == {"levels.senior", "levels.executive"}
    office = '\ncalendars: {office: {zone: Europe/Berlin, hours: {mon-fri: ["09:00-17:00"]}}}\n'
    for cure in (office, "\nwake: 'true'\n"):
        assert [problem.key for problem in check(parse(LEAST + cure)) if "day and night" in problem.message] == []


NAMES = Names(teams=["billing", "support"], rosters=["senior"], users=["dana", "ines"])


def test_names_that_exist() -> None:
    assert check(parse(ACME), NAMES) == []


@pytest.mark.parametrize(
    ("names", "keys", "expected"),
    [
        (NAMES._replace(teams=["billing", "suport"]), ["route[1].team"], "suport (did you mean"),
        (NAMES._replace(users=["dana"]), ["duties.escalation-manager[0]"], "dana"),
        (NAMES._replace(rosters=[]), ["paths.executive.steps[0].notify[0]", "paths.executive.steps[1].notify[0]",
         "paths.senior.steps[0].notify[0]", "paths.senior.steps[1].notify[0]"], "a roster that exists"),
    ],
)  # fmt: skip
def test_names_that_do_not_exist(names: Names, keys: list[str], expected: str) -> None:
    problems = check(parse(ACME), names)
    assert [problem.key for problem in problems] == keys
    assert expected in (problems[0].expected or "")
    assert problems[0].line is not None


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ("severity: critical}}", "severity: critcal}}", "examples[0].expect.severity", "critical (did"),
        ("severity: critical}}", "type: outages}}", "examples[0].expect.type", "outage (did"),
        ("severity: critical}}", "team: suport}}", "examples[0].expect.team", "support (did"),
        ("severity: critical}}", "path: exec}}", "examples[0].expect.path", "executive"),
        ("severity: critical}}", "rules: [down-word]}}", "examples[0].expect.rules[0]", "down-words (did"),
        ("severity: critical}}", "minimums: [rest]}}", "examples[0].expect.minimums[0]", "critical"),
        ("users_affected: 5000}", "users_affected: 5000, occurred_at: yesterday}", "examples[0].given.occurred_at", ""),
    ],
)
def test_examples_that_name_what_is_not_there(old: str, new: str, key: str, expected: str) -> None:
    problem = one((old, new))
    assert (problem.key, problem.severity) == (key, "error")
    assert problem.line == line_of(ACME, "Strategic customer")
    assert expected in (problem.expected or "")


def test_sections_that_nothing_reads_are_not_passed_over() -> None:
    problem = one(("communication: {}", "communication: {cadence: 60m}"))
    assert (problem.key, problem.severity) == ("communication", "warning")


def test_problems_stand_in_the_order_of_lines() -> None:
    problems = found(("case.text.matches(", "case.test.matches("), ("hold: 2m", "hold: 9m"), ("at: 60", "at: 0"))
    lines = [problem.line for problem in problems]
    assert len(lines) >= 3
    assert lines == sorted(lines, key=lambda line: line or 0)
