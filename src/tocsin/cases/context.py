"""What the verbs of a case need besides the case: the policy in force, people, rosters, who can be reached.

`Desk` is built once by the composition root; `Around` is what one transaction sees of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from tocsin.cases.suggestions import SuggestionModel
from tocsin.clocks import zone
from tocsin.core.ids import IdMint
from tocsin.guards.guard import Guards
from tocsin.languages import ENGLISH
from tocsin.ledger.journal import Journal
from tocsin.ledger.subscribers import Subscribers
from tocsin.people.directory import Directory
from tocsin.policy.versions import Policies
from tocsin.roster import absence
from tocsin.roster.plan import OnCall
from tocsin.roster.schedules import Rosters
from tocsin.storage import revisions
from tocsin.storage.revisions import Cached
from tocsin.storage.transaction import Tx

Reach = Callable[[Tx, dict[str, int]], frozenset[int]]
Asked = Callable[[Tx, Sequence[int]], dict[int, list[int]]]


@dataclass(frozen=True, slots=True)
class Around:
    """The surroundings of a case at the instant `now`. `reachable`: users with a destination for pages."""

    policies: Policies
    directory: Directory
    rosters: Rosters
    guards: Guards
    suggestions: SuggestionModel | None
    reachable: frozenset[int]
    now: int
    # As they were asked; other surroundings, made of these, ask anew.
    _duties: dict[tuple[str, int], OnCall | None] = field(default_factory=dict, init=False, compare=False)
    _reaching: list["Around"] = field(default_factory=list, init=False, compare=False)

    def zone_of(self, user: int | None) -> ZoneInfo:
        """The zone in which somebody reads times: their own, else that of the policy in force, else UTC."""
        found = self.directory.users.get(user) if user is not None else None
        return zone.load(found.zone) if found is not None and found.zone else self.policies.zone(self.now)

    def on_call(self, roster: str, at: int | None = None) -> OnCall | None:
        """Who answers on a roster, now unless said otherwise: without whoever cannot be called now. None where there is
        no such roster."""
        asked = (roster, self.now if at is None else at)
        if asked not in self._duties:
            self._duties[asked] = self._on_call(*asked)
        return self._duties[asked]

    def reaching_all(self) -> "Around":
        """The same, had everybody a destination for pages."""
        if not self._reaching:
            self._reaching.append(replace(self, reachable=frozenset(self.directory.users)))
        return self._reaching[0]

    def _on_call(self, roster: str, at: int) -> OnCall | None:
        found = self.rosters.by_name.get(roster)
        if found is None:
            return None
        return self.rosters.on_call(roster, at, absence.away(found, self.directory, self.reachable))


@dataclass(frozen=True, slots=True)
class Desk:
    """Where cases are worked on. `reach` and `paged` are answered by those who send pages: who has a destination for
    them, and whom each of some escalations has paged, the last first. `language`: of whoever has chosen none."""

    mint: IdMint
    journal: Journal
    subscribers: Subscribers
    policies: Cached[Policies]
    directory: Cached[Directory]
    rosters: Cached[Rosters]
    guards: Cached[Guards]
    suggestions: Cached[SuggestionModel | None]
    reach: Reach
    paged: Asked
    language: str = ENGLISH

    def around(self, tx: Tx, since: int = 0) -> Around:
        """What this transaction sees. `since`: the time of a case's last event, before which its clock never is."""
        known = revisions.current(tx)
        return Around(
            self.policies.get(tx, known),
            self.directory.get(tx, known),
            self.rosters.get(tx, known),
            self.guards.get(tx, known),
            self.suggestions.get(tx, known),
            self.reach(tx, known),
            max(tx.now, since),
        )

    def forget(self) -> None:
        """For after a rollback."""
        for cached in (self.policies, self.directory, self.rosters, self.guards, self.suggestions):
            cached.forget()
