"""What is wrong with a document is said with line, key and what was expected; all of it, not only the first."""

import pytest

from tests.unit.policy.documents import ACME, LEAST, changed, line_of, problems_of
from tocsin.clocks import moments
from tocsin.core.wording import worded
from tocsin.languages import tongue

# A piece of the whole document, what stands there instead, and the problem: key, message, expectation.
SPOILED = [
    ("cases: {reopen", "casses: {reopen", "casses", "not known here", "cases (did you mean"),
    ("targets: {assign: 5m,", "targets: {asign: 5m,",
     "taxonomy.severities.critical.targets.asign", "not known", "assign"),
    ("targets: {assign: 4h,", "targets: {idle: 4h,", "taxonomy.severities.low.targets.idle", "is given twice", "once"),
    ("default_severity: medium", "default_severity: medum", "default_severity", "no severity 'medum'", "medium (did"),
    ("calendar: always,\n", "calendar: alwys,\n", "taxonomy.severities.critical.calendar", "no calendar", "always"),
    ("severity: critical, examples", "severity: crit, examples",
     "taxonomy.types.outage.severity", "no severity", "critical (did"),
    ("set: {type: outage}", "set: {type: outrage}", "classify[0].set.type", "no type 'outrage'", "outage (did you"),
    ("set: {type: outage}", "set: {}", "classify[0].set", "there are 0", "at least 1"),
    ("weight: 30", "weight: 29", "score", "weights sum to 99", "100"),
    ("weight: 30", "weight: thirty", "score.business_impact.weight", "'thirty'", "a number"),
    ("[10, 0.3]", "[10, 1.3]", "score.business_impact.curve[1][1]", "1.3 is too much", "at most 1"),
    ("[10, 0.3]", "[0, 0.3]", "score.business_impact.curve[1]", "0 does not come after 0", "increase"),
    ("[10, 0.3]", "[10]", "score.business_impact.curve[1]", "there are 1", "at least 2"),
    ("from: account.arr, ", "", "score.revenue", "do not go together", "either `from` or `when`"),
    ("from: account.arr,", "from: account.arr, when: 'true',", "score.revenue", "do not go together", "either"),
    ("{weight: 20, from: account.arr, curve: [[0, 0], [100000, 0.5], [1000000, 1]],", "{weight: 20, from: account.arr,",
     "score.revenue", "do not go together", "either `curve` or `map`"),
    ("at: 80", "at: 60", "levels.executive.at", "no higher than senior", "more than 60"),
    ("at: 80", "at: 180", "levels.executive.at", "180 is too much", "at most 100"),
    ("path: executive", "path: exec", "levels.executive.path", "no path 'exec'", "executive (did you mean"),
    ("relationship: account-care, ", "", "minimums[1].kind", "relationship", "`relationship` path in levels.senior"),
    ("level: senior}", "level: standard}", "minimums[0].level", "not one of the choices", "senior"),
    ("expiry: 15m", "expiry: 1bd", "triage.expiry", "'1bd'", "90s"),
    ("within: 3}", "within: 3, when: 'true'}", "triage.ask[0]", "do not go together", "either `within` or `when`"),
    ("{id: rest, team", "{id: billing, team", "route[1].id", "stands already in line 40", "an id of its own"),
    ("{id: rest, team: support,", "{id: rest, team: support, when: 'true',", "route[1].when", "have no team", "last"),
    ("assign: oncall", "assign: on-call", "route[0].assign", "not one of", "oncall (did you mean"),
    ("role:duty-director\n", "role:duty-directr\n", "paths.executive.leader", "no duty", "duty-director (did"),
    ("user:ines", "role:escalation-manager", "duties.escalation-manager", "name each other", "no circle"),
    ('"oncall:senior", "role', '"oncal:senior", "role',
     "paths.executive.steps[0].notify[0]", "'oncal:senior'", "oncall:R"),
    ("wait: 30m", "wait: 0m", "paths.account-care.steps[0].wait", "too short", "more than 0"),
    ("repeat: 2", "repeat: 0", "paths.account-care.repeat", "0 is too little", "at least 1"),
    ("update: [0.8]", "update: [80]", "clocks.warnings.update[0]", "80 is too much", "less than 1"),
    ("grace: 10m", "grace: 999999h", "clocks.grace", "too long", "at most"),
    ("grace: 10m", "grace: 10", "clocks.grace", "found 10", "a duration such as"),
    ("zone: Europe/Berlin", "zone: Europe/Berln", "calendars.office.zone", "not a time zone", "Europe/Berlin"),
    ('"13:30-18:00"', '"12:00-18:00"', "calendars.office.hours.mon-fri", "overlaps", "one after another"),
    ("country: DE", "country: XX", "calendars.office.holidays.country", "XX", "one of"),
    ("expect: {level: executive", "expect: {levels: executive", "examples[0].expect.levels", "not known", "level (did"),
    ("{in: 15m, calendar", "{inn: 15m, calendar", "levels.executive.targets.acknowledge.in", "missing", "how long"),
    ("name: Acme support", "name: ''", "name", "too little", "some text"),
    ("name: Acme support", "name:", "name", "found nothing", "text"),
    ("  medium:   {", "  me dium: {", "taxonomy.severities['me dium']", "is not valid", "letters, digits"),
    ("duties: {", "duties: &d {self: *d, ", "duties.self", "contains itself", "no circles"),
    ("at: 80", "at: .nan", "levels.executive.at", ".nan", "a finite number"),
    ("at: 80", "at: 8e999", "levels.executive.at", "too large", "a finite number"),
    ("at: 80", "at: !!float 80", "levels.executive.at", "tag", "plain values"),
    ("team: support", "team: *support", "route[1].team", "stands for nothing", "an anchor &support before it"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "message", "expected"), SPOILED, ids=[each[1] for each in SPOILED])
