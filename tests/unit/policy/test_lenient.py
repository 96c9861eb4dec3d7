"""Bodies as senders write them: a part that does not fit is cut or missing and said so, the rest counts."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.unit.policy.policies import small
from tocsin.clocks import moments
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import plain, worded
from tocsin.intake.mapping import conversions
from tocsin.languages import tongue
from tocsin.policy.body import BODY_BYTES, CaseBody, check_body, read_body
from tocsin.policy.decide import again, decide
from tocsin.policy.decision import from_bytes
from tocsin.policy.facts import facts_of
from tocsin.policy.lenient import lenient, loads, read, times
from tocsin.policy.telling import reasons_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-12T09:41:00Z",
        "2024/03/12 09:41Z",
        "12.03.2024 10:41 +0100",
        "2024-03-12 10:41:00 CET",
        "2024-03-12 10:41 Europe/Berlin",
        "12 Mar 2024 09:41 UTC",
        "March 12, 2024 09:41 UTC",
        "Tue Mar 12 09:41:00 UTC 2024",
        "Tue, 12 Mar 2024 09:41:00 +0000",
        "Tue, 12 Mar 2024 05:41:00 EDT",
        "20240312T094100Z",
        "1710236460",
        "1710236460.0",
        "1710236460000",
        "1710236460000000",
        1710236460,
        1710236460.0,
        1710236460000,
        1710236460000000,
    ],
)
def test_times_are_read_as_an_import_reads_them(text: Any) -> None:
    assert times.instant(text) == datetime(2024, 3, 12, 9, 41, tzinfo=UTC)
    assert conversions.time(None, None)(text) == times.instant(text)


@pytest.mark.parametrize("text", ["2024-03-12T09:41:00", "03/04/2024 09:41Z", "soon", True, None, float("inf"), [1]])
def test_what_is_no_instant_is_none(text: Any) -> None:
    assert times.instant(text) is None


KEPT: dict[str, tuple[dict[str, Any], dict[str, Any], set[str]]] = {
    "long subject": ({"subject": "x" * 600}, {"subject": "x" * 499 + "…"}, {"subject"}),
    "empty subject": ({"subject": "", "body": "\n Login fails\nfor all"}, {"subject": "Login fails"}, {"subject"}),
    "no subject": ({"subject": None, "body": "Login fails"}, {"subject": "Login fails"}, {"subject"}),
    "a subject that is an object": ({"subject": {"de": "x"}, "body": "y"}, {"subject": "y"}, {"subject"}),
    "a subject that is a number": ({"subject": 5}, {"subject": "5"}, set()),
    "NUL": ({"subject": "a\0b"}, {"subject": "ab"}, set()),
    "half a character": ({"subject": "a\ud83d"}, {"subject": "a\ufffd"}, set()),
    "users in text": ({"users_affected": "1,200"}, {"users_affected": 1200}, {"users_affected"}),
    "users in words": ({"users_affected": "many"}, {"users_affected": None}, {"users_affected"}),
    "a whole number with a fraction": ({"users_affected": 30.0}, {"users_affected": 30}, set()),
    "less than nothing": ({"users_affected": -1}, {"users_affected": None}, {"users_affected"}),
    "true": ({"users_affected": True}, {"users_affected": None}, {"users_affected"}),
    "beyond all numbers": ({"users_affected": 10**30}, {"users_affected": None}, {"users_affected"}),
    "long sentiment": ({"sentiment": "very " * 20}, {"sentiment": ("very " * 20)[:49].rstrip() + "…"}, {"sentiment"}),
    "priority as an object": ({"priority": {"id": "3", "name": "High"}}, {"priority": "High"}, set()),
    "priority as a number": ({"priority": 1}, {"priority": "1"}, set()),
    "priority as a list": ({"priority": ["High"]}, {"priority": None}, {"priority"}),
    "tags with commas": ({"tags": "billing, vip;eu"}, {"tags": ["billing", "vip", "eu"]}, set()),
    "tags of any shape": ({"tags": [1, {"name": "vip"}, None, [], "a"]}, {"tags": ["1", "vip", "a"]}, {"tags"}),
    "tags as a number": ({"tags": 5}, {"tags": None}, {"tags"}),
    "too many tags": ({"tags": [f"t{n}" for n in range(120)]}, {"tags": [f"t{n}" for n in range(100)]}, {"tags"}),
    "no time": ({"occurred_at": "yesterday"}, {"occurred_at": None}, {"occurred_at"}),
    "no zone": ({"occurred_at": "2026-11-22T12:00:00"}, {"occurred_at": None}, {"occurred_at"}),
    "the year 9999": ({"occurred_at": "9999-12-31T23:59:59Z"}, {"occurred_at": None}, {"occurred_at"}),
    "seconds since 1970": ({"occurred_at": 1795348800}, {"occurred_at": NOON}, set()),
    "milliseconds": ({"occurred_at": "1795348800000"}, {"occurred_at": NOON}, set()),
    "e-mail's date": ({"occurred_at": "Sun, 22 Nov 2026 13:00:00 +0100"}, {"occurred_at": NOON}, set()),
    "a space and UTC": ({"occurred_at": "2026-11-22 12:00:00 UTC"}, {"occurred_at": NOON}, set()),
    "unknown field": ({"urgency": "high"}, {}, {"urgency"}),
    "id as a number": ({"external_id": 17}, {"external_id": "17"}, set()),
    "id as a list": ({"external_id": [17]}, {"external_id": None}, {"external_id"}),
    "blank id": ({"external_id": "  "}, {"external_id": None}, set()),
    "order key": ({"sequence": ["seven"]}, {"sequence": None}, {"sequence"}),
    "order key with a fraction": ({"sequence": 10.5}, {"sequence": "10.5"}, set()),
    "pairs": ({"attributes": [{"id": 7, "value": "x"}]}, {"attributes": {"7": "x"}}, set()),
    "attributes as text": ({"attributes": "none"}, {"attributes": None}, {"attributes"}),
    "a long attribute": ({"attributes": {"a": "x" * 20_000, "b": 1}}, {}, {"attributes.a"}),
    "a huge attribute": ({"attributes": {"a": 10**38, "b": 1}}, {"attributes": {"b": 1}}, {"attributes.a"}),
    "a customer that is a name": ({"account": "Acme"}, {}, {"account"}),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_part_that_does_not_fit_does_not_take_the_rest_with_it(name: str) -> None:
    sent, kept, remarked = KEPT[name]
    body, remarks = read(json.dumps({"subject": "Something", **sent}).encode())
    assert {field: getattr(body, field) for field in kept} == kept
    assert remarks.keys() == remarked


def test_parts_of_the_account() -> None:
    account = {"name": "Acme", "arr": "1,200,000 EUR", "renewal": "in spring", "revenue": 5, "segment": ["x"]}
    body, remarks = read(json.dumps({"subject": "x", "account": account}).encode())
    assert body.account is not None
    assert (body.account.name, body.account.arr, body.account.renewal) == ("Acme", 1_200_000.0, None)
    assert remarks.keys() == {"account.arr", "account.renewal", "account.revenue", "account.segment"}
    assert "1,200,000" not in plain(remarks["account.arr"]), "not everybody may see a revenue"


def test_a_long_body_is_cut_by_whole_characters() -> None:
    body, remarks = read(json.dumps({"subject": "x", "body": "ü" * 300_000}).encode())
    assert body.body == "ü" * (BODY_BYTES // 2)
    assert "256 KiB" in plain(remarks["body"])


def test_long_ids_are_kept_apart() -> None:
    first, second = (read(json.dumps({"subject": "x", "external_id": "m" * 250 + end}).encode())[0] for end in "ab")
    assert first.external_id != second.external_id
    assert {len(body.external_id or "") for body in (first, second)} == {200}
    again, _ = read(json.dumps({"subject": "y", "external_id": "m" * 250 + "a"}).encode())
    assert again.external_id == first.external_id


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"5", b"[" * 9000, b'{"subject": " "}', b'{"body": "\\u200b"}', b"{}"]
)
def test_what_says_nothing_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInput):
        read(raw)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
def test_a_body_with_line_breaks_within_its_texts_is_read_in_each_encoding(encoding: str) -> None:
    text = '{"subject": "Prüfung\tsteht", "body": "eins\r\nzwei\nund drei"}'
    marks = {"utf-16-le-bom": ("utf-16-le", b"\xff\xfe"), "utf-16-be-bom": ("utf-16-be", b"\xfe\xff")}
    codec, mark = marks.get(encoding, (encoding, b""))
    body, remarks = read(mark + text.encode(codec))
    assert (body.subject, body.body) == ("Prüfung\tsteht", "eins\r\nzwei\nund drei")
    assert remarks == {}


@pytest.mark.parametrize(
    ("said", "tags"),
    [
        ('["a","b"]', ["a", "b"]),
        (' ["a, b", {"name": "c"}] ', ["a, b", "c"]),
        ("[a, b]", ["a", "b"]),
        ("['a', 'b']", ["a", "b"]),
        ("['a, b', None, \"it's\"]", ["a, b", "it's"]),
        ("{a,b}", ["a", "b"]),
        ('{vip,"a, b",NULL}', ["vip", "a, b"]),
        ("{}", ["{}"]),
        ("[vip] a, b", ["[vip] a", "b"]),
        ("[a], [b]", ["[a]", "[b]"]),
        ("[]", []),
        ("a;b", ["a", "b"]),
    ],
)
def test_tags_that_are_a_list_within_a_text(said: str, tags: list[str]) -> None:
    assert lenient({"subject": "x", "tags": said}).given["tags"] == tags


@pytest.mark.parametrize("said", ["null", "None", " NULL "])
def test_tags_that_are_none_are_missing_without_a_word(said: str) -> None:
    found = lenient({"subject": "x", "tags": said})
    assert "tags" not in found.given
    assert found.remarks == {}


def test_bytes_that_are_no_text_and_numbers_that_are_none() -> None:
    body, _ = read(b'{"subject": "caf\xe9", "users_affected": NaN, "account": {"arr": 1e999, "name": "x"}}')
    assert (body.subject, body.users_affected) == ("caf\ufffd", None)
    assert loads(b'{"a": ' + b"9" * 6000 + b"}")["a"] == "9" * 6000


def test_what_is_as_it_should_be_is_read_as_the_strict_reader_does() -> None:
    raw = b'{"subject": "x", "tags": ["a"], "users_affected": 3, "account": {"arr": 5}}'
    assert read(raw) == (read_body(raw), {})


SCRAP = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
NAMES = st.sampled_from([*CaseBody.__struct_fields__, "surprise"])


@examples(150)
@given(st.dictionaries(NAMES, SCRAP, max_size=8))
def test_whatever_is_sent_what_is_taken_passes_the_strict_reader(sent: dict[str, Any]) -> None:
    found = lenient({**sent, "subject": "Something"})
    check_body(found.body)
    assert lenient({**sent, "subject": "Something"}) == found
    assert all(value is not None or sent[name] is None for name, value in found.given.items())


def test_the_decision_says_what_was_not_understood_and_is_decided_again_equally() -> None:
    body, remarks = read(b'{"subject": "API is down", "users_affected": "many", "priority": ["P1"]}')
    decision = decide(small(), facts_of(body, None, remarks), 1)
    assert "users_affected: 'many' is not a whole number from 0; it counts as missing" in decision.reasons
    stored = from_bytes(decision.canonical())
    assert again(small(), stored).canonical() == decision.canonical()


def test_whoever_reads_the_decision_reads_the_remark_in_their_language() -> None:
    body, remarks = read(b'{"subject": "API is down", "users_affected": "many", "priority": ["P1"]}')
    decision = from_bytes(decide(small(), facts_of(body, None, remarks), 1).canonical())
    german = moments.reader(moments.utc, {}, tongue("de"))
    said = [worded(reason, german) for reason in reasons_of(decision)]
    assert "priority: eine Liste ist kein Text; es gilt als fehlend" in said
    assert any("ist keine ganze Zahl ab 0" in reason for reason in said)


def test_a_remark_of_an_older_release_is_read_as_it_was_written() -> None:
    facts = facts_of(CaseBody(subject="API is down")) | {"remarks": {"priority": "a list is not text"}}
    decision = decide(small(), facts, 1)
    assert "priority: a list is not text" in decision.reasons
    german = moments.reader(moments.utc, {}, tongue("de"))
    assert next(worded(reason, german) for reason in reasons_of(decision)) == "priority: a list is not text"
