"""The mapping over JSON: which signals a delivery means, and what is said of what does not fit."""

from typing import Any

import pytest

from tocsin.core.errors import InvalidDocument, InvalidInput
from tocsin.intake.mapping.deliveries import DeliveredMapping, Ignored, MeantSignal
from tocsin.intake.mapping.reading import delivered_mapping
from tocsin.policy.remarks import in_english
from tocsin.policy.yaml.lines import read

ALERTMANAGER = """
source: alertmanager
each: alerts
external_id: {first: [item.fingerprint, {cel: "item.labels.alertname + '/' + item.labels.instance"}]}
subject: {first: [item.annotations.summary, "{item.labels.alertname} on {item.labels.instance}"]}
body: item.annotations.description
status: item.status
occurred_at: {cel: 'item.status == "resolved" ? item.endsAt : item.startsAt'}
url: item.generatorURL
tags: {cel: '["prometheus", item.labels.severity]'}
attributes:
  severity: item.labels.severity
  cluster: {first: [item.labels.cluster, commonLabels.cluster], default: main}
ignore:
  - {when: 'item.labels.alertname == "Watchdog"', reason: this alert fires always}
"""
GROUP: dict[str, Any] = {
    "version": "4",
    "commonLabels": {"cluster": "eu"},
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "Down", "instance": "db1", "severity": "critical"},
            "annotations": {"summary": "db1 is down"},
            "startsAt": "2026-11-22T09:30:00Z",
            "fingerprint": "f1",
        },
        {"status": "firing", "labels": {"alertname": "Watchdog"}, "fingerprint": "f2"},
        {
            "status": "resolved",
            "labels": {"alertname": "Slow", "instance": "web1"},
            "annotations": {},
            "startsAt": "2026-11-22T08:00:00Z",
            "endsAt": "2026-11-22T09:00:00Z",
        },
        {"status": "firing", "labels": {}},
    ],
}


def mapped(
    text: str, payload: Any, headers: dict[str, str] | None = None
) -> list[MeantSignal | Ignored | InvalidInput]:
    return DeliveredMapping(delivered_mapping(read(text).data)).read(payload, headers)


def given(text: str, payload: Any, **headers: str) -> dict[str, Any]:
    [meant] = mapped(text, payload, headers)
    assert isinstance(meant, MeantSignal)
    return meant.given


LEAST = "source: desk\nexternal_id: id\n"


def test_several_signals_in_one_delivery() -> None:
    down, watchdog, slow, odd = mapped(ALERTMANAGER, GROUP)
    assert isinstance(down, MeantSignal)
    assert down.given == {
        "kind": "ticket",
        "source": "alertmanager",
        "external_id": "f1",
        "subject": "db1 is down",
        "status": "firing",
        "occurred_at": "2026-11-22T09:30:00Z",
        "tags": ["prometheus", "critical"],
        "attributes": {"severity": "critical", "cluster": "eu"},
    }
    assert watchdog == Ignored("this alert fires always")
    assert isinstance(slow, MeantSignal)
    assert (slow.given["external_id"], slow.given["subject"]) == ("Slow/web1", "Slow on web1")
    assert slow.given["occurred_at"] == "2026-11-22T09:00:00Z"
    assert isinstance(odd, InvalidInput), "one that cannot be read leaves the others alone"
    assert odd.place == "item.fingerprint"


@pytest.mark.parametrize("payload", [{}, {"alerts": "none"}, [], 5, {"alerts": [{}] * 1001}])
def test_what_holds_no_list_is_refused_as_a_whole(payload: Any) -> None:
    with pytest.raises(InvalidInput) as error:
        mapped(ALERTMANAGER, payload)
    assert error.value.place == "alerts"


def test_an_empty_list_means_nothing() -> None:
    assert mapped(ALERTMANAGER, {"alerts": []}) == [Ignored("alerts holds nothing")]


