"""What kinds of events there are: each package declares its own in `events.py`; the composition root collects them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from tocsin.core.errors import InvalidInput


class EventKind(NamedTuple):
    """`says`: what has happened, for whoever reads a history; `fields`: the names in the payload; `private`: never
    handed to other systems."""

    name: str
    says: str
    fields: tuple[str, ...]
    private: bool = False


def collect(declared: Iterable[Iterable[EventKind]]) -> Mapping[str, EventKind]:
    """Kinds by name; ValueError where two packages declare one name."""
    found: dict[str, EventKind] = {}
    for kind in (kind for kinds in declared for kind in kinds):
        if kind.name in found:
            raise ValueError(f"the event kind {kind.name} is declared twice")
        found[kind.name] = kind
    return MappingProxyType(found)


def matches(pattern: str, kind: str) -> bool:
    """Whether a pattern means a kind: its name, `case.*` for all that begin so, `*` for every one."""
    return kind.startswith(pattern[:-1]) if pattern.endswith("*") else kind == pattern


def check_pattern(pattern: str, known: Iterable[str]) -> None:
    """InvalidInput for a pattern that means no kind."""
    starred = pattern.endswith("*") and pattern not in ("*",) and not pattern.endswith(".*")
    if starred or not any(matches(pattern, kind) for kind in known):
        raise InvalidInput(
            f"{pattern[:60]!r} means no kind of event",
            place="events",
            expected="a kind such as case.opened, a family such as case.*, or *",
        )
