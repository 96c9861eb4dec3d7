"""What an audit finds: values that name the place, what is wrong there, what was expected and what was found."""

from dataclasses import dataclass, replace
from typing import Any

from tocsin.core import ids
from tocsin.ledger.chain import PLATFORM


@dataclass(frozen=True, slots=True)
class Place:
    """Where. `chain` is a case's id, 0 for the installation's own events; `number` the case's number; `row` names what
    a chain and an event do not."""

    table: str
    chain: int | None = None
    seq: int | None = None
    row: str = ""
    number: int | None = None

    def __str__(self) -> str:
        parts = []
        if self.chain == PLATFORM:
            parts.append("the installation's own events")
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

    place: Place
    what: str
    expected: Any = None
    found: Any = None

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"

    def numbered(self, number: int | None) -> "Finding":
        """The same, with the number of its case."""
        return replace(self, place=replace(self.place, number=number))

    def value(self) -> dict[str, Any]:
        """As JSON shows it."""
        place = self.place
        return {
            "place": str(place),
            "table": place.table,
            "case": ids.to_text(place.chain) if place.chain else None,
            "number": place.number,
            "event": place.seq,
            "row": place.row or None,
            "what": self.what,
            "expected": plain(self.expected),
            "found": plain(self.found),
        }


def plain(value: Any) -> Any:
    """Bytes in hexadecimal; the rest as it is."""
    return value.hex() if isinstance(value, bytes) else value
