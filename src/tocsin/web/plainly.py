"""How an open case stands in plain words, for those who work on none and answer for what becomes of them. Pure."""

from collections.abc import Iterator, Sequence

from tocsin.cases.aggregate import Aggregate
from tocsin.clocks import kinds
from tocsin.core.wording import Instant, Listed, Said, say
from tocsin.people.directory import Directory


def sentences(state: Aggregate, paged: Sequence[str], people: Directory, now: int) -> Iterator[Said]:
    """Who has it, how it stands, what the customer may expect, and when it is to be over. `paged`: what those are
    called whom its paths have paged. Nothing of a case that is over, or on which nobody works."""
    if state.case.state != "open" or state.case.imported:
        return
    yield _who(state, paged, people)
    if (stands := _stands(state)) is not None:
        yield stands
    yield from _by(
        state,
        kinds.UPDATE,
        say("The customer should have heard from us by {time}."),
        say("The customer hears from us again by {time}."),
        now,
    )
    if state.case.resolution_claimed_at is None:
        yield from _by(
            state,
            kinds.RESOLVE,
            say("It should have been solved by {time}."),
            say("It is to be solved by {time}."),
            now,
        )


def _who(state: Aggregate, paged: Sequence[str], people: Directory) -> Said:
    case = state.case
    if case.technical_lead is not None:
        return say("{name} leads the work on it.", name=people.display_of(case.technical_lead))
    if case.escalation_manager is not None:
        return say("{name} takes care of the customer.", name=people.display_of(case.escalation_manager))
    if state.live() and paged:
        return say("Nobody has answered yet; called so far: {names}.", names=Listed(paged))
    if case.owner is not None:
        return say("{name} works on it.", name=people.display_of(case.owner))
    return say("Nobody works on it yet.")


def _stands(state: Aggregate) -> Said | None:
    case = state.case
    if case.resolution_claimed_at is not None:
        return say("It is said to be solved; a senior has yet to confirm that.")
    if case.contained_at is not None:
        return say("The damage is stopped; the cause is not removed yet.")
    if case.containment_claimed_at is not None:
        return say("The damage is said to be stopped; a senior has yet to confirm that.")
    if case.held_at is not None:
        return say("The work on it rests for now.")
    if case.level != "standard" and case.kind != "relationship":
        return say("The damage goes on.")
    return None


def _by(state: Aggregate, clock: str, late: Said, ahead: Said, now: int) -> Iterator[Said]:
    run = state.running(clock)
    if run is not None and run.ticking:
        yield (late if run.due_at < now else ahead)._replace(values={"time": Instant(run.due_at)})
