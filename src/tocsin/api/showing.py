"""What a case is shown with beside what lists have of it, now and as of an instant."""

from collections.abc import Sequence
from typing import Any

from tocsin.core import instants
from tocsin.core.clock import SECOND
from tocsin.policy.decision import from_bytes


def complete(
    shown: dict[str, Any], stored: bytes | None, spare: Sequence[int | None], pages: Sequence[dict[str, Any]]
) -> None:
    """Add what triage asks, by the stored decision, what was left of each clock, in microseconds, and the pages."""
    if shown["triage"] is not None and stored is not None:
        need = from_bytes(stored).triage
        shown["triage"]["asks"] = need.asks if need else []
    for clock, left in zip(shown["clocks"], spare, strict=True):
        clock["spare"] = None if left is None else left // SECOND
    shown["pages"] = [_page(page) for page in pages]


def _page(page: dict[str, Any]) -> dict[str, Any]:
    return {
        name: instants.to_text(value) if name.endswith("_at") and value is not None else value
        for name, value in page.items()
    }
