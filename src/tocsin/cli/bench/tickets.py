"""Tickets for measuring: about a kilobyte of text each, one in ten escalated."""

import json
from collections.abc import Iterator
from itertools import count

_WORDS = (
    "Since this morning the export of our monthly report takes longer than usual and sometimes ends with a message "
    "that we do not understand. We tried another browser and another account, and our colleagues see the same. "
)
_BODY = (_WORDS * 6)[:1000]


def ticket(number: int) -> dict[str, object]:
    """The body of one ticket; every tenth is an outage of a large customer."""
    body: dict[str, object] = {
        "subject": f"Report export is slow ({number})",
        "body": _BODY,
        "external_id": f"T-{number}",
        "source": "bench",
        "account": {"segment": "business", "plan": "standard", "region": "eu", "arr": 24000.0},
        "users_affected": 3,
        "tags": ["export", "report"],
    }
    if number % 10 == 0:
        body |= {
            "subject": f"API is down for everybody ({number})",
            "account": {"segment": "strategic", "plan": "premium", "region": "eu", "arr": 2_000_000.0},
            "users_affected": 5000,
        }
    return body


MAPPING = {
    "source": "bench",
    **{name: name for name in ("external_id", "subject", "body", "users_affected", "tags")},
    "account": {name: f"account.{name}" for name in ("segment", "plan", "region", "arr")},
}
"""By which a hook takes them."""


def requests(
    token: str, host: str, *, outages: bool = False, path: str = "/api/v1/cases"
) -> Iterator[tuple[str, bytes]]:
    """External ids and ready-made HTTP requests, without end; `outages`: only tickets that are escalated."""
    head = f"POST {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n"
    for number in count(0, 10 if outages else 1):
        body = json.dumps(ticket(number)).encode()
        request = f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
        yield f"T-{number}", request
