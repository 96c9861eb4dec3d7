"""Where deliveries come in: proved, read, carried out and kept in one transaction; tried and replayed."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tocsin.cases.context import Desk
from tocsin.connectors import deliveries, finding, taking
from tocsin.connectors.deliveries import Cause, SignalOutcome
from tocsin.connectors.engine import Engine
from tocsin.connectors.port import Delivery, Element, Request
from tocsin.connectors.quotas import Quotas
from tocsin.connectors.taking import Taken
from tocsin.core.clock import Clock
from tocsin.core.errors import InvalidInput, TocsinError, TooMany, Unavailable
from tocsin.core.vault import Vault
from tocsin.core.wording import say
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter
from tocsin.tools.refusals import Refusals, alarm_of


class Received(NamedTuple):
    """What became of a delivery, signal by signal."""

    connector: Engine
    taken: list[Taken]


@dataclass(slots=True)
class Reception:
    """`keeps`: whether deliveries are kept."""

    database: Database
    writer: GroupWriter
    clock: Clock
    vault: Vault
    desk: Desk
    refusals: Refusals
    keeps: bool = True
    quotas: Quotas = field(default_factory=Quotas)

    def deliver(self, pack: str, token: str, request: Request) -> Received:
        """Carry out what a tool delivers. NotFound where no connector of this pack has this token; whatever else is
        refused is seen by whoever looks after the connector, not only by the tool that sent it."""
        connector = self._by_token(pack, token)
        delivery: Delivery | None = None
        try:
            now = self.clock.now()
            delivery = connector.verify(request, now)
            self.quotas.take(connector.stored.id, connector.pack.quota, now)
            means, again = connector.read(delivery), connector.once(delivery)
            came = delivery

            def write(tx: Tx) -> list[Taken]:
                return taking.take(tx, self.desk, connector.stored, means, again, self._kept(tx, connector, came))

            return Received(connector, self.writer.write(write))
        except TooMany as error:  # writing of each would be what the quota is against
            self.refusals.tell(connector.stored.actor, connector.route, error)
            raise
        except TocsinError as error:
            self._refused(connector, delivery, error)
            raise

    def take(self, tx: Tx, connector: Engine, delivery: Delivery) -> None:
        """Carry out what a tool was asked for. What is refused of it is written down and told, as of `deliver`."""
        cause = self._kept(tx, connector, delivery)
        try:
            with tx.savepoint("delivery"):
                means, again = connector.read(delivery), connector.once(delivery)
                taking.take(tx, self.desk, connector.stored, means, again, cause)
        except Unavailable:
            raise
        except TocsinError as error:
            deliveries.record(
                tx, self.desk.mint, connector.stored.id, SignalOutcome("refused", error=str(error)), cause
            )
            self.refusals.alarms.raise_(tx, alarm_of(connector.stored.actor, connector.route, error))

    def turned_away(self, pack: str, token: str, error: TocsinError) -> None:
        """A delivery was refused before it was read. Nothing is recorded of one that knows no connector, nor without a
        database: its sender is answered all the same."""
        with suppress(TocsinError):
            self._refused(self._by_token(pack, token), None, error)

    def replaying(self, name: str, delivery: int, *, by: str) -> Callable[[Tx], list[Taken]]:
        """What carries a kept delivery out again, by the mapping of today."""
        with self.database.reading() as tx:
            connector = Engine.of(finding.by_name(tx, name), self.vault)
            means = connector.read(deliveries.kept(tx, connector.stored.id, delivery))
        cause = Cause(delivery, by)
        return lambda tx: taking.take(tx, self.desk, connector.stored, means, None, cause)

    def read(self, name: str, delivery: Delivery | None) -> list[Element]:
        """What a connector would make of a delivery, None: of its pack's sample. Nothing is written."""
        with self.database.reading() as tx:
            connector = Engine.of(finding.by_name(tx, name), self.vault)
        if delivery is None and (delivery := connector.sample()) is None:
            raise InvalidInput(say("this pack has no sample"), place="body", expected=say("a delivery to try"))
        return connector.read(delivery)

    def _by_token(self, pack: str, token: str) -> Engine:
        with self.database.reading() as tx:
            return Engine.of(finding.by_token(tx, pack, token), self.vault)

    def _kept(self, tx: Tx, connector: Engine, delivery: Delivery | None) -> Cause:
        if delivery is None or not self.keeps:
            return Cause()
        secret = connector.secret_headers
        return Cause(deliveries.keep(tx, self.desk.mint, connector.stored.id, delivery, secret))

    def _refused(self, connector: Engine, delivery: Delivery | None, error: TocsinError) -> None:
        if not isinstance(error, Unavailable):
            self.refusals.tell(connector.stored.actor, connector.route, error)
        outcome = SignalOutcome("refused", error=str(error))

        def write(tx: Tx) -> Any:
            deliveries.record(tx, self.desk.mint, connector.stored.id, outcome, self._kept(tx, connector, delivery))

        self.writer.write(write)
