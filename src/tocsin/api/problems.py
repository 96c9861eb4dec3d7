"""Errors as RFC 9457 problem documents."""

from typing import Any

from starlette.responses import Response

from tocsin.core import canonical
from tocsin.core.errors import InvalidDocument, Outdated, TocsinError

STATUS = {
    "invalid-input": 422,
    "invalid-document": 422,
    "too-large": 413,
    "not-found": 404,
    "unauthenticated": 401,
    "forbidden": 403,
    "not-allowed": 409,
    "conflict": 409,
    "outdated": 412,
    "key-reused": 422,
    "too-many": 429,
    "unavailable": 503,
    "misconfigured": 500,
}


def document(error: TocsinError) -> dict[str, Any]:
    """`type, title, status, code, detail`, and where known the place and what was expected."""
    found: dict[str, Any] = {
        "type": f"urn:tocsin:problem:{error.kind}",
        "title": error.title,
        "status": STATUS.get(error.kind, 500),
        "code": error.code,
        "detail": error.detail,
    }
    if error.place:
        found["place"] = error.place
    if error.expected:
        found["expected"] = error.expected
    if isinstance(error, InvalidDocument):
        found["problems"] = [
            {
                "line": problem.line,
                "key": problem.key,
                "code": problem.code,
                "message": problem.message,
                "expected": problem.expected,
            }
            for problem in error.problems
        ]
    if isinstance(error, Outdated):
        found |= {"version": error.version, "yours": error.yours, "current": error.current}
    return found


def response(error: TocsinError) -> Response:
    found = document(error)
    headers = {}
    if found["status"] == 401:
        headers["www-authenticate"] = 'Bearer realm="tocsin"'
    if isinstance(error, Outdated) and error.version is not None:
        headers["etag"] = f'"{error.version}"'
    if found["status"] == 503:
        headers["retry-after"] = "2"
    return Response(canonical.encode(found), found["status"], headers, "application/problem+json")


def unexpected() -> Response:
    """For a fault of ours: nothing about its inside."""
    body = {
        "type": "urn:tocsin:problem:fault",
        "title": "Internal error",
        "status": 500,
        "code": "fault",
        "detail": "the error is in the server's log; nothing of the request was stored",
    }
    return Response(canonical.encode(body), 500, None, "application/problem+json")
