"""A whole document becomes a typed model; what it does not say takes the defaults."""

import hashlib

import pytest

from tests.unit.policy.documents import ACME, LEAST, changed, line_of
from tocsin.clocks import durations
from tocsin.clocks.kinds import ACKNOWLEDGE, CONTAIN, RESOLVE
from tocsin.core.errors import InvalidDocument
from tocsin.policy.document import parse
from tocsin.policy.levels import EXECUTIVE
from tocsin.policy.model import Target


def test_the_whole_document_is_read() -> None:
    document = parse(ACME)
    assert document.name == "Acme support"
    assert list(document.severities) == ["critical", "high", "medium", "low"]
    assert document.severities["high"].targets[RESOLVE] == Target(duration=durations.parse("3bd"))
    assert document.types["outage"].title == "Service outage"
    assert document.targets[0].targets[ACKNOWLEDGE].duration == durations.parse("30m")
    assert document.classify[0].set == {"type": "outage"}
    assert [factor.weight for factor in document.score] == [30, 20, 20, 10, 20]
    assert document.score[0].curve == ((0.0, 0.0), (10.0, 0.3), (1000.0, 1.0))
    assert document.score[1].map == {"strategic": 1.0, "enterprise": 0.8, "business": 0.4}
    assert document.score[3].value == 1.0
    assert list(document.levels) == ["executive", "senior"]
    assert document.levels[EXECUTIVE].targets[CONTAIN] == Target(duration=durations.parse("4h"), calendar="office")
    assert document.minimums[1].kind == "relationship"
    assert document.triage.ask[0].within == 3.0
    assert document.route[1].when is None
    assert document.duties["duty-director"] == ("user:dana",)
    assert document.paths["executive"].repeat == 3
    assert document.wake.startswith('case.severity == "critical" ||')
    assert document.examples[0].expect == {"level": "executive", "severity": "critical"}
    assert document.examples[0].line == line_of(ACME, "Strategic customer, API down")
    assert document.source == ACME
    assert document.digest == hashlib.sha256(ACME.encode()).hexdigest()


def test_every_key_knows_its_line() -> None:
    lines = parse(ACME).lines
    assert lines["taxonomy.severities.critical"] == line_of(ACME, "critical: {definition")
    assert lines["taxonomy.severities.critical.targets.assign"] == line_of(ACME, "targets: {assign: 5m, ack")
    assert lines["route[1].team"] == line_of(ACME, "{id: rest")
    assert lines["score.revenue.curve[1]"] == line_of(ACME, "revenue:")


def test_the_least_document_takes_the_defaults() -> None:
    document = parse(LEAST)
    assert document.calendars["always"].always
    assert document.severities["normal"].calendar == "always"
    assert document.severities["normal"].title == "normal"
    assert (str(document.triage.expiry), str(document.triage.hold)) == ("15m", "2m")
    assert document.clocks.pause_clocks == ("resolve", "idle")
    assert (str(document.clocks.grace), str(document.clocks.pause_at_most)) == ("10m", "72h")
    assert document.clocks.warnings == {"update": (0.8,), "contain": (0.5, 0.8), "resolve": (0.5, 0.8)}
    assert (str(document.cases.reopen_within), str(document.cases.request_answer)) == ("7d", "30m")
    assert str(document.cases.acknowledgement_critical) == "1h"
    assert 'case.severity == "critical"' in document.wake
    assert document.route[0].assign == "none"
    assert document.paths["all"].repeat == 1
    assert document.examples == ()


def test_part_of_a_section_leaves_the_rest_at_its_default() -> None:
    document = parse(LEAST + "clocks: {pause: {at_most: 1h}, warnings: {resolve: [0.9, 0.5]}}\n")
    assert document.clocks.pause_clocks == ("resolve", "idle")
    assert str(document.clocks.pause_at_most) == "1h"
    assert document.clocks.warnings == {"resolve": (0.5, 0.9)}


def test_a_step_without_wait_takes_the_one_before() -> None:
    steps = "steps: [{notify: [lead:team]}, {notify: [lead:team], wait: 7m}, {notify: [user:a], acknowledgements: 2}]"
    path = parse(changed(LEAST, ("steps: [{notify: [lead:team]}]", steps))).paths["all"]
    assert [str(step.wait) for step in path.steps] == ["5m", "7m", "7m"]
    assert [step.acknowledgements for step in path.steps] == [1, 1, 2]


def test_an_anchor_stands_for_what_it_names() -> None:
    pause = "pause: {clocks: &paused [resolve, idle]"
    text = changed(
        ACME, ("pause: {clocks: [resolve, idle]", pause), ("communication: {}", "communication: {held: *paused}")
    )
    assert parse(text).communication == {"held": ["resolve", "idle"]}


def test_yaml_words_are_text_as_in_yaml_1_2() -> None:
    text = changed(LEAST, ("name: Least", "name: on"), ("normal: {targets", "no: {title: off, targets"))
    document = parse(changed(text, ("default_severity: normal", "default_severity: no")))
    assert document.name == "on"
    assert document.severities["no"].title == "off"


def test_a_map_may_be_keyed_by_numbers_and_dates() -> None:
    text = changed(LEAST, ("from: case.users_affected, curve: [[0, 0], [1000, 1]]", "from: case.priority, map: {1: 1}"))
    assert parse(text).score[0].map == {"1": 1.0}
    hours = 'hours: {mon: ["09:00-17:00"]}, special: {2026-12-31: ["9:00-10:00"]}'
    assert "office" in parse(LEAST + f"calendars: {{office: {{zone: Europe/Berlin, {hours}}}}}").calendars


def test_never_half_a_result() -> None:
    with pytest.raises(InvalidDocument) as caught:
        parse(changed(LEAST, ("weight: 100", "weight: 99")), "policy.yaml")
    assert str(caught.value) == "policy.yaml: line 6: score: the weights sum to 99; expected 100"
