"""What the auditor does about what it finds: each repair is a transaction of its own that looks again before it acts,
so that two auditors, or an auditor and a person, cannot both do it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from tocsin.cases import acting, store
from tocsin.cases.context import Desk
from tocsin.cases.record import health, mending
from tocsin.cases.record.health import HealthFinding
from tocsin.core.wording import Listed, Said, say
from tocsin.ledger import work
from tocsin.ledger.chain import PLATFORM
from tocsin.notify import recovering
from tocsin.notify.alarms import Alarms
from tocsin.notify.destinations import Destinations
from tocsin.notify.pending import receiver
from tocsin.storage.revisions import Cached
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter
from tocsin.tools.alarms import Alarm
from tocsin.watchers.queues import AsideItem


@dataclass(frozen=True, slots=True)
class Repairs:
    writer: GroupWriter
    desk: Desk
    alarms: Alarms
    reach: Cached[Destinations]

    def mend(self, cases: Sequence[int]) -> list[list[str] | Exception]:
        """Repair these cases; for each the keys of the alarms that it raised, or why it could not be repaired."""
        return self.writer.write_all([(partial(self._mend, case), (case,)) for case in cases])

    def raise_all(self, alarms: Sequence[Alarm]) -> None:
        for error in self.writer.write_all([(partial(self._raise, alarm), _locks(alarm.case)) for alarm in alarms]):
            if isinstance(error, Exception):
                raise error

    def tell(self) -> None:
        self.writer.write(self.alarms.tell)

    def requeue(self, unsent: Sequence[tuple[int, int | None]]) -> None:
        """Give notifications that are queued a row of work again."""
        self.writer.write_all([(partial(self._requeue, one, case), _locks(case)) for one, case in unsent])

    def look_after(self, aside: Sequence[AsideItem], now: int) -> None:
        """Let go of what lost its reason, and try again what may heal by itself."""
        for item in aside:
            kind, subject = item.row.kind, item.row.subject
            if item.alarm is None:
                self.writer.write(partial(recovering.let_go, notification=subject))
            elif item.due_again(now):
                self.writer.write(partial(work.arm, kind=kind, subject=subject, due_at=now))

    def _mend(self, case: int, tx: Tx) -> list[str]:
        mended = mending.mend(tx, self.desk, case)
        self._page_again(case, tx)
        raised = [
            Alarm(
                key_of(case, finding),
                f"case.{finding.what}",
                say("case {number}: {finding}", number=mended.number, finding=finding.says),
                case,
            )
            for finding in mended.unmended
        ]
        for alarm in raised:
            self.alarms.raise_(tx, alarm)
        return [alarm.key for alarm in raised]

    def _page_again(self, case: int, tx: Tx) -> None:
        """Queue the pages of the last step of a live path anew, where they are gone."""
        live = health.live(store.load(tx, case))
        lost = recovering.unpaged(tx, self.reach.get(tx), [case], live)
        if lost:
            self.alarms.pipeline.queue_pages(tx, lost)
            names = Listed([str(person["name"]) for _, step in lost for person in step.notified])
            self._note(case, say("the pages of its path's last step were gone; paged again: {names}", names=names), tx)

    def _requeue(self, notification: int, case: int | None, tx: Tx) -> None:
        recovering.requeue(tx, notification)
        to = receiver(tx, notification)
        says = say("a message to {name} was in no queue", name=to) if to else say("a message was in no queue")
        self._note(case, says, tx)

    def _note(self, case: int | None, says: Said, tx: Tx) -> None:
        event = mending.repaired([HealthFinding("pages", says)])
        if case is None:
            self.desk.journal.append(tx, PLATFORM, [event])
        else:
            acting.act(tx, self.desk, case, lambda state, scene: [event])

    def _raise(self, alarm: Alarm, tx: Tx) -> bool:
        return self.alarms.raise_(tx, alarm)


def key_of(case: int, finding: HealthFinding) -> str:
    """The key of the alarm about a finding."""
    return f"{finding.what}:{case}"


def _locks(case: int | None) -> Sequence[int]:
    return () if case is None else (case,)
