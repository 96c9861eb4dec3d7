"""Who owns a case that was routed to a team: the person on call, the least loaded, or nobody yet."""

from collections.abc import Mapping
from typing import NamedTuple

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.context import Around
from tocsin.cases.happenings.people import Assigned
from tocsin.clocks.kinds import ASSIGN
from tocsin.core import ids
from tocsin.core.wording import Said, plain, say, words_of
from tocsin.ledger.journal import Event
from tocsin.people.directory import User
from tocsin.policy.model import Assign
from tocsin.storage.transaction import Tx


def may_own(user: User) -> bool:
    """Whether a case may be this user's: they are active, and their role works on cases."""
    return user.may("cases.work")


class Choice(NamedTuple):
    """`user` None: nobody, and `reason` says why."""

    user: int | None
    reason: Said


def choose(around: Around, team: str | None, assign: Assign, loads: Mapping[int, int], now: int) -> Choice:
    """The owner by the route's rule. `loads`: open cases by user."""
    if assign == "none":
        return Choice(None, say("the route leaves it to the team"))
    found = around.directory.teams.get(team or "")
    if found is None:
        return Choice(None, say("there is no team {team}", team=team))
    if assign == "oncall":
        if found.roster is None:
            return Choice(None, say("team {team} has no roster", team=team))
        duty = around.on_call(found.roster, now)
        user = around.directory.by_name.get((duty and duty.primary) or "")
        if user is None or not user.active:
            return Choice(None, say("nobody is on call on {roster}", roster=found.roster))
        if not may_own(user):
            says = say(
                "{name} is on call on {roster}, but the role {role} does not work on cases",
                name=user.name,
                roster=found.roster,
                role=user.role,
            )
            return Choice(None, says)
        return Choice(user.id, say("on call on {roster}", roster=found.roster))
    able = [user for user in found.members if may_own(around.directory.users[user])]
    if not able:
        return Choice(None, say("team {team} has no active member who works on cases", team=team))
    user_id = min(able, key=lambda user: (loads.get(user, 0), user))
    return Choice(user_id, say("the least loaded of team {team}", team=team))


def assignment(around: Around, state: Aggregate, user: int, reason: str | Said, actor: str) -> Event:
    """`case.assigned`: a new owner, which stops the assign clock. `reason`: as a person gave it, or in our words."""
    run = state.running(ASSIGN)
    assigned = Assigned(
        owner=ids.to_text(user),
        name=around.directory.name_of(user),
        reason=plain(reason),
        words=words_of(reason),
        stops=[] if run is None else [(ASSIGN, run.cycle)],
    )
    return assigned.event(actor)


def loads(tx: Tx) -> dict[int, int]:
    """Open cases by owner; kept as a counter, because counting would cost more the more cases there are."""
    return dict(tx.rows("SELECT user_id, open_cases FROM loads"))


def shift_loads(tx: Tx, changes: Mapping[int, int]) -> None:
    """Add to the counters, in the order of users, so that two groups cannot block each other."""
    for user, change in sorted(changes.items()):
        if change:
            tx.run(
                "INSERT INTO loads (user_id, open_cases) VALUES (?, ?)"
                " ON CONFLICT (user_id) DO UPDATE SET open_cases = loads.open_cases + excluded.open_cases",
                (user, change),
            )
