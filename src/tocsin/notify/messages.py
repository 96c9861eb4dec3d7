"""What messages say: JSON documents in canonical bytes."""

from typing import Any, NamedTuple

from tocsin.core import canonical, ids, instants


class About(NamedTuple):
    """What a page says of its case and its path, in the order of the query's columns."""

    number: int
    external_id: str | None
    subject: str
    level: str
    severity: str
    opened_at: int
    path: str
    kind: str
    passed: int
    step: int


def page(notification: int, case: int, to: str, attempt: int, about: About, base_url: str) -> bytes:
    """A page: it demands an acknowledgement, and says where to give it."""
    reference = ids.to_text(case)
    return canonical.encode(
        {
            "type": "page",
            "id": ids.to_text(notification),
            "to": to,
            "attempt": attempt,
            "case": {
                "id": reference,
                "number": about.number,
                "external_id": about.external_id,
                "subject": about.subject,
                "level": about.level,
                "severity": about.severity,
                "opened_at": instants.to_text(about.opened_at),
                "url": f"{base_url}/cases/{reference}",
            },
            "path": {"name": about.path, "kind": about.kind, "pass": about.passed + 1, "step": about.step + 1},
            "acknowledge": f"{base_url}/api/v1/cases/{reference}/acknowledgement",
        }
    )


def alarm(notification: int, to: str, attempt: int, content: bytes) -> bytes:
    """A digest of what is wrong, as `alarms` wrote it down, for one person."""
    digest: dict[str, Any] = canonical.decode(content)
    return canonical.encode({"type": "alarm", "id": ids.to_text(notification), "to": to, "attempt": attempt, **digest})


def synthetic(notification: int, queued_at: int) -> bytes:
    """The page that only proves the way; whoever gets it need do nothing."""
    return canonical.encode(
        {"type": "synthetic", "id": ids.to_text(notification), "queued_at": instants.to_text(queued_at)}
    )
