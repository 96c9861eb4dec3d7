"""What a viewer may not see: a confidential case, or any where a token may not read, of which a sender learns that
there is one; and to the digit a customer's revenue, which agents and viewers see as a band.

The record keeps the figure, and so does everybody whom it concerns; here it is taken out of what is shown. So that
nobody can read it off the policy's curve, the factor that rests on it is shown with its value to one decimal, and
scores and distances, in sentences too, in whole numbers. Lists are ordered by these, and what would change the score is
told about as finely.
"""

import re
from collections.abc import Mapping
from math import ceil, floor, log10
from typing import Any

import msgspec

from tocsin.cases import representation, sight
from tocsin.cases.aggregate import Aggregate, Case
from tocsin.cases.clocks.ticking import Titles
from tocsin.cases.queries.tickets import TicketView
from tocsin.core import canonical, ids
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer
from tocsin.policy.reasons import SCORED

REVENUE = "account.arr"
_DIGITS = re.compile(r"\d+\.\d+")
_SCORED = ("score ", "the score is ")
_BANDS = ((10_000, "10k"), (50_000, "50k"), (100_000, "100k"), (500_000, "500k"), (1_000_000, "1M"), (5_000_000, "5M"))


def band(revenue: float) -> str:
    """Between which two of a few round figures a revenue lies: `below 10k`, `50k to 100k`, `5M and more`."""
    below = "0"
    for edge, name in _BANDS:
        if revenue < edge:
            return f"below {name}" if below == "0" else f"{below} to {name}"
        below = name
    return f"{below} and more"


def shown(value: Any, viewer: Viewer) -> Any:
    """A JSON value, or a struct, as this viewer may see it."""
    return value if viewer.may("accounts.revenue") else _banded(msgspec.to_builtins(value))


def head(case: dict[str, Any], viewer: Viewer) -> dict[str, Any]:
    """What lists and pages show of a case besides its decision, as this viewer may see it."""
    return case if viewer.may("accounts.revenue") else case | {"score": round(case["score"])}


def decision(stored: bytes | None, viewer: Viewer) -> bytes | None:
    """A stored decision as this viewer may see it; the very bytes of the record for most."""
    if stored is None or viewer.may("accounts.revenue"):
        return stored
    return canonical.encode(_banded(canonical.decode(stored)))


def show_to(
    viewer: Viewer,
    state: Aggregate,
    directory: Directory,
    titles: Titles,
    decision: bytes | None = None,
    numbers: Mapping[int, int] | None = None,
    ticket: TicketView | None = None,
) -> dict[str, Any]:
    """The case; of one that the viewer may not see, only what its sender knows or must know."""
    if not sees(viewer, state.case):
        return outline(state.case)
    return head(representation.show(state, directory, titles, decision, numbers, ticket), viewer)


def sees(viewer: Viewer, case: Case) -> bool:
    """Whether an answer to this viewer shows a case; who may only open cases, or only work on them, reads none."""
    return viewer.may("cases.read") and sight.sees(viewer, case)


def outline(case: Case) -> dict[str, Any]:
    """What is said of a case to a sender that may not see it."""
    return {
        "id": ids.to_text(case.id),
        "number": case.number,
        "external_id": case.external_id,
        "state": case.state,
        "confidential": case.confidential,
    }


def _banded(value: Any) -> Any:
    """Wherever the figure stands: among the facts, as the source of a factor, as the fact that a change would move."""
    if isinstance(value, list | tuple) and value and isinstance(value[0], str) and value[0] in SCORED:
        return [_whole(item) for item in value]
    if isinstance(value, list | tuple):
        return [_rounded(item) if isinstance(item, str) else _banded(item) for item in value]
    if not isinstance(value, dict):
        return value
    hidden = {"arr"}
    if value.get("source") == REVENUE:
        hidden = {"fact"}
    elif value.get("fact") == REVENUE:
        hidden = {"before", "after"}
    if value.get("source") == REVENUE:
        value = value | _coarse(value)
    elif value.keys() >= {"fact", "after", "points"}:
        value = value | _about(value)
    for key in value.keys() & {"score", "distance"}:
        value = value | {key: _whole(value[key])}
    return {
        key: band(item) if key in hidden and isinstance(item, int | float) else _banded(item)
        for key, item in value.items()
    }


def _rounded(sentence: str) -> str:
    """A sentence about the score, without its digits."""
    return _DIGITS.sub(lambda found: f"{float(found[0]):.0f}", sentence) if sentence.startswith(_SCORED) else sentence


def _coarse(factor: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(factor.get("value"), int | float):
        return {}
    value = round(factor["value"], 1)
    return {"value": value, "points": round(value * factor["weight"], 1)}


def _about(change: dict[str, Any]) -> dict[str, Any]:
    """What would move the score over a threshold, without the digits that tell the score: a little further from what it
    is now, so that it would indeed."""
    before, after = change["before"] or 0, change["after"]
    told = {"points": round(change["points"])}
    if isinstance(after, bool) or not isinstance(after, int | float) or not after or change["fact"] == REVENUE:
        return told
    unit = 10 ** (floor(log10(abs(after))) - 1)
    outwards = ceil if isinstance(before, int | float) and after > before else floor
    return told | {"after": type(after)(outwards(after / unit) * unit)}


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return round(value) if isinstance(value, float) else value