def test_one_problem(old: str, new: str, key: str, message: str, expected: str) -> None:
    text = changed(ACME, (old, new))
    problems = problems_of(text)
    assert problems, "accepted"
    found = [problem for problem in problems if problem.key == key]
    assert found, "\n".join(map(str, problems))
    assert message in found[0].message or message in str(found[0])
    assert expected in (found[0].expected or "")
    assert found[0].line is not None
    lines = ACME.splitlines()
    assert lines[found[0].line - 1] != text.splitlines()[found[0].line - 1] or key in ("score", "minimums[1].kind")


@pytest.mark.parametrize("name", ["0", "007", "'+1'"])
def test_names_that_look_like_numbers(name: str) -> None:
    text = changed(ACME, ("duties: {", f"duties: {{{name}: [nobody], "))
    key = f"duties[{name}][0]" if "+" in name else f"duties.{name}[0]"
    assert [problem.key for problem in problems_of(text) if problem.message.startswith("'nobody'")] == [key]
    assert problems_of(changed(text, ("[nobody]", "[user:x]"))) == () or "+" in name


def test_a_key_that_is_missing_is_described() -> None:
    problems = problems_of(changed(ACME, ("targets: {assign: 5m, ", "targets: {")))
    assert [problem.expected for problem in problems] == ["until somebody owns the case"]


def test_all_problems_at_once_in_the_order_of_lines() -> None:
    text = changed(
        ACME,
        ("zone: Europe/Berlin", "zone: Europe/Berln"),
        ("targets: {assign: 5m,", "targets: {asign: 5m,"),
        ("weight: 30", "weight: 31"),
        ("path: senior", "path: seniar"),
        ("repeat: 2", "repeat: 2.5"),
        ("cases: {reopen", "casses: {reopen"),
    )
    assert [problem.key for problem in problems_of(text)] == [
        "calendars.office.zone",
        "taxonomy.severities.critical.targets.assign",
        "taxonomy.severities.critical.targets.asign",
        "score",
        "levels.senior.path",
        "paths.account-care.repeat",
        "casses",
    ]


def test_what_is_broken_does_not_spoil_what_refers_to_it() -> None:
    text = changed(ACME, ("office: {zone: Europe/Berlin", "office: {zon: Europe/Berlin"))
    assert [problem.key for problem in problems_of(text)] == ["calendars.office.zon"]


@pytest.mark.parametrize("section", ["default_severity", "taxonomy", "score", "levels", "route", "paths", "name"])
def test_a_section_that_is_missing(section: str) -> None:
    lines = LEAST.splitlines(keepends=True)
    start = next(index for index, line in enumerate(lines) if line.startswith(section))
    end = next((index for index in range(start + 1, len(lines)) if lines[index][0] not in " -"), len(lines))
    problems = problems_of("".join(lines[:start] + lines[end:]))
    assert [section] == [problem.key for problem in problems if problem.message == "this key is missing"]


def test_a_route_must_take_every_case() -> None:
    problems = problems_of(changed(LEAST, ("team: support", "team: support, when: 'true'")))
    assert [problem.key for problem in problems] == ["route[0].when"]
    assert problems[0].line == line_of(LEAST, "{id: all")


def test_a_longer_circle_of_duties_is_named_once() -> None:
    text = LEAST + "duties: {a: [role:b], b: [role:c, user:x], c: [role:a], d: [role:a]}\n"
    problems = problems_of(text)
    assert [problem.message for problem in problems] == ["the duties name each other: a -> b -> c -> a"]


def test_very_many_problems_are_cut() -> None:
    rules = "".join(f"  - {{id: r{index}, when: 'true', set: {{type: t{index}}}}}\n" for index in range(500))
    problems = problems_of(LEAST + "classify:\n" + rules)
    assert len(problems) == 201
    assert problems[-1].message == "and 300 more problems"


def test_a_problem_is_worded_for_whoever_reads_it_and_has_a_code_for_programs() -> None:
    german = moments.reader(moments.utc, {}, tongue("de"))
    [weights] = problems_of(changed(ACME, ("weight: 30", "weight: 29")))
    assert (weights.code, worded(weights.says, german)) == ("the-weights-sum-to", "die Gewichte ergeben zusammen 99")
    [path] = problems_of(changed(ACME, ("path: executive", "path: executiv")))
    assert (path.code, worded(path.says, german)) == ("there-is-no-path", "es gibt keinen Pfad 'executiv'")
    assert path.wanted is not None
    assert worded(path.wanted, german) == "executive (war das gemeint?)"


@pytest.mark.parametrize(("old", "new"), [each[:2] for each in SPOILED], ids=[each[1] for each in SPOILED])
def test_none_of_our_words_is_left_in_english(old: str, new: str) -> None:
    english, german = (moments.reader(moments.utc, {}, tongue(language)) for language in ("en", "de"))
    problems = problems_of(changed(ACME, (old, new)))
    assert problems
    for problem in problems:
        for said in (problem.says, problem.wanted):
            if said is not None and said.text != "{given}":
                assert worded(said, german) != worded(said, english), problem
