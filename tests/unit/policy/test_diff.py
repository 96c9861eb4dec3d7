"""A diff tells what changes in meaning, by key; and the plain form of a document reads in as the same document."""

import json

import msgspec
import pytest

from tests.unit.policy.documents import ACME, LEAST, changed
from tocsin.policy.diff import Difference, diff
from tocsin.policy.document import parse
from tocsin.policy.plain import plain


def changes(*replacements: tuple[str, str], text: str = ACME) -> list[Difference]:
    return diff(parse(text), parse(changed(text, *replacements)))


@pytest.mark.parametrize("text", [ACME, LEAST], ids=["acme", "least"])
def test_the_plain_form_reads_in_as_the_same(text: str) -> None:
    document = parse(text)
    again = parse(json.dumps(plain(document)))
    bare = {"source": "", "digest": "", "lines": {}, "examples": ()}
    assert msgspec.structs.replace(again, **bare) == msgspec.structs.replace(document, **bare)
    assert diff(document, again) == []


def test_no_difference_in_how_it_is_written() -> None:
    spelled = changed(LEAST, ("paths:", "triage: {hold: 120s, expiry: 15m}\n# a remark\npaths:"), ("1h", "60m"))
    assert diff(parse(LEAST), parse(spelled)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("assign: 5m", "assign: 10m", "~ taxonomy.severities.critical.targets.assign.in: 5m -> 10m"),
        ("at: 80", "at: 85", "~ levels.executive.at: 80.0 -> 85.0"),
        ("hold: 2m", "hold: 3m", "~ triage.hold: 2m -> 3m"),
        ("  hold: 2m\n", "  hold: 120s\n", None),
        ("[10, 0.3]", "[10, 0.4]", "~ score.business_impact.curve: [[0.0,0.0],[10.0,0.3],[1000.0,1.0]] -> "
         "[[0.0,0.0],[10.0,0.4],[1000.0,1.0]]"),
        ("strategic: 1, ", "strategic: 1, startup: 0.1, ", "+ score.segment.map.startup: 0.1"),
        ("country: DE, region: BE", "country: DE", "- calendars.office.holidays.region: BE"),
        ("team: billing,", "team: finance,", "~ route[billing].team: billing -> finance"),
        ("user:ines", "user:nils", '~ duties.escalation-manager: ["user:ines"] -> ["user:nils"]'),
        ("repeat: 2", "repeat: 1", "~ paths.account-care.repeat: 2 -> 1"),
        ("expect: {level: executive,", "expect: {level: senior,",
         "~ examples[Strategic customer, API down].expect.level: executive -> senior"),
    ],
)  # fmt: skip
def test_one_change(old: str, new: str, expected: str | None) -> None:
    assert [str(change) for change in changes((old, new))] == ([expected] if expected else [])


def test_a_rule_in_front_is_one_change() -> None:
    found = changes(("route:\n", "route:\n  - {id: first, when: 'true', team: gold}\n"))
    assert [(change.key, change.kind) for change in found] == [("route[first]", "added")]
    back = diff(parse(changed(ACME, ("route:\n", "route:\n  - {id: first, when: 'true', team: gold}\n"))), parse(ACME))
    assert [(change.key, change.kind) for change in back] == [("route[first]", "removed")]


def test_an_order_of_rules_is_a_change() -> None:
    rules = "classify:\n  - {id: a, when: 'true', set: {severity: low}}\n  - {id: b, when: 'true', set: {type: x}}\n"
    text = changed(LEAST, ("    normal:", "    low: {targets: {assign: 1h, resolve: 1d}}\n    normal:")) + rules
    text = changed(text, ("score:", "  types: {x: {}}\nscore:"))
    lines = text.splitlines(keepends=True)
    swapped = "".join([*lines[:-2], lines[-1], lines[-2]])
    assert [str(change) for change in diff(parse(text), parse(swapped))] == ['~ classify: order ["a","b"] -> ["b","a"]']
