"""Who may see a case: everybody who may read cases, and of a confidential one only those named. To anybody else it does
not exist."""

from typing import Any

from tocsin.cases.aggregate import Case
from tocsin.core import ids
from tocsin.core.errors import NotFound
from tocsin.core.wording import say
from tocsin.people.permissions import SYSTEM, Viewer


def sees(viewer: Viewer, case: Case) -> bool:
    return viewer is SYSTEM or case.sees(viewer.user)


def require(viewer: Viewer, case: Case) -> None:
    """NotFound, as for a case that does not exist, where this viewer may not see it."""
    if not sees(viewer, case):
        raise absent(case.id)


def absent(case: int) -> NotFound:
    """What is said of a case that does not exist, or not for whoever asks."""
    return NotFound(say("there is no case {case}", case=ids.to_text(case)), place="case")


def of_chain(viewer: Viewer, column: str) -> tuple[str, tuple[Any, ...]]:
    """A condition on a column that holds chains, with its parameters: of cases, only those that this viewer sees."""
    seen, parameters = condition(viewer)
    return f"({column} <= 0 OR EXISTS (SELECT 1 FROM cases WHERE cases.id = {column} AND {seen}))", parameters


def condition(viewer: Viewer) -> tuple[str, tuple[Any, ...]]:
    """The same as a condition on the table of cases, with its parameters."""
    if viewer is SYSTEM:
        return "TRUE", ()
    if viewer.user is None:
        return "NOT confidential", ()
    return "(NOT confidential OR named LIKE ?)", (f"% {ids.to_text(viewer.user)} %",)


def of_case(viewer: Viewer, column: str) -> tuple[str, tuple[Any, ...]]:
    """The same as a condition on a column that holds cases, by the few that not everybody sees."""
    if viewer is SYSTEM:
        return "TRUE", ()
    hidden = "SELECT id FROM cases WHERE confidential"
    if viewer.user is None:
        return f"{column} NOT IN ({hidden})", ()
    return f"{column} NOT IN ({hidden} AND named NOT LIKE ?)", (f"% {ids.to_text(viewer.user)} %",)


def narrowed(viewer: Viewer, chosen: str, parameters: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """Another condition on that table, of the cases that this viewer sees."""
    seen, own = condition(viewer)
    return f"({chosen}) AND {seen}", (*parameters, *own)
