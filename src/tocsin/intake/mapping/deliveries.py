"""A mapping and what another tool delivers as JSON: the signals that it means, as `intake/reading.py` takes them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from tocsin.core import texts
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Said, say
from tocsin.intake.mapping.conversions import shown
from tocsin.intake.mapping.model import CaseMapping
from tocsin.intake.mapping.paths import Paths, ReadItem, holds, unpacked
from tocsin.intake.mapping.rows import merged
from tocsin.intake.mapping.rule import Rule
from tocsin.intake.mapping.sources import Constant
from tocsin.intake.statuses import Says

MOST_ITEMS = 1000  # signals of one delivery
_WORDS = {Says.OPEN: "open", Says.WAITS: "on hold", Says.ENDS: "resolved"}  # statuses that state it


class MeantSignal(NamedTuple):
    """A signal: its fields by the names of `POST /cases`, with `kind`; what the delivery lacks is left out. `remarks`:
    by field, what could not be read. `past`: how its ticket stood, where the mapping says so: `state`, `resolved_at`
    and `closed_at`."""

    given: dict[str, Any]
    remarks: dict[str, Said]
    past: dict[str, Any]


class Ignored(NamedTuple):
    """A delivery, or an element of it, that means no signal."""

    reason: str


class DeliveredMapping:
    """A mapping, ready to read deliveries."""

    def __init__(self, mapping: CaseMapping) -> None:
        self._mapping = mapping
        reader = self._reader = Paths(mapping.missing, mapping.each is not None)
        forgive = _remark if mapping.unreadable == "missing" else None

        def bound(rule: Rule) -> Callable[[ReadItem], Any]:
            return _lenient(rule).bind(reader, forgive)

        self._kind = None if mapping.kind is None else mapping.kind.bind(reader)
        known = [] if mapping.external_id is None else [("external_id", mapping.external_id)]
        self._fields = [(name, bound(rule)) for name, rule in [*known, *mapping.fields.items()]]
        self._groups = [
            (name, [(inner, bound(rule)) for inner, rule in group.items()]) for name, group in mapping.groups.items()
        ]
        self._tags = [bound(rule) for rule in mapping.tags]
        self._past = [(name, rule.bind(reader, forgive)) for name, rule in mapping.past.items()]

    @property
    def several(self) -> bool:
        """Whether one delivery may mean several signals."""
        return self._mapping.each is not None

    @property
    def source(self) -> str:
        """The source that all of its signals have; empty where each says its own."""
        sources = self._mapping.fields["source"].sources
        return str(sources[0].value) if len(sources) == 1 and isinstance(sources[0], Constant) else ""

    def read(
        self, payload: Any, headers: Mapping[str, str] | None = None
    ) -> list[MeantSignal | Ignored | InvalidInput]:
        """What a delivery means: one signal, or one for each element of the mapping's `each`, in order. An element that
        cannot be read is an error in its place; InvalidInput is raised where nothing can be."""
        return [self.one(item) for item in self.items(payload, headers)] or [Ignored(f"{self.where} holds nothing")]

    @property
    def where(self) -> str:
        """The place of the list that the mapping's `each` names."""
        each = self._mapping.each
        return ", ".join(place.name for place in each.places) if each is not None and each.places else "each"

    def items(self, payload: Any, headers: Mapping[str, str] | None = None) -> list[ReadItem]:
        """The parts of a delivery that mean a signal each: all of it, or the elements of the mapping's `each`.
        InvalidInput where there is no such list."""
        for place in self._mapping.unpack:
            payload = unpacked(payload, place.name.split("."))
        given = {name.lower(): value for name, value in (headers or {}).items()}
        if self._mapping.each is None:
            return [ReadItem(payload, payload, given)]
        items = self._reader.value(self._mapping.each, Rule(""))(ReadItem(payload, None, given))
        if not isinstance(items, list) or len(items) > MOST_ITEMS:
            told = say("{amount} elements", amount=len(items)) if isinstance(items, list) else say("there is no list")
            expected = say("a list of at most {most_items} elements", most_items=MOST_ITEMS)
            raise InvalidInput(told, place=self.where, expected=expected)
        return [ReadItem(payload, item, given) for item in items]

    def one(self, item: ReadItem) -> MeantSignal | Ignored | InvalidInput:
        """What a part of a delivery means. Of one that is all of it InvalidInput is raised."""
        try:
            return self._one(item)
        except InvalidInput as error:
            if self._mapping.each is None:
                raise
            return error

    def _one(self, item: ReadItem) -> MeantSignal | Ignored:
        for condition in self._mapping.ignored:
            if holds(condition, item):
                return Ignored(condition.reason)
        given: dict[str, Any] = {"kind": "ticket" if self._kind is None else self._kind(item)}
        given |= _present((name, get(item)) for name, get in self._fields)
        for name, group in self._groups:
            found = _present((inner, get(item)) for inner, get in group)
            if held := found.get("", found):
                given[name] = held
        if len(self._tags) == 1 and (tags := self._tags[0](item)) is not None:
            given["tags"] = tags
        elif (several := merged(_listed(get(item)) for get in self._tags)) is not None:
            given["tags"] = several
        if "external_id" not in given:
            rule = self._mapping.external_id
            raise InvalidInput(
                say("the payload does not say which ticket it is about"),
                place=rule.named if rule is not None else "external_id",
                expected=say("the ticket's id, at the path that the mapping names for external_id"),
            )
        self._state(given, item)
        return MeantSignal(given, item.remarks, _present((name, get(item)) for name, get in self._past))

    def _state(self, given: dict[str, Any], item: ReadItem) -> None:
        """The status of a signal by the mapping's own words and conditions."""
        says = next((says for says, condition in self._mapping.stated if holds(condition, item)), None)
        if says is None and (status := given.get("status")) is not None:
            says = self._mapping.words.get(texts.fold(shown(status)).strip())
        if says is not None:
            given["status"] = _WORDS[says]


def _lenient(rule: Rule) -> Rule:
    """A rule for values that the reader of signals understands better than a file's conversions, unless the mapping
    says how they are written."""
    convert = rule.convert
    if not rule.plain or convert is None:
        return rule
    if rule.field == "tags" or not rule.told:
        return replace(rule, convert=None)

    def read(value: Any) -> Any:
        try:
            return convert(value)
        except InvalidInput:
            return value

    return replace(rule, convert=read)


def _remark(error: InvalidInput, item: ReadItem) -> None:
    item.remarks[error.place or ""] = say("{why}; it counts as missing", why=error.says)


def _present(found: Any) -> dict[str, Any]:
    return {name: value for name, value in found if value is not None}


def _listed(value: Any) -> Any:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else value
