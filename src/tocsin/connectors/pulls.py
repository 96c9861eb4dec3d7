"""Pulls: what is asked of a tool that delivers nothing by itself, as a pack or whoever adds a connector declares it,
and the deliveries in its answer. docs/connectors.md has the keys. Pure."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from tocsin.clocks import durations
from tocsin.connectors.declared import check, filled, filled_path
from tocsin.connectors.delivery import Delivery
from tocsin.core import canonical
from tocsin.core.clock import DAY, SECOND
from tocsin.core.errors import InvalidDocument, InvalidInput
from tocsin.core.wording import say
from tocsin.intake.mapping.conversions import shown
from tocsin.intake.mapping.formulas import ITEM
from tocsin.intake.mapping.paths import ReadItem, bound
from tocsin.intake.mapping.rule import Rule
from tocsin.intake.mapping.rules import Rules
from tocsin.policy.lenient.order import order_key, precedes
from tocsin.policy.yaml.lines import Tree

MOST_ELEMENTS = 10_000
OFTENEST, SELDOMEST = 10 * SECOND, DAY
_KEYS = ("url", "every", "headers", "items", "cursor", "start")


class Answered(NamedTuple):
    """The deliveries of an answer, in its order, and where the next one goes on; None: as before."""

    deliveries: list[Delivery]
    cursor: str | None


class Pull(NamedTuple):
    """`url`, `headers`: templates with `{cursor}` and `{credential}`; `every`: microseconds between two; `items`: the
    list of deliveries in an answer, None: all of it is one; `cursor`: how far it goes; `start`: the cursor of the
    first."""

    url: str
    every: int
    headers: Mapping[str, str]
    items: Rule | None
    cursor: Rule | None
    start: str | None

    @property
    def needs_credential(self) -> bool:
        return any("{credential}" in text for text in self.headers.values())

    def address(self, cursor: str | None) -> str:
        """Where to ask, with how far it went."""
        return filled_path(self.url, {"cursor": cursor if cursor is not None else self.start})

    def with_credential(self, credential: str | None) -> dict[str, str]:
        """The headers to ask with."""
        return {name: filled(text, {"credential": credential}) for name, text in self.headers.items()}

    def read(self, body: bytes, cursor: str | None) -> Answered:
        """What an answer holds. InvalidInput where it is no JSON, or the list is not there."""
        answer = Delivery({}, body).payload
        elements = [answer] if self.items is None else self._elements(self.items, answer)
        deliveries = [Delivery({}, canonical.encode(element)) for element in elements]
        return Answered(deliveries, self._cursor(answer, elements, cursor))

    @staticmethod
    def _elements(items: Rule, answer: Any) -> list[Any]:
        found = bound(items, several=True)(ReadItem(answer, None, {}))
        if isinstance(found, list) and len(found) <= MOST_ELEMENTS:
            return found
        told = say("{amount} elements", amount=len(found)) if isinstance(found, list) else say("there is no list")
        expected = say("a list of at most {most_items} elements", most_items=MOST_ELEMENTS)
        raise InvalidInput(told, place="pull.items", expected=expected)

    def _cursor(self, answer: Any, elements: Iterable[Any], before: str | None) -> str | None:
        """What the answer as a whole says, else the greatest that its elements do, and never less than before."""
        if self.cursor is None:
            return None
        get = bound(self.cursor, several=True)
        if (whole := get(ReadItem(answer, None, {}))) is not None:
            return shown(whole)
        greatest = before
        for element in elements:
            value = get(ReadItem(answer, element, {}))
            if order_key(value) is not None and (greatest is None or precedes(order_key(greatest), order_key(value))):
                greatest = shown(value)
        return greatest


def pull_of(rules: Rules, data: Any) -> Pull:
    """A pull from its YAML; `rules` takes the problems."""
    entries = rules.keys(("pull",), data, _KEYS)
    headers = rules.keys(("pull", "headers"), entries.get("headers", {}), None)
    for name, text in headers.items():
        check(rules, ("pull", "headers", name), rules.text(("pull", "headers", name), text), ("credential",))
    url = rules.text(("pull", "url"), entries.get("url"))
    check(rules, ("pull", "url"), url, ("cursor",))
    for name in ("cursor", "start") if "{cursor}" in url else ():
        if name not in entries:
            wanted = say("what stands for {cursor}, and what does at first")
            rules.problem(("pull", name), say("this key is missing"), wanted)
    return Pull(
        url,
        _every(rules, entries.get("every", "1m")),
        headers,
        rules.rule(("pull", "items"), entries["items"], "attributes.items") if "items" in entries else None,
        rules.rule(("pull", "cursor"), entries["cursor"], "attributes.cursor") if "cursor" in entries else None,
        rules.text(("pull", "start"), entries["start"]) if "start" in entries else None,
    )


def declared_by(of_pack: Mapping[str, Any] | None, own: Mapping[str, Any] | None) -> Pull | None:
    """The pull of a connector that is to pull: its own keys before those of its pack. None where it has none of its
    own, be they empty. InvalidDocument names what is wrong."""
    return None if own is None else _declared(canonical.encode({**(of_pack or {}), **own}))


@lru_cache(256)
def _declared(document: bytes) -> Pull:
    rules = Rules(Tree(data={"pull": canonical.decode(document)}), ITEM)
    found = pull_of(rules, rules.tree.data["pull"])
    if rules.problems:
        raise InvalidDocument(rules.problems, place=rules.problems[0].key or "pull")
    return found


def _every(rules: Rules, value: Any) -> int:
    try:
        every = durations.parse(value).microseconds
    except InvalidInput as error:
        rules.problem(("pull", "every"), error.says, error.wanted)
        return DAY
    if not OFTENEST <= every <= SELDOMEST:
        rules.problem(("pull", "every"), say("found {value}", value=value), say("from 10s to 1d"))
    return every
