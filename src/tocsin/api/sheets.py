"""Lists as tables for spreadsheets: `.csv` behind the address, or `Accept: text/csv`."""

from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from tocsin.core import sheets

MEDIA = "text/csv; charset=utf-8"


def wanted(request: Request) -> bool:
    """Whether whoever asks takes a table before JSON."""
    accepted = [part.partition(";")[0].strip() for part in request.headers.get("accept", "").split(",")]
    return "text/csv" in accepted and "application/json" not in accepted


def answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """The table as a file of this name, sent as it is read."""
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(sheets.written(columns, rows), media_type=MEDIA, headers=headers)
