"""New cases are compared with the open ones, a moment after they were committed: in a loop of its own, by whichever
node takes them. Each is put into the index before it is compared, so of two that come at once the later sees the
earlier, on whatever nodes they are.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from tocsin.cases import carrying, linking, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.alike import index, looking, offers, taking
from tocsin.cases.alike.looking import Alike
from tocsin.cases.alike.offers import Reasons
from tocsin.cases.context import Desk
from tocsin.cases.happenings.deciding import Opened, Reclassified
from tocsin.cases.happenings.family import Merged, ParentDismissed, Unlinked
from tocsin.cases.happenings.people import Confided
from tocsin.cases.happenings.progress import Closed, Reopened, Resolved
from tocsin.core.clock import MINUTE, Clock
from tocsin.core.errors import NotAllowed
from tocsin.core.logging import log
from tocsin.detection.problems.likeness import Frequencies
from tocsin.detection.problems.prints import Print
from tocsin.ledger import work
from tocsin.ledger.subscribers import Happened
from tocsin.policy.model import SameProblem
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

KIND = "alike"
BATCH = 32
HEARD = (Opened, Reclassified, Resolved, Closed, Reopened, Merged, ParentDismissed, Unlinked, Confided)
"""After which a case is looked at again."""
_AGAIN = 5 * MINUTE  # how common words are is told anew


def heard(desk: Desk) -> Callable[[Tx, Sequence[Happened[Any]]], None]:
    """The subscriber of `HEARD`: these cases are to be looked at. Nothing where the policy compares none."""

    def queue(tx: Tx, happened: Sequence[Happened[Any]]) -> None:
        force = desk.policies.get(tx).in_force(tx.now)
        if force is None or desk.policies.get(tx).compiled(force.version).document.same_problem.offer is None:
            return
        quiet = {case for case, said in happened if isinstance(said, Opened) and said.imported}
        work.rouse(tx, [(KIND, case) for case in {case for case, _ in happened} - quiet])

    return queue


@dataclass(slots=True)
class Comparing:
    """The loop of one node."""

    database: Database
    writer: GroupWriter
    desk: Desk
    clock: Clock
    holder: str
    chance: Random = field(default_factory=Random)
    _seen: Frequencies = field(default_factory=Frequencies)
    _seen_at: int | None = None

    def step(self) -> int:
        """Look at a batch of cases; how many."""
        with self.database.reading(self.clock.now()) as tx:
            if not work.is_due(tx, KIND):
                return 0
        items = self.writer.write(lambda tx: work.claim(tx, KIND, self.holder, BATCH))
        if items:
            try:
                self._look(items)
            except Exception as error:
                log.exception("alike.failed", cases=len(items))
                said = f"{type(error).__name__}: {error}"
                self.writer.write(lambda tx: self._again(tx, items, said))
        return len(items)

    def _again(self, tx: Tx, items: Sequence[work.Item], error: str) -> None:
        for item in items:
            work.retry(tx, item, error, after=work.backoff(item.attempt, self.chance))

    def _look(self, items: Sequence[work.Item]) -> None:
        wanted = [item.subject for item in items]
        with self.database.reading(self.clock.now()) as tx:
            states = store.load_many(tx, wanted)
            open_ = [case for case, state in states.items() if _is_compared(state)]
            prints = taking.of_cases(tx, open_)
            rules = self._rules(tx)
        self.writer.write(lambda tx: self._indexed(tx, wanted, prints))
        with self.database.reading(self.clock.now()) as tx:
            seen = self._frequencies(tx)
            found = {case: self._best(tx, states[case], one, seen, rules) for case, one in sorted(prints.items())}
        self.writer.write(lambda tx: self._offered(tx, items, prints, found))
        for case, best in found.items():
            if best is not None and rules.link is not None and best.likeness.likelihood >= rules.link:
                write = partial(self._linked, case=case, best=best)
                carrying.carry_out(self.database, self.writer, (case, best.case), write)

    def _rules(self, tx: Tx) -> SameProblem:
        return self.desk.policies.get(tx).at(tx.now).document.same_problem

    def _indexed(self, tx: Tx, wanted: Sequence[int], prints: dict[int, Print]) -> None:
        index.forget(tx, [case for case in wanted if case not in prints])
        index.put(tx, prints)

    def _frequencies(self, tx: Tx) -> Frequencies:
        if self._seen_at is None or tx.now - self._seen_at > _AGAIN or tx.now < self._seen_at:
            self._seen, self._seen_at = Frequencies(index.newest(tx)), tx.now
        return self._seen

    def _best(self, tx: Tx, state: Aggregate, one: Print, seen: Frequencies, rules: SameProblem) -> Alike | None:
        """The likeliest, where the policy offers it. A case that others follow, or that follows another, needs none."""
        if rules.offer is None or state.case.parent is not None or store.children(tx, state.case.id):
            return None
        case, said = state.case.id, offers.answered(tx, state.case.id)
        found = looking.alike(tx, None, case, one, seen, within=rules.within.microseconds, without=said)
        return found[0] if found and found[0].likeness.likelihood >= rules.offer else None

    def _offered(
        self,
        tx: Tx,
        items: Sequence[work.Item],
        prints: dict[int, Print],
        found: dict[int, Alike | None],
    ) -> None:
        for item in items:
            best = found.get(item.subject)
            if best is None:
                offers.withdraw(tx, item.subject)
            else:
                reasons = reasons_of(tx, prints[item.subject], best)
                version = self.desk.policies.get(tx).at(tx.now).version
                offers.offer(tx, item.subject, best.case, best.likeness.likelihood, reasons, version)
            work.finish_unchanged(tx, item)

    def _linked(self, tx: Tx, case: int, best: Alike) -> None:
        """Let a case follow the likely one for the time being. Where that is not possible any more, or would raise the
        other one, it stays offered."""
        around = self.desk.around(tx)
        if around.guards.automation_off(tx.now) is not None:
            return
        with suppress(NotAllowed):
            linking.assume(tx, self.desk, case, best.case, best.likeness.likelihood)


def reasons_of(tx: Tx, one: Print, best: Alike) -> Reasons:
    """Why these two are alike, as it is kept and shown."""
    other = index.prints(tx, [best.by]).get(best.by)
    shared = [] if other is None else offers.shared_of(one.terms, other.terms, best.likeness.shared)
    features = {name: round(value, 4) for name, value in best.likeness.features.items()}
    return Reasons(features, shared, best.apart, best.others)


def _is_compared(state: Aggregate) -> bool:
    return state.case.state == "open" and not state.case.imported and not state.case.confidential
