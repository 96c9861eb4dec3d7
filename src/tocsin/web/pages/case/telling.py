"""What the customer wrote, who was told of it and who answered, as the page of a case shows them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from tocsin.core.wording import marked
from tocsin.people.directory import Directory
from tocsin.policy.compiled import Policy
from tocsin.policy.marking import Passage, passages

ROLES = {
    "technical_lead": marked("technical lead"),
    "escalation_manager": marked("escalation manager"),
    "owner": marked("ticket owner"),
    "account_owner": marked("account owner"),
    "team_lead": marked("team lead"),
}

SHOWN = 600  # characters of a text that are shown at first
_LINES = 12


def ticket(decision: Mapping[str, Any] | None, policy: Policy | None = None) -> dict[str, Any] | None:
    """The ticket as the newest decision knows it: its text in what is shown at first and the rest, its language, its
    tags, and how many users it hurts. None where the decision's content was erased."""
    if decision is None:
        return None
    said = decision["facts"]["case"]
    first, rest = folded((said.get("body") or "").strip())
    return {
        "first": [Passage(first, False)] if policy is None else passages(policy, decision, first),
        "rest": rest,
        "tags": said.get("tags") or [],
        "users_affected": said.get("users_affected"),
        "language": said.get("language"),
    }


def folded(text: str) -> tuple[str, str]:
    """The beginning of a text, and the rest where it is long; cut at the end of a line or a word where there is one."""
    end = min(SHOWN, len("".join(text.splitlines(keepends=True)[:_LINES])))
    if len(text) <= end + SHOWN // 4 and len(text.splitlines()) <= _LINES + 3:
        return text, ""
    cut = max(text.rfind(mark, end // 2, end + 1) for mark in "\n ")
    cut = cut if cut > 0 else end
    return text[:cut].rstrip(), text[cut:].lstrip("\n")


def answered(pages: Iterable[dict[str, Any]]) -> set[str]:
    """The ids of the pages that were answered: an answer marks every page of its path, and means the newest that had
    arrived. Several where they went out at once."""
    marked: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for page in pages:
        if page["acknowledged_at"] is not None and page["queued_at"] <= page["acknowledged_at"]:
            marked.setdefault((page["user"], page["acknowledged_at"]), []).append(page)
    found: set[str] = set()
    for group in marked.values():
        arrived = [page for page in group if page["state"] == "delivered"] or group
        newest = max(page["queued_at"] for page in arrived)
        found |= {page["id"] for page in arrived if page["queued_at"] == newest}
    return found


class Messages(NamedTuple):
    """What was sent to one receiver in one way. `answered`: the page of it that they acknowledged; `each`: all of it,
    the newest first."""

    who: str
    kind: str
    channel: str
    newest: Mapping[str, Any]
    answered: Mapping[str, Any] | None
    each: Sequence[Mapping[str, Any]]


def messages(pages: Sequence[dict[str, Any]], people: Directory) -> list[Messages]:
    """The pages and notices of a case by receiver, kind and channel; whoever was told last comes first."""
    marks = answered(pages)
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for page in reversed(pages):
        found.setdefault((page["user"], page["kind"], page["channel"]), []).append(page)
    return [
        Messages(
            people.displays([user])[0],
            kind,
            channel,
            each[0],
            next((page for page in each if page["id"] in marks), None),
            each,
        )
        for (user, kind, channel), each in found.items()
    ]


def related(events: Iterable[Mapping[str, Any]]) -> list[int]:
    """The numbers of the cases that are related to this one, as far as its history names them."""
    found: dict[int, None] = {}
    for event in events:
        payload = event["payload"] or {}
        if payload.get("kind") == "related" and isinstance(payload.get("number"), int):
            if event["kind"] == "case.linked":
                found[payload["number"]] = None
            elif event["kind"] == "case.unlinked":
                found.pop(payload["number"], None)
    return list(found)


def days_until(day: Any, now: int) -> int | None:
    """In how many days it is, of a date as text; None of what is no date."""
    try:
        found = date.fromisoformat(str(day)[:10])
    except ValueError:
        return None
    return (found - datetime.fromtimestamp(now // 1_000_000, UTC).date()).days
