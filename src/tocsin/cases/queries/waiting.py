"""What waits for one person, and which cases are theirs: read by indexes of what is open alone, for every page says how
much it is."""

from collections.abc import Sequence
from typing import Any

from tocsin.cases import confirming, sight, store
from tocsin.cases.happenings.claims import Claimed
from tocsin.cases.queries import needs, tickets
from tocsin.cases.queries.board import Row
from tocsin.cases.queries.urgency import standing
from tocsin.core import canonical, ids
from tocsin.ledger import journal
from tocsin.people import relations
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx, marks, padded

MOST = 200  # of each kind: nobody reads more, and a count that large says enough
_TRIAGE, _REQUEST = "triage_at IS NOT NULL", "requested_level IS NOT NULL"
_CLAIMED = "resolution_claimed_at IS NOT NULL OR containment_claimed_at IS NOT NULL"
# Read by an index, and by its very words; nothing else of the statement may look better to begin with.
_ASKED = f"cases.id IN (SELECT id FROM cases WHERE state = 'open' AND ({_TRIAGE} OR {_REQUEST} OR {_CLAIMED}))"
_ROLES = ("owner", "technical_lead", "escalation_manager")
# When somebody next has to have done something: what runs out first, or what ran out and is owed still.
_DUE = (
    "(SELECT min(k.due_at) FROM clocks k WHERE k.case_id = cases.id AND (k.outcome IS NULL AND k.paused_at IS NULL OR"
    " k.outcome = 'breached' AND k.done_at IS NULL AND k.cancelled_because IS NULL AND k.excused_by IS NULL))"
)
_NEVER = (1 << 63) - 1


def calls(tx: Tx, viewer: Viewer) -> list[int]:
    """Open cases into which somebody calls this viewer, who has not answered, the first call first."""
    if viewer.user is None or not viewer.may("cases.work"):
        return []
    may_see, parameters = sight.condition(viewer)
    own = f"% {ids.to_text(viewer.user)} %"
    rows = tx.rows(
        "SELECT i.case_id FROM calls i WHERE i.state = 'calling' AND i.called LIKE ? AND i.declined NOT LIKE ? AND"
        f" EXISTS (SELECT 1 FROM cases WHERE cases.id = i.case_id AND ({needs.LIVE} OR {needs.PRACTICE}) AND {may_see})"
        " GROUP BY i.case_id ORDER BY min(i.id) LIMIT ?",
        (own, own, *parameters, MOST),
    )
    return [row[0] for row in rows]


def claims(tx: Tx, viewer: Viewer) -> list[int]:
    """Cases whose claim waits for somebody's word, which may be this viewer's, the one that is told again first
    first."""
    if viewer.user is None or not viewer.may("cases.work"):
        return []
    return _chosen(
        tx, viewer, f"{_ASKED} AND ({_CLAIMED}) AND {confirming.condition(viewer)}", "coalesce(claim_alert_at, 0), id"
    )


def claimants(tx: Tx, chosen: Sequence[int]) -> dict[tuple[int, str], str]:
    """Who last claimed what of these cases, as actors, by the case and what they claimed; not where that was erased."""
    said = journal.by_authors(tx, chosen, Claimed.KIND)
    return {(case, canonical.decode(body)["what"]): actor for case, actor, body in said}


def questions(tx: Tx, viewer: Viewer, *, answerable: bool = True) -> list[int]:
    """Cases about which the policy or a colleague asks something, the first to be answered by itself first.
    `answerable`: those alone that this viewer may answer."""
    asked = [_TRIAGE, _REQUEST]
    if answerable:
        if viewer.user is None or not viewer.may("cases.work"):
            return []
        asked = [_TRIAGE] if not viewer.may("cases.raise") else asked
    return _chosen(tx, viewer, f"{_ASKED} AND ({' OR '.join(asked)})", "coalesce(triage_at, request_due_at), id")


def executive(tx: Tx, viewer: Viewer) -> list[int]:
    """Open executive escalations, what falls due next first."""
    return _chosen(tx, viewer, "level = 'executive'", f"coalesce({_DUE}, {_NEVER}), id")


def theirs(tx: Tx, viewer: Viewer) -> list[int]:
    """Open cases that this viewer owns, leads or manages, what falls due next first."""
    if viewer.user is None:
        return []
    may_see, parameters = sight.condition(viewer)
    parts = " UNION ".join(f"SELECT id FROM cases WHERE {needs.LIVE} AND {role} = ?" for role in _ROLES)
    rows = tx.rows(
        f"SELECT id FROM cases WHERE id IN ({parts}) AND {may_see} ORDER BY coalesce({_DUE}, {_NEVER}), id LIMIT ?",
        (*[viewer.user] * len(_ROLES), *parameters, MOST),
    )
    return [row[0] for row in rows]


def of_customers(tx: Tx, viewer: Viewer) -> list[int]:
    """Open escalations of the customers for whom this viewer answers, what falls due next first."""
    if viewer.user is None or viewer.role != "account_owner":
        return []
    own = f"account IN (SELECT a.id FROM {relations.ACCOUNTS} a WHERE a.owner = ?)"
    condition = f"level IN ('executive', 'senior') AND {own}"
    return _chosen(tx, viewer, condition, f"coalesce({_DUE}, {_NEVER}), id", [viewer.user])


def followed(tx: Tx, viewer: Viewer) -> list[int]:
    """Open cases that this viewer follows, what falls due next first."""
    if viewer.user is None:
        return []
    own = f"% {ids.to_text(viewer.user)} %"
    order = f"coalesce({_DUE}, {_NEVER}), id"
    followed = "id IN (SELECT id FROM cases WHERE followers <> '' AND followers LIKE ?)"  # of which there are few
    return _chosen(tx, viewer, followed, order, [own])


def seen(tx: Tx, viewer: Viewer, wanted: Sequence[int]) -> list[int]:
    """Those of these cases that are open and that this viewer sees, in their order."""
    chosen = padded(sorted(set(wanted)))
    if not chosen:
        return []
    may_see, parameters = sight.condition(viewer)
    statement = f"SELECT id FROM cases WHERE id IN ({marks(chosen)}) AND {needs.LIVE} AND {may_see}"
    found = {row[0] for row in tx.rows(statement, (*chosen, *parameters))}
    return [case for case in wanted if case in found]


def rows(tx: Tx, viewer: Viewer, wanted: Sequence[int]) -> list[Row]:
    """These cases as rows, in their order; those that this viewer does not see are left out."""
    viewer.require("cases.read")
    found = store.load_many(tx, wanted)
    states = [found[case] for case in wanted if case in found and sight.sees(viewer, found[case].case)]
    said = tickets.of(tx, viewer, states)
    return [Row(state, standing(state, tx.now), said[state.case.id]) for state in states]


def _chosen(tx: Tx, viewer: Viewer, condition: str, order: str, values: Sequence[Any] = ()) -> list[int]:
    viewer.require("cases.read")
    may_see, parameters = sight.condition(viewer)
    found = tx.rows(
        f"SELECT id FROM cases WHERE {needs.LIVE} AND {condition} AND {may_see} ORDER BY {order} LIMIT ?",
        (*values, *parameters, MOST),
    )
    return [row[0] for row in found]
