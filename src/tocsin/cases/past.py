"""How a ticket stood elsewhere when it was imported: open, resolved or closed, and since when. Pure."""

from typing import Literal, NamedTuple, get_args

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.progress import Closed, Reopened, Resolved
from tocsin.core.wording import Said, plain, say, words_of
from tocsin.ledger.journal import Event

Stood = Literal["open", "resolved", "closed"]
STOOD: tuple[Stood, ...] = get_args(Stood)


class Past(NamedTuple):
    """Times are microseconds; None where the file says none: then it is the time of the import."""

    state: Stood
    resolved_at: int | None = None
    closed_at: int | None = None


def told(state: Aggregate, past: Past, now: int, actor: str) -> list[Event]:
    """The events by which an imported case stands as its ticket did; none where it stands so already. No person is
    asked and nothing is measured by it, so no claim is made and no clock stops late."""
    draft = Draft(state, now)
    if past.state == "open":
        if state.case.state != "open":
            draft.add(_reopened(say("its ticket was open again"), actor))
        return draft.events
    if draft.state.case.state == "closed" and past.state == "resolved":
        draft.add(_reopened(say("its ticket was no longer closed"), actor))
    if draft.state.case.state == "open":
        at = _known(now, past.resolved_at, past.closed_at)
        stops = [(run.clock, run.cycle) for run in state.clocks if run.outcome is None]
        draft.add(Resolved(note=None, stops=stops, at=at).event(actor))
    if past.state == "closed" and draft.state.case.state != "closed":
        draft.add(Closed(note=None, at=_known(now, past.closed_at, past.resolved_at)).event(actor))
    return draft.events


def _reopened(why: Said, actor: str) -> Event:
    return Reopened(reason=plain(why), words=words_of(why)).event(actor)


def _known(now: int, *times: int | None) -> int:
    """The first of these times that is known; no case ends after now."""
    return min(next((time for time in times if time is not None), now), now)
