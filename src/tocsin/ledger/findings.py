"""What an audit finds: values that name the place, what is wrong there, what was expected and what was found."""

from dataclasses import dataclass, replace
from typing import Any

from tocsin.core import ids
from tocsin.ledger.chain import PLATFORM, case_of, thing_of


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """Where. `chain` is a case's, the installation's own, or that of a thing that is administered; `number` is the
    case's number, `thing` what people call the thing, such as `user dana`; `row` names what a chain and an event do
    not."""

    table: str
    chain: int | None = None
    seq: int | None = None
    row: str = ""
    number: int | None = None
    thing: str | None = None

    def __str__(self) -> str:
        parts = []
        if self.chain == PLATFORM:
            parts.append("the installation's own events")
        elif self.chain is not None and (thing := thing_of(self.chain)) is not None:
            parts.append(self.thing or f"the thing {ids.to_text(thing)}")
        elif self.chain is not None:
            number = "" if self.number is None else f" (number {self.number})"
            parts.append(f"case {ids.to_text(self.chain)}{number}")
        if self.seq is not None:
            parts.append(f"event {self.seq}")
        if self.row:
            parts.append(self.row)
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written."""

    place: RecordPlace
    what: str
    expected: Any = None
    found: Any = None

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"

    def named(self, number: int | None, thing: str | None) -> "Finding":
        """The same, with the number of its case, or what people call the thing that it is about, unless it knows that
        already."""
        return replace(self, place=replace(self.place, number=number, thing=self.place.thing or thing))

    def value(self) -> dict[str, Any]:
        """As JSON shows it."""
        place = self.place
        case = None if place.chain is None else case_of(place.chain)
        return {
            "place": str(place),
            "table": place.table,
            "case": None if case is None else ids.to_text(case),
            "number": place.number,
            "thing": place.thing,
            "event": place.seq,
            "row": place.row or None,
            "what": self.what,
            "expected": plain(self.expected),
            "found": plain(self.found),
        }


def plain(value: Any) -> Any:
    """Bytes in hexadecimal; the rest as it is."""
    return value.hex() if isinstance(value, bytes) else value
