"""What a collector's answer says, as it is shown: lines, rows, or series over time. Everything is bounded; what does
not fit is counted. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any

import msgspec

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Counted, Said, counted, marked, say
from tocsin.policy.collectors import COLLECTORS, DEPLOYMENTS, HTTP, LOGS, PROMETHEUS, TICKETS

LINES, ROWS, SERIES, POINTS = 60, 20, 8, 400
_DEPLOYED = (marked("At"), marked("Environment"), marked("Version"), marked("By"), marked("Description"))
_TICKETS = (marked("Case"), marked("Opened"), marked("State"), marked("Level"), marked("Subject"))
_WIDE = 300  # characters of a line or a field
_MOST = 1e15  # beyond any measure, of a value as of seconds since the epoch


class Series(msgspec.Struct, frozen=True):
    """`points`: seconds since the epoch and value."""

    name: str
    points: list[tuple[float, float]]


class ReadAnswer(msgspec.Struct, frozen=True):
    """`head`, `rows`: a table; `lines`: text; `series`: over time; `left_out`: of lines, rows, series or values."""

    head: list[str] = []
    rows: list[list[str]] = []
    lines: list[str] = []
    series: list[Series] = []
    left_out: int = 0

    def says(self) -> Said | Counted:
        """In a few words."""
        if self.series:
            last = [one.points[-1][1] for one in self.series if one.points]
            most = max((value for one in self.series for _, value in one.points), default=0.0)
            return say(
                "{amount} series, the last value {last}, the greatest {most}",
                amount=len(self.series),
                last=f"{last[0]:g}" if last else "–",
                most=f"{most:g}",
            )
        if self.head:
            return counted("{amount} row", "{amount} rows", len(self.rows))
        return counted("{amount} line", "{amount} lines", len(self.lines))


Read = Callable[[bytes], ReadAnswer]


def shown(on: str, body: bytes) -> ReadAnswer:
    """How an answer to a collector of this kind reads. InvalidInput where it is not what that kind expects."""
    return _READERS[on](body)


def _http(body: bytes) -> ReadAnswer:
    try:
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = body.decode("utf-8", "replace")
    return _lines(text.splitlines())


def _prometheus(body: bytes) -> ReadAnswer:
    data = _json(body)
    told = data.get("data") if isinstance(data, dict) else None
    result = told.get("result") if isinstance(told, dict) else None
    if not isinstance(result, list):
        said = data.get("error") if isinstance(data, dict) else None
        raise _unfit(str(said)[:_WIDE] if said else "no result of a range query")
    series, left = [], max(0, len(result) - SERIES)
    for one in result[:SERIES]:
        values = _list(one.get("values") if isinstance(one, dict) else None)
        points = [point for value in values[:POINTS] if (point := _point(value)) is not None]
        left += len(values) - len(points)
        labels = one.get("metric") if isinstance(one, dict) else None
        series.append(Series(_labels(labels), points))
    return ReadAnswer(series=series, left_out=left)


def _point(value: Any) -> tuple[float, float] | None:
    try:
        at, number = float(value[0]), float(value[1])
    except (TypeError, ValueError, IndexError, KeyError, OverflowError):
        return None
    return (at, number) if isfinite(at) and isfinite(number) and max(abs(at), abs(number)) < _MOST else None


def _labels(labels: Any) -> str:
    if not isinstance(labels, Mapping) or not labels:
        return "value"
    name = str(labels.get("__name__", ""))
    others = ", ".join(f"{key}={value}" for key, value in sorted(labels.items()) if key != "__name__")
    return _text(f"{name} {others}".strip())


def _deployments(body: bytes) -> ReadAnswer:
    data = _json(body)
    if not isinstance(data, list):
        raise _unfit("no list of deployments")
    rows = [
        [
            _text(one.get("created_at")),
            _text(one.get("environment")),
            _text(one.get("ref") or one.get("sha")),
            _text((one.get("creator") or {}).get("login") if isinstance(one.get("creator"), dict) else ""),
            _text(one.get("description")),
        ]
        for one in data[:ROWS]
        if isinstance(one, dict)
    ]
    return ReadAnswer(head=list(_DEPLOYED), rows=rows, left_out=max(0, len(data) - ROWS))


def _logs(body: bytes) -> ReadAnswer:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return _lines(body.decode("utf-8", "replace").splitlines())
    return _lines(_of_loki(data) or _of_elasticsearch(data) or _http(body).lines)


def _of_loki(data: Any) -> list[str]:
    told = data.get("data") if isinstance(data, dict) else None
    streams = told.get("result") if isinstance(told, dict) else None
    values = [
        value
        for stream in _list(streams)
        if isinstance(stream, dict)
        for value in _list(stream.get("values"))
        if isinstance(value, list) and len(value) >= 2
    ]
    return [str(value[1]) for value in sorted(values, key=lambda value: str(value[0]))]


def _of_elasticsearch(data: Any) -> list[str]:
    told = data.get("hits") if isinstance(data, dict) else None
    hits = told.get("hits") if isinstance(told, dict) else None
    found = [hit.get("_source") for hit in _list(hits) if isinstance(hit, dict)]
    return [
        str(one.get("message") or json.dumps(one, ensure_ascii=False)) if isinstance(one, dict) else str(one)
        for one in found
    ]


def _tickets(body: bytes) -> ReadAnswer:
    data = _json(body)
    rows = [[_text(value) for value in row] for row in data[:ROWS]]
    return ReadAnswer(head=list(_TICKETS), rows=rows)


def _lines(lines: Sequence[str]) -> ReadAnswer:
    return ReadAnswer(lines=[_text(line) for line in lines[:LINES]], left_out=max(0, len(lines) - LINES))


def _text(value: Any) -> str:
    """Without what no page and no database takes: JSON can carry half a character, and a NUL."""
    said = "" if value is None else str(value)[:_WIDE]
    return said.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "\ufffd")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _unfit(f"no JSON: {error}") from None


def _unfit(why: str) -> InvalidInput:
    return InvalidInput(say("the answer cannot be read: {error}", error=_text(why)))


_READERS: dict[str, Read] = {
    HTTP.name: _http,
    PROMETHEUS.name: _prometheus,
    DEPLOYMENTS.name: _deployments,
    LOGS.name: _logs,
    TICKETS.name: _tickets,
}
assert _READERS.keys() == COLLECTORS.keys()
