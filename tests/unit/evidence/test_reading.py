"""How answers of collectors read: bounded, whatever comes."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import plain
from tocsin.evidence import reading
from tocsin.policy.collectors import COLLECTORS


def series(*values: Any) -> bytes:
    return json.dumps(
        {"data": {"result": [{"metric": {"__name__": "up", "job": "api"}, "values": list(values)}]}}
    ).encode()


def test_a_range_query_is_read_as_series_without_what_is_no_number() -> None:
    found = reading.shown(
        "prometheus", series([1, "0.5"], [2, "NaN"], [3, "+Inf"], [4, "1e300"], [5, "2"], ["x"], None, [6])
    )
    [one] = found.series
    assert (one.name, one.points, found.left_out) == ("up job=api", [(1.0, 0.5), (5.0, 2.0)], 6)
    assert plain(found.says()) == "1 series, the last value 2, the greatest 2"


def test_too_many_series_and_values_are_left_out_and_counted() -> None:
    body = {"data": {"result": [{"metric": {}, "values": [[n, "1"] for n in range(500)]}] * 12}}
    found = reading.shown("prometheus", json.dumps(body).encode())
    assert len(found.series) == reading.SERIES
    assert len(found.series[0].points) == reading.POINTS
    assert found.left_out == 4 + 8 * 100


@pytest.mark.parametrize(
    "body", [b"", b"garbage", b"{}", b"[]", b'{"data": 5}', b'{"status":"error","error":"bad query"}']
)
def test_what_is_no_range_query_says_so(body: bytes) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        reading.shown("prometheus", body)


def test_deployments_are_rows() -> None:
    body = [
        {"created_at": "2026-03-02T08:00:00Z", "environment": "production", "ref": "main", "creator": {"login": "bo"}},
        {"sha": "abc", "creator": None},
        "odd",
    ]
    found = reading.shown("deployments", json.dumps(body).encode())
    assert found.rows == [["2026-03-02T08:00:00Z", "production", "main", "bo", ""], ["", "", "abc", "", ""]]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b"one\ntwo", ["one", "two"]),
        (b'{"data":{"result":[{"values":[["2","later"],["1","first"]]}]}}', ["first", "later"]),
        (b'{"hits":{"hits":[{"_source":{"message":"boom"}},{"_source":{"a":1}}]}}', ["boom", '{"a": 1}']),
        (b'{"data": null}', ["{", '  "data": null', "}"]),
    ],
)
def test_logs_of_three_kinds_are_lines(body: bytes, lines: list[str]) -> None:
    assert reading.shown("logs", body).lines == lines


def test_long_lines_and_many_are_cut() -> None:
    found = reading.shown("http", b"\n".join([b"x" * 5000] * 500))
    assert (len(found.lines), len(found.lines[0]), found.left_out) == (reading.LINES, 300, 440)


HALF = '"\\ud800\\u0000"'


@pytest.mark.parametrize(
    ("on", "body"),
    [
        ("http", '{"a": %s}'),
        ("logs", '{"data": {"result": [{"values": [["1", %s]]}]}}'),
        ("logs", '{"hits": {"hits": [{"_source": {"message": %s}}]}}'),
        ("prometheus", '{"data": {"result": [{"metric": {"a": %s}, "values": []}]}}'),
        ("deployments", '[{"ref": %s}]'),
    ],
)
def test_half_a_character_is_shown_as_one_that_is_unknown(on: str, body: str) -> None:
    found = reading.shown(on, body.replace("%s", HALF).encode())
    texts = [*found.lines, *(one.name for one in found.series), *(each for row in found.rows for each in row)]
    assert "\ufffd" in "".join(texts) or on == "http"
    for text in texts:
        assert "\0" not in text.encode().decode()


def test_why_an_answer_is_unfit_is_text_that_can_be_kept() -> None:
    with pytest.raises(InvalidInput) as raised:
        reading.shown("prometheus", b'{"error": %s}' % HALF.encode())
    assert "\0" not in str(raised.value).encode().decode()


@pytest.mark.parametrize("values", ["5", '{"a": 1}', "[[1, 1" + "0" * 400 + "]]", '[[1e308, "1"], [-1e308, "2"]]'])
def test_values_of_another_shape_or_size_are_no_points(values: str) -> None:
    found = reading.shown("prometheus", b'{"data": {"result": [{"values": ' + values.encode() + b"}]}}")
    assert found.series[0].points == []


@pytest.mark.parametrize(
    "body", [b'{"data": {"result": 5}}', b'{"hits": {"hits": 5}}', b'{"data": {"result": [{"values": 5}]}}']
)
def test_what_is_no_log_is_shown_as_it_came(body: bytes) -> None:
    assert reading.shown("logs", body).lines[0] == "{"


@examples(100)
@given(
    st.sampled_from(sorted(set(COLLECTORS) - {"account_tickets"})),
    st.binary(max_size=80)
    | st.recursive(
        st.none() | st.floats() | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["data", "result", "values", "hits", "metric", "_source"]), inner, max_size=3
            )
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
)
def test_whatever_comes_is_read_or_refused(on: str, body: bytes) -> None:
    with suppress(InvalidInput):
        assert plain(reading.shown(on, body).says())
