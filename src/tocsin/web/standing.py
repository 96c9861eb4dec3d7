"""How a case stands, in one sentence, for rows and for the head of its page. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.queries.urgency import Standing
from tocsin.core.wording import Counted, Instant, Listed, Said, counted, marked, say

_NAMED = 4  # people whose names are said; of more, how many more


class Sentence(NamedTuple):
    """`until`: an instant that it ends in, shown as what counts down."""

    says: Said | Counted
    until: int | None = None


def sentence(state: Aggregate, paged: Sequence[str], rests_until: int | None) -> Sentence:
    """`paged`: the names of those whom its live paths have paged. `rests_until`: when the working hours begin for which
    its path waits."""
    case = state.case
    told: tuple[tuple[bool, Callable[[], Sentence]], ...] = (
        (case.state != "open", lambda: Sentence(Said(_STATES.get(case.state, case.state), {}))),
        (case.practice, lambda: Sentence(say("practice; nothing is wrong"))),
        (case.imported, lambda: Sentence(say("imported; no clock runs and nobody is notified"))),
        (case.held_at is not None, lambda: _held(case.held_until)),
        (case.resolution_claimed_at is not None, lambda: _claimed(_RESOLVED, case.said_to_be_over)),
        (case.containment_claimed_at is not None, lambda: _claimed(_CONTAINED, not case.contested_at)),
        (case.acknowledged_at is not None, lambda: _answered(case.contained_at is not None)),
        (case.parent is not None, lambda: Sentence(say("follows another case"))),
        (bool(state.live()), lambda: _paging(state, paged, rests_until)),
        (case.level != "standard", lambda: Sentence(say("not acknowledged"))),
        (case.owner is None, lambda: Sentence(say("nobody has taken it"))),
        (True, lambda: Sentence(say("in work"))),
    )
    return next(words() for holds, words in told if holds)


def briefly(state: Aggregate, how: Standing) -> str:
    """How it stands in a word or two, as a text of ours."""
    case = state.case
    if case.practice and case.state != "open":
        return marked("Practice, over")
    if case.state != "open":
        return _OVER.get(case.state, case.state)
    for holds, words in (
        (case.practice, marked("Practice")),
        (case.imported, marked("Imported")),
        (how.unanswered, marked("Not answered")),
        (case.held_at is not None, marked("On hold")),
        (case.resolution_claimed_at is not None or case.containment_claimed_at is not None, marked("To confirm")),
        (case.triage_at is not None, marked("In triage")),
        (case.requested_level is not None, marked("More asked for")),
        (case.parent is not None, marked("Follows another")),
        (case.contained_at is not None, marked("Contained")),
        (case.level != "standard", marked("Investigating")),
        (case.owner is None, marked("New")),
    ):
        if holds:
            return words
    return marked("Open")


_OVER = {"resolved": marked("Resolved"), "closed": marked("Closed"), "merged": marked("Merged")}
_STATES = {"resolved": marked("resolved"), "closed": marked("closed"), "merged": marked("merged")}
_RESOLVED = (
    say("marked as resolved; a senior has to confirm"),
    say("marked as resolved, and the customer has written since; a senior has to confirm"),
)
_CONTAINED = (
    say("marked as contained; a senior has to confirm"),
    say("marked as contained, and the customer has written since; a senior has to confirm"),
)


def _held(until: int | None) -> Sentence:
    return Sentence(say("on hold") if until is None else say("on hold, until {time}", time=Instant(until)))


def _claimed(words: tuple[Said, Said], undisputed: bool) -> Sentence:
    return Sentence(words[0] if undisputed else words[1])


def _answered(contained: bool) -> Sentence:
    return Sentence(say("contained; not resolved yet") if contained else say("acknowledged; not contained yet"))


def _paging(state: Aggregate, paged: Sequence[str], rests_until: int | None) -> Sentence:
    climbing = state.climbing()
    if not climbing:
        return _unheard(paged)
    if rests_until is not None:
        return Sentence(
            say("{paged}; waits for working hours, until {time}", paged=_who(paged), time=Instant(rests_until))
        )
    following = climbing[0].next_at
    if following is None:
        return Sentence(_who(paged))
    return Sentence(say("{paged}; next step in", paged=_who(paged)), following)


def _unheard(paged: Sequence[str]) -> Sentence:
    if not paged:
        return Sentence(say("nobody was paged: nobody on the path can be reached; places are added at Settings, Users"))
    return Sentence(
        say("everybody on the path was paged, and nobody answered: {names}", names=Listed(list(paged[:_NAMED])))
    )


def _who(paged: Sequence[str]) -> Said | Counted:
    if not paged:
        return say("nobody paged yet")
    names = Listed(list(paged[:_NAMED]))
    if len(paged) <= _NAMED:
        return say("paged {names}", names=names)
    return counted(
        "paged {names} and {amount} more", "paged {names} and {amount} more", len(paged) - _NAMED, names=names
    )
