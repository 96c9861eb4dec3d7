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
