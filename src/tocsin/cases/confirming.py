"""Whose word is enough. Pure."""

from tocsin.cases.aggregate import Aggregate
from tocsin.people.permissions import Permission, Viewer


def confirms(viewer: Viewer, state: Aggregate) -> bool:
    """Whether this viewer's word is enough: on a case that is not escalated anybody's, else a senior's, and for a
    relationship the escalation manager's; the word of a machine never, whatever its token may."""
    if state.case.level == "standard":
        return True
    wanted: Permission = "cases.confirm_relationship" if state.case.kind == "relationship" else "cases.confirm"
    return not viewer.machine and viewer.may(wanted)


def condition(viewer: Viewer) -> str:
    """The same of rows of the table of cases, as SQL."""
    said = ["level = 'standard'"]
    if not viewer.machine and viewer.may("cases.confirm"):
        said.append("coalesce(kind, '') <> 'relationship'")
    if not viewer.machine and viewer.may("cases.confirm_relationship"):
        said.append("kind = 'relationship'")
    return f"({' OR '.join(said)})"