@pytest.mark.parametrize(
    ("rule", "payload", "expected"),
    [
        ("priority: p", {"p": "high"}, "high"),
        ("priority: {path: p, map: {1: low, true: high}}", {"p": 1}, "low"),
        ("priority: {path: p, map: {1: low, true: high}}", {"p": True}, "high"),
        ("priority: {path: p, map: {1: low}}", {"p": 7}, None),
        ("priority: {first: [p, q.0.name]}", {"q": [{"name": "urgent"}]}, "urgent"),
        ("priority: {first: [p, q], map: {1: low}, default: none}", {"p": " ", "q": None}, "none"),
        ('priority: {cel: \'delivery.p > 3 ? "high" : "low"\'}', {"p": 4}, "high"),
        ("priority: {cel: delivery.p}", {"p": None}, None),
        ("priority: {cel: 'headers[\"x-level\"]'}", {}, "from the header"),
        ("priority: {value: p1}", {}, "p1"),
        ('priority: "{a}/{b.c}"', {"a": 1, "b": {"c": True}}, "1/true"),
        ("users_affected: n", {"n": "about 30"}, "about 30"),  # whoever reads the signal understands it
        ("users_affected: {path: n, as: integer}", {"n": "1,200"}, 1200),
        ("users_affected: {path: n, as: integer}", {"n": 12.0}, 12),
        ("account.arr: {path: n, decimal: ','}", {"n": "1.200,50"}, 1200.5),
        ("tags: t", {"t": ["a", {"name": "b"}]}, ["a", {"name": "b"}]),
        ("tags: {path: t, split: ' '}", {"t": "a b"}, ["a", "b"]),
        ("tags: [t, {value: desk}]", {"t": ["a"]}, ["a", "desk"]),
        ("attributes.days: {path: d, split: ';', as: integer}", {"d": "1;2"}, [1, 2]),
        ("attributes.n: {path: s, extract: 'zen:ticket:(\\d+)'}", {"s": "zen:ticket:42"}, "42"),
        ("attributes.n: {path: s, extract: '[0-9]+', as: integer}", {"s": "no 7 of 9"}, 7),
        ("attributes.n: {path: s, extract: 'x(y)'}", {"s": "z"}, None),
        ("attributes.at: {path: t, format: seconds}", {"t": 1710236460}, "2024-03-12T09:41:00Z"),
        ("attributes.at: {path: t, format: milliseconds}", {"t": "1710236460000"}, "2024-03-12T09:41:00Z"),
        ("attributes.at: {path: t, format: excel, zone: UTC}", {"t": 45363.4034722222}, "2024-03-12T09:41:00Z"),
        ("attributes.at: {path: t, as: time}", {"t": "12.03.2024 09:41Z"}, "2024-03-12T09:41:00Z"),
        ("attributes: custom", {"custom": {"a": 1}}, {"a": 1}),
    ],
)
def test_values(rule: str, payload: dict[str, Any], expected: Any) -> None:
    text = "source: desk\nfields:\n  external_id: id\n  " + rule + "\n"
    found = given(text, {"id": 1, **payload}, **{"X-Level": "from the header"})
    name = rule.partition(":")[0]
    outer, _, inner = name.partition(".")
    value = found.get(outer)
    assert (value.get(inner) if inner and value else value) == expected


def test_a_time_without_a_zone_has_that_of_the_mapping() -> None:
    found = given(LEAST + "zone: Europe/Berlin\noccurred_at: at\n", {"id": 1, "at": "2026-07-01 10:00"})
    assert found["occurred_at"].isoformat() == "2026-07-01T08:00:00+00:00"
    assert given(LEAST + "occurred_at: at\n", {"id": 1, "at": "2026-07-01 10:00"})["occurred_at"] == "2026-07-01 10:00"


def test_what_cannot_be_read_counts_as_missing_and_is_remarked() -> None:
    mapping = LEAST + "users_affected: {path: n, as: integer}\npriority: {path: p, map: {1: low}}\n"
    [meant] = mapped(mapping, {"id": 1, "n": "many", "p": 2})
    assert isinstance(meant, MeantSignal)
    assert meant.given == {"kind": "ticket", "source": "desk", "external_id": 1}
    assert in_english(meant.remarks) == {
        "users_affected": "'many' is not a whole number; it counts as missing",
        "priority": "'2' is not in the map; it counts as missing",
    }
    with pytest.raises(InvalidInput, match="not a whole number"):
        mapped(mapping + "unreadable: refuse\n", {"id": 1, "n": "many"})


