"""The engine of packs: whatever a pack declares, carried out for a connector that was added."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tocsin.connectors import finding, pulls
from tocsin.connectors import pack as packs
from tocsin.connectors.declared import Declared
from tocsin.connectors.finding import StoredConnector
from tocsin.connectors.pack import GENERIC, Pack
from tocsin.connectors.port import Delivery, Echo, Element, Read, Request
from tocsin.connectors.pulls import Pull
from tocsin.core import canonical
from tocsin.core.errors import InvalidInput
from tocsin.core.vault import Vault
from tocsin.core.wording import say
from tocsin.intake.accept import Once
from tocsin.intake.mapping.conversions import shown
from tocsin.intake.mapping.deliveries import DeliveredMapping, Ignored, MeantSignal
from tocsin.intake.mapping.paths import ReadItem, bound
from tocsin.intake.mapping.reading import delivered_mapping
from tocsin.intake.mapping.rule import Rule
from tocsin.intake.reading import read_given


@dataclass(frozen=True, slots=True)
class Engine:
    """A `Connector`."""

    stored: StoredConnector
    pack: Pack
    mapping: DeliveredMapping
    vault: Vault

    @classmethod
    def of(cls, stored: StoredConnector, vault: Vault) -> "Engine":
        return cls(stored, packs.named(stored.pack), _mapping(stored.pack, stored.mapping), vault)

    @property
    def route(self) -> str:
        """Where its deliveries come in, without the token."""
        return f"/hooks/{self.stored.pack}"

    @property
    def secret_headers(self) -> frozenset[str]:
        """Names of the headers that hold something secret."""
        return frozenset() if self.pack.scheme is None else self.pack.scheme.headers

    def sample(self) -> Delivery | None:
        """A delivery to try the mapping with; None where the pack has none."""
        return (
            None if self.pack.sample is None else Delivery(self.pack.sample_headers, canonical.encode(self.pack.sample))
        )

    def verify(self, request: Request, now: int) -> Delivery:
        secrets = self.stored.secrets(self.vault, now)
        if self.pack.scheme is not None and secrets:
            self.pack.scheme.verify(request, secrets, now)
        return Delivery(request.headers, request.raw)

    def read(self, delivery: Delivery) -> list[Element]:
        found = [self._element(item) for item in self.mapping.items(delivery.payload, delivery.headers)]
        if not found:
            return [Element(Ignored(f"{self.mapping.where} holds nothing"))]
        errors = [each.read for each in found if isinstance(each.read, InvalidInput)]
        if errors and len(errors) == len(found):
            raise errors[0]
        return found

    def once(self, delivery: Delivery) -> Once | None:
        if self.pack.once is None or (value := bound(self.pack.once)(_whole(delivery))) is None:
            return None
        key = shown(value)
        if not (len(key) <= 255 and key.isascii() and key.isprintable()):
            place = "webhook-id" if self.pack.name == GENERIC else "once"
            raise InvalidInput(
                say("the key is not valid"), place=place, expected=say("1 to 255 visible ASCII characters")
            )
        return Once.of(self.stored.id, self.route, key, delivery.raw)

    @property
    def pull(self) -> Pull | None:
        """What is asked of its tool; None where the tool delivers by itself."""
        return pulls.declared_by(self.pack.pull, self.stored.settings.pull)

    def credential(self) -> str | None:
        """What calls go out with."""
        sealed = self.stored.credential
        return None if sealed is None else self.vault.open(sealed, finding.place(self.stored.id))

    def effects(self, kind: str) -> list[Declared]:
        return [found for found in map(self.pack.effect, self.stored.settings.effects) if kind in found.on]

    def _element(self, item: ReadItem) -> Element:
        echo = Echo(**{name: shown(value) for name, value in self._found(self.pack.echo, item).items()})
        return Element(self._signal(self.mapping.one(item)), echo, self._found(self.pack.link, item))

    def _found(self, rules: Mapping[str, Rule], item: ReadItem) -> dict[str, Any]:
        """The values of these rules, without those that find none."""
        values = {name: bound(rule, several=self.mapping.several)(item) for name, rule in rules.items()}
        return {name: value for name, value in values.items() if value is not None}

    def _signal(self, meant: MeantSignal | Ignored | InvalidInput) -> Read:
        if not isinstance(meant, MeantSignal):
            return meant
        stood = {"status": meant.past["state"]} if "state" in meant.past else {}
        try:
            signal = read_given(stood | meant.given, self.stored.viewer)
        except InvalidInput as error:
            return error
        return signal._replace(remarks={**signal.remarks, **meant.remarks})


@lru_cache(256)
def _mapping(pack: str, own: bytes) -> DeliveredMapping:
    return DeliveredMapping(delivered_mapping(packs.named(pack).document(canonical.decode(own))))


def _whole(delivery: Delivery) -> ReadItem:
    """A delivery as rules read it. What is no JSON has its headers all the same."""
    try:
        payload = delivery.payload
    except InvalidInput:
        payload = None
    return ReadItem(payload, None, delivery.headers)
