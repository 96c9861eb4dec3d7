"""What the customer wrote, and who answered, as the page of a case shows them."""

from collections.abc import Iterable, Mapping
from typing import Any

SHOWN = 600  # characters of a text that are shown at first
_LINES = 12


def ticket(decision: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The ticket as the newest decision knows it: its text in what is shown at first and the rest, its tags, and how
    many users it hurts. None where the decision's content was erased."""
    if decision is None:
        return None
    said = decision["facts"]["case"]
    first, rest = folded((said.get("body") or "").strip())
    return {
        "first": first,
        "rest": rest,
        "tags": said.get("tags") or [],
        "users_affected": said.get("users_affected"),
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