@pytest.mark.parametrize(
    ("payload", "status"),
    [
        ({"s": "Parked"}, "on hold"),
        ({"s": "  FERTIG gemeldet "}, "resolved"),
        ({"s": "P1 raised"}, "open"),
        ({"s": "Closed"}, "Closed"),
        ({"s": "Closed", "again": True}, "open"),
        ({"archived": True}, "resolved"),
        ({}, None),
    ],
)
def test_words_and_conditions_of_a_source_say_what_begins_and_what_ends(payload: Any, status: str | None) -> None:
    mapping = (
        LEAST + "status: s\nbegins: [p1 raised, {when: delivery.again}]\nwaits: Parked\n"
        "ends: [Fertig gemeldet, {when: delivery.archived}]\n"
    )
    assert given(mapping, {"id": 1, **payload}).get("status") == status


def test_the_kind_of_a_signal() -> None:
    for kind, said in (("reply", "reply"), ("{path: e, values: {c: reply}}", "reply"), ("{path: e}", "ticket")):
        assert given(LEAST + f"kind: {kind}\n", {"id": 1, "e": "c"})["kind"] == said
    mapping = LEAST + "kind: {cel: delivery.e, map: {c: reply}, otherwise: solved}\n"
    assert [given(mapping, {"id": 1, "e": e})["kind"] for e in ("c", "d")] == ["reply", "solved"]


def test_how_a_ticket_stood() -> None:
    mapping = LEAST + "state: s\nresolved_at: {path: at, format: seconds}\nends: gone\n"
    [meant] = mapped(mapping, {"id": 1, "s": "Gone", "at": 1710236460})
    assert isinstance(meant, MeantSignal)
    assert meant.past["state"] == "resolved"
    assert meant.past["resolved_at"].isoformat() == "2024-03-12T09:41:00+00:00"


def test_json_within_a_text_is_unpacked() -> None:
    mapping = "source: sns\nunpack: Message\nexternal_id: Message.AlarmName\nstatus: Message.NewStateValue\n"
    payload = {"Message": '{"AlarmName": "cpu", "NewStateValue": "ALARM"}'}
    assert given(mapping, payload)["status"] == "ALARM"
    assert payload["Message"].startswith("{"), "the delivery stays as it came"


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("[a]", "map", "not a mapping"),
        (LEAST + "subject: {cel: 'delivery.a +'}", "subject.cel", "column"),
        (LEAST + "subject: {cel: 'item.a'}", "subject.cel", "there is no item"),
        (LEAST + "ignore: [{when: 'delivery.a'}]", "ignore[0]", "when and reason"),
        (LEAST + "ignore: [{when: '1', reason: x}]", "ignore[0].when", "of the type int"),
        (LEAST + "ignore: x", "ignore", "a list of"),
        (LEAST + "ends: {if: x}", "ends.if", "not known here"),
        (LEAST + "subject: {first: []}", "subject.first", "the first that says something"),
        (LEAST + "subject: {first: [{path: a, as: text}]}", "subject.first[0].as", "not known here"),
        (LEAST + "subject: {path: a, extract: '('}", "subject.extract", "RE2"),
        (LEAST + "subject: {path: a, decimal: ','}", "subject.decimal", "for numbers"),
        (LEAST + "delimiter: ';'", "map", "no key 'delimiter'"),
        (LEAST + "fields: {account.sector: a}", "fields", "no field 'account.sector'"),
    ],
)
def test_a_mapping_that_is_wrong_names_the_key(text: str, place: str, said: str) -> None:
    with pytest.raises(InvalidDocument) as error:
        delivered_mapping(read(text).data)
    assert error.value.place == place
    assert said in str(error.value)
