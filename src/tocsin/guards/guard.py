"""Guards as values, and which of them hold at an instant. Pure; instants are microseconds."""

from collections.abc import Iterator

import msgspec

from tocsin.core import ids
from tocsin.guards.kinds import ANNOTATE, AUTOMATION, KINDS, MUTE, WATCH, WINDOW, GuardKind
from tocsin.policy.levels import RANK, STANDARD, LevelName


class Scope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a guard is about. Of `areas`, `accounts` (ids) and `tags`, each that is given must fit, by any of its
    values. `rule`: the one that is muted; `level`: the least that cases of a watched account have; `mode`: of a
    window."""

    areas: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    rule: str | None = None
    level: LevelName | None = None
    mode: str | None = None


class Of(msgspec.Struct, frozen=True):
    """What of a case guards ask for. `begun`: when that began which is to be paged about."""

    area: str | None
    account: int | None
    tags: tuple[str, ...] = ()
    begun: int = 0


class Guard(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody set for a time. `ended_at`: when somebody ended it before its time; `begun_told`, `over_told`:
    whether it was said that it has begun, and that it is over."""

    id: int
    kind: str
    reason: str
    author: str
    scope: Scope
    starts_at: int
    ends_at: int | None
    created_at: int
    ended_at: int | None = None
    begun_told: bool = False
    over_told: bool = False

    @property
    def kind_of(self) -> GuardKind:
        return KINDS[self.kind]

    @property
    def until(self) -> int | None:
        """When it holds no more; None: until somebody ends it."""
        ends = [at for at in (self.ends_at, self.ended_at) if at is not None]
        return min(ends, default=None)

    def holds(self, now: int) -> bool:
        """Whether it is in force."""
        return self.starts_at <= now and (self.until is None or now < self.until)

    def state(self, now: int) -> str:
        """`planned`, `standing` or `over`."""
        return "over" if self.over(now) else "standing" if self.holds(now) else "planned"

    def over(self, now: int) -> bool:
        return self.until is not None and now >= self.until

    def covers(self, case: Of) -> bool:
        """Whether it is about such a case."""
        scope = self.scope
        if self.kind_of.planned and case.begun < self.starts_at:
            return False
        return (
            (not scope.areas or case.area in scope.areas)
            and (not scope.accounts or (case.account is not None and ids.to_text(case.account) in scope.accounts))
            and (not scope.tags or not set(scope.tags).isdisjoint(case.tags))
        )

    @property
    def hushes(self) -> bool:
        """Whether it keeps paths from paging."""
        return self.kind_of.hushes and self.scope.mode != ANNOTATE


class Guards(msgspec.Struct, frozen=True):
    """Every guard that holds, or is to come."""

    every: tuple[Guard, ...] = ()

    def of(self, guard: int | None) -> Guard | None:
        """The one with this id; None where there is none, or it is over for some time."""
        return next((one for one in self.every if one.id == guard), None)

    def standing(self, now: int) -> list[Guard]:
        """Those in force."""
        return [guard for guard in self.every if guard.holds(now)]

    def automation_off(self, now: int) -> Guard | None:
        """By which automation is off; None where it is on."""
        return next(self._of(AUTOMATION, now), None)

    def muted(self, now: int) -> frozenset[str]:
        """The rules that do not fire."""
        return frozenset(guard.scope.rule for guard in self._of(MUTE, now) if guard.scope.rule)

    def watch(self, account: int | None, now: int) -> Guard | None:
        """The watch on an account, the highest of several."""
        found = [guard for guard in self._of(WATCH, now) if account and ids.to_text(account) in guard.scope.accounts]
        return max(found, key=lambda guard: RANK[guard.scope.level or STANDARD], default=None)

    def windows(self, case: Of, now: int) -> list[Guard]:
        """The maintenance windows in which such a case began."""
        return [guard for guard in self._of(WINDOW, now) if guard.covers(case)]

    def hush(self, case: Of, now: int) -> Guard | None:
        """What keeps paths from paging about such a case: of several, what does so longest."""
        found = [guard for guard in self.standing(now) if guard.hushes and guard.covers(case)]
        return max(found, key=lambda guard: guard.until or 0, default=None)

    def _of(self, kind: GuardKind, now: int) -> Iterator[Guard]:
        return (guard for guard in self.every if guard.kind == kind.name and guard.holds(now))
