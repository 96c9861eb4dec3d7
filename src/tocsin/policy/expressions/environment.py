"""Which names an expression may use, and of which type each is."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from tocsin.policy.expressions.types import Record, Type

Names = Mapping[str, Any]
"""Name to `Type`, or to a mapping of the same kind for a record: `{"case": {"subject": STRING}, "score": DOUBLE}`."""


class Environment:
    """The names of one kind of expression. Immutable; `extended` gives a richer one.

    `folded`: all of its texts are folded (`core/texts: fold`), and so is what an expression spells out to compare with
    them.
    """

    def __init__(self, names: Names, *, folded: bool = False) -> None:
        self._root = _record("", names)
        self.folded = folded

    def extended(self, names: Names) -> "Environment":
        """The same names and more; fields join those of a record that is there already."""
        return Environment(_merged(_plain(self._root), names), folded=self.folded)

    def find(self, name: str) -> Type | Record | None:
        return self._root.fields.get(name)

    def paths(self) -> Iterator[str]:
        """Every name that has a value, dotted: `case.subject`, `score`."""
        return _paths(self._root)

    def limits(self) -> Iterator[tuple[str, int]]:
        """Every name, with the most characters that a text of it has."""
        return _limits(self._root)

    def suggestion(self, path: str) -> str | None:
        """The known name that somebody who wrote `path` most probably meant."""
        known = list(self.paths())
        last = path.rpartition(".")[2]
        same_field = [name for name in known if name.rpartition(".")[2] == last]
        close = same_field or get_close_matches(path, known, n=1, cutoff=0.7)
        if not close:
            fields = {name.rpartition(".")[2]: name for name in known}
            close = [fields[match] for match in get_close_matches(last, fields, n=1, cutoff=0.75)]
        return close[0] if close else None


def _record(name: str, names: Names) -> Record:
    fields: dict[str, Type | Record] = {}
    for key, value in names.items():
        path = f"{name}.{key}" if name else key
        fields[key] = value if isinstance(value, Type) else _record(path, value)
    return Record(name, fields)


def _plain(record: Record) -> dict[str, Any]:
    return {key: _plain(value) if isinstance(value, Record) else value for key, value in record.fields.items()}


def _merged(old: Names, new: Names) -> dict[str, Any]:
    merged = dict(old)
    for key, value in new.items():
        known = merged.get(key)
        both = isinstance(known, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(known, value) if both else value  # type: ignore[arg-type]
    return merged


def _limits(record: Record) -> Iterator[tuple[str, int]]:
    for key, value in record.fields.items():
        path = f"{record.name}.{key}" if record.name else key
        if isinstance(value, Record):
            yield from _limits(value)
        else:
            yield path, value.limit


def _paths(record: Record) -> Iterator[str]:
    for key, value in record.fields.items():
        if isinstance(value, Record):
            yield from _paths(value)
        else:
            yield f"{record.name}.{key}" if record.name else key
