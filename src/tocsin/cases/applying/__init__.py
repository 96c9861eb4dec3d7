"""What each event means for a case.

`apply` is the only code that turns an event into state. The verbs use it to change what is stored, the audit uses it to
rebuild a case from the journal and to compare; so the two cannot differ in what an event means. It computes nothing:
times that follow from a policy or a calendar stand in the event.
"""

from tocsin.cases.aggregate import Aggregate, Case
from tocsin.cases.applying import clocks, deciding, paths, people, progress
from tocsin.cases.applying.parts import Change, Payload, optional_id


def opened(case: int, payload: Payload, at: int) -> Aggregate:
    """The state behind a chain's first event, `case.opened`."""
    return Aggregate(
        Case(
            id=case,
            number=payload["number"],
            source=payload["source"],
            external_id=payload["external_id"],
            account=optional_id(payload["account"]),
            subject=payload["subject"],
            opened_at=at,
            updated_at=at,
            occurred_at=payload["occurred_at"],
            imported=payload["imported"],
        ),
        [],
        [],
    )


def apply(state: Aggregate, kind: str, payload: Payload, at: int, actor: str) -> None:
    """Change the state by one event. What other packages write into a case's chain (a page that failed, an erasure)
    is history, and leaves the case as it is."""
    change = _CHANGES.get(kind)
    if change is not None:
        change(state, payload, at)
    touch(state, kind, at, actor)


def touch(state: Aggregate, kind: str, at: int, actor: str) -> None:
    """What an event of this kind means whatever it says: that something changed, or that somebody works on the case."""
    if is_work(kind, actor):
        state.case.active_at = at
    if kind.partition(".")[0] in _OWN:
        state.case.updated_at = at


def changes(kind: str) -> bool:
    """Whether what events of this kind say changes the case."""
    return kind in _CHANGES


def is_work(kind: str, actor: str) -> bool:
    """Whether such an event shows that somebody works on the case, and so keeps an acknowledgement alive: a person or
    a token. What the engine does by itself is nobody's work."""
    return kind in _WORK and actor.partition(":")[0] != "engine"


_WORK = frozenset(
    {
        "case.acknowledged",
        "path.answered",
        "case.assigned",
        "case.noted",
        "case.claimed",
        "case.claim_rejected",
        "case.contained",
        "case.overridden",
        "case.lowered",
        "case.corrected",
        "case.confided",
        "case.held",
        "case.released",
        "case.linked",
        "case.unlinked",
        "case.requested",
        "case.request_answered",
        "case.triaged",
        "clocks.relieved",
    }
)
_OWN = frozenset({"case", "clock", "clocks", "path"})
_CHANGES: dict[str, Change] = {
    **deciding.CHANGES,
    **people.CHANGES,
    **progress.CHANGES,
    **clocks.CHANGES,
    **paths.CHANGES,
}
