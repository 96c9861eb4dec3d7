"""The body of POST /cases: what is refused, with the field named; the facts made from it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tocsin.core.errors import InvalidInput, TooLarge
from tocsin.policy.facts import CaseBody, check_body, cut, facts_of, read_body, to_body


@pytest.mark.parametrize(
    ("json", "place"),
    [
        (b"{}", "subject"),
        (b'{"subject": ""}', "subject"),
        (b'{"subject": null}', "subject"),
        (b'{"subject": "' + b"x" * 501 + b'"}', "subject"),
        (b'{"subject": "a\\u0000b"}', "subject"),
        (b'{"subject": "a", "type": "\\u0000"}', "type"),
        (b'{"subject": "a", "colour": 1}', "colour"),
        (b'{"subject": "a", "account": {"colour": 1}}', "account.colour"),
        (b'{"subject": "a", "account": {"arr": -1}}', "account.arr"),
        (b'{"subject": "a", "account": {"arr": 1e400}}', "account.arr"),
        (b'{"subject": "a", "account": {"plan": 7}}', "account.plan"),
        (b'{"subject": "a", "users_affected": -1}', "users_affected"),
        (b'{"subject": "a", "users_affected": 9007199254740992}', "users_affected"),
        (b'{"subject": "a", "users_affected": 1.5}', "users_affected"),
        (b'{"subject": "a", "users_affected": true}', "users_affected"),
        (b'{"subject": "a", "users_affected": "3"}', "users_affected"),
        (b'{"subject": "a", "priority": "' + b"x" * 51 + b'"}', "priority"),
        (b'{"subject": "a", "external_id": "' + b"x" * 201 + b'"}', "external_id"),
        (b'{"subject": "a", "tags": "vip"}', "tags"),
        (b'{"subject": "a", "tags": ["ok", 1]}', "tags[1]"),
        (b'{"subject": "a", "tags": ["ok", "a\\u0000"]}', "tags[1]"),
        (b'{"subject": "a", "tags": [' + b",".join([b'"t"'] * 101) + b"]}", "tags"),
        (b'{"subject": "a", "attributes": {"a": [[[1]]]}}', "attributes.a[0][0]"),
        (b'{"subject": "a", "attributes": {"a": 9223372036854775808}}', "attributes.a"),
        (b'{"subject": "a", "attributes": {"a": ["\\u0000"]}}', "attributes.a[0]"),
        (b'{"subject": "a", "attributes": {"a": [' + b",".join([b"1"] * 101) + b"]}}", "attributes.a"),
        (b'{"subject": "a", "occurred_at": "2026-01-01T00:00:00"}', "occurred_at"),
        (b'{"subject": "a", "occurred_at": "1901-01-01T00:00:00Z"}', "occurred_at"),
        (b'{"subject": "a", "occurred_at": "yesterday"}', "occurred_at"),
        (b"[]", None),
        (b"", None),
        (b'{"subject": "\\ud800"}', None),
        (b'{"subject": "\xff"}', None),
    ],
)
def test_a_body_that_is_refused(json: bytes, place: str | None) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_body(json)
    assert caught.value.place == place
    assert caught.value.expected


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"body": "x" * (256 * 1024 + 1)}, "body"),
        ({"body": "é" * (128 * 1024 + 1)}, "body"),
        ({"attributes": {"a": "x" * 16_385}}, "attributes.a"),
        ({"attributes": {f"k{n}": "x" * 1000 for n in range(66)}}, "attributes"),
    ],
)
def test_a_body_that_is_too_large(body: dict[str, Any], place: str) -> None:
    with pytest.raises(TooLarge) as caught:
        to_body({"subject": "a", **body})
    assert caught.value.place == place


@pytest.mark.parametrize(
    "body",
    [
        CaseBody("a\ud800"),
        CaseBody("a", attributes={"n": float("nan")}),
        CaseBody("a", attributes={"d": datetime(2026, 1, 1, tzinfo=UTC)}),
        CaseBody("a", attributes={"m": {1: 2}}),
    ],
)
def test_a_body_built_by_hand_is_checked_too(body: CaseBody) -> None:
    with pytest.raises(InvalidInput):
        check_body(body)


def test_the_largest_body_that_is_allowed() -> None:
    read = to_body(
        {
            "subject": "x" * 500,
            "body": "x" * 256 * 1024,
            "tags": ["t" * 100] * 100,
            "users_affected": 2**53 - 1,
            "attributes": {f"k{n}": [1, [None, True]] for n in range(100)},
            "occurred_at": "2199-12-31T23:59:59Z",
        }
    )
    assert read.users_affected == 2**53 - 1


def test_what_is_null_or_absent_is_missing() -> None:
    assert facts_of({"subject": "a", "body": None, "tags": [], "attributes": {"a": None, "b": 1}}) == {
        "case": {"subject": "a", "tags": [], "attributes": {"b": 1}},
        "account": {},
    }


def test_the_request_knows_its_customer_better_than_the_store() -> None:
    body = {"subject": "a", "account": {"plan": "gold", "arr": 5}, "account_id": "x", "external_id": "T-1"}
    facts = facts_of(body, {"plan": "silver", "segment": "business", "region": None, "owner": "ines"})
    assert facts["account"] == {"plan": "gold", "arr": 5.0, "segment": "business"}
    assert facts["case"] == {"subject": "a"}


@pytest.mark.parametrize("text", ["x" * 16_385, "é" * 8_193, "x" + "😀" * 4_096])
def test_a_long_text_is_cut_at_a_whole_character(text: str) -> None:
    read = cut(text)
    assert text.startswith(read)
    assert 16_380 < len(read.encode()) <= 16_384


def test_a_text_that_fits_is_the_same_object() -> None:
    for text in ("", "x" * 16_384, "é" * 8_192):
        assert cut(text) is text
