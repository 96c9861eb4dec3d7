"""What changes from one policy to another: by key path, in the order of the document, blind to how it is written.

Rules are told apart by their `id` (examples by `name`), so that one put in front is one change and not a change of
all that follow. Where the order of the rules counts, a new order is a change of its own.
"""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from tocsin.policy.model import Document
from tocsin.policy.plain import plain

_UNSET = object()


class Difference(msgspec.Struct, frozen=True):
    """One difference. `before` is null for what was added, `after` for what was removed."""

    key: str
    kind: Literal["added", "removed", "changed", "moved"]
    before: Any = None
    after: Any = None

    def __str__(self) -> str:
        match self.kind:
            case "added":
                return f"+ {self.key}: {_short(self.after)}"
            case "removed":
                return f"- {self.key}: {_short(self.before)}"
            case "moved":
                return f"~ {self.key}: order {_short(self.before)} -> {_short(self.after)}"
        return f"~ {self.key}: {_short(self.before)} -> {_short(self.after)}"


def diff(old: Document, new: Document) -> list[Difference]:
    """All differences in what the two mean; none for documents that only read differently."""
    return list(_compare("", plain(old), plain(new)))


def _compare(key: str, old: Any, new: Any) -> Iterator[Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _compare_entries(key, old, new, "{}.{}" if key else "{}{}")
        if key in _ORDERED_MAPPINGS:
            yield from _order(key, list(old), list(new))
    elif (before := _identified(old)) is not None and (after := _identified(new)) is not None:
        yield from _compare_entries(key, before, after, "{}[{}]")
        if not key.startswith("examples"):
            yield from _order(key, list(before), list(after))
    elif old != new:
        yield Difference(key, "changed", old, new)


# Severities stand from the gravest down; of other mappings the order says nothing.
_ORDERED_MAPPINGS = {"taxonomy.severities"}


def _compare_entries(key: str, old: dict[str, Any], new: dict[str, Any], form: str) -> Iterator[Difference]:
    for name in dict.fromkeys([*old, *new]):
        place = form.format(key, name)
        before, after = old.get(name, _UNSET), new.get(name, _UNSET)
        if before is _UNSET:
            yield Difference(place, "added", after=after)
        elif after is _UNSET:
            yield Difference(place, "removed", before=before)
        else:
            yield from _compare(place, before, after)


def _order(key: str, old: list[str], new: list[str]) -> Iterator[Difference]:
    before = [name for name in old if name in new]
    after = [name for name in new if name in old]
    if before != after:
        yield Difference(key, "moved", before, after)


def _identified(value: Any) -> dict[str, Any] | None:
    """A list of rules by their ids; None for any other value."""
    if not isinstance(value, list):
        return None
    found = {}
    for item in value:
        name = item.get("id", item.get("name")) if isinstance(item, dict) else None
        if not isinstance(name, str) or name in found:
            return None
        found[name] = item
    return found


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= 120 else text[:117] + "..."
