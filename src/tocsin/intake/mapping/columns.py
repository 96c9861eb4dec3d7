"""The columns of a file: what a row says in them, and what only a whole column says."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from tocsin.clocks import written as times
from tocsin.core import numbers
from tocsin.intake.csv_rows import Record, Refused
from tocsin.intake.mapping.model import CaseMapping
from tocsin.intake.mapping.rule import Rule
from tocsin.intake.mapping.sources import Condition, Constant, Formula, Source, ValuePlace
from tocsin.policy.expressions import EvaluationError

Rows = Callable[[], Iterable[Record | Refused]]
Fields = Sequence[str]


class Columns:
    """Finds values in a row. A column that the file has more than once gives a list where the field may hold one, all
    its texts where it holds prose, else the first that says something."""

    def __init__(self, header: Sequence[str], missing: frozenset[str]) -> None:
        self.header = header
        self.missing = missing
        self.places: dict[str, list[int]] = {}
        for position, name in enumerate(header):
            self.places.setdefault(name, []).append(position)
        self._read: Fields = ()
        self._row: dict[str, str] = {}

    def value(self, source: Source, rule: Rule) -> Callable[[Fields], Any]:
        if isinstance(source, Constant):
            constant = source.value
            return lambda fields: constant
        if isinstance(source, Formula):
            return partial(self._computed, source)
        if source.place is None:
            return self._template(source.parts)
        found = self.places[source.place.name]
        if len(found) == 1 or rule.prose:
            return self._text(found)
        if rule.lists:
            return lambda fields: self._all(found, fields) or None
        return lambda fields: next(iter(self._all(found, fields)), None)

    def _column(self, place: int) -> Callable[[Fields], str | None]:
        missing = self.missing

        def column(fields: Fields) -> str | None:
            text = fields[place].strip()
            return None if text in missing else text

        return column

    def _template(self, parts: Sequence[str | ValuePlace]) -> Callable[[Fields], str | None]:
        """Texts and columns as one text; None where none of the columns says anything."""
        found = [part if isinstance(part, str) else self._text(self.places[part.name]) for part in parts]

        def template(fields: Fields) -> str | None:
            known, texts = False, []
            for part in found:
                if isinstance(part, str):
                    texts.append(part)
                elif (said := part(fields)) is not None:
                    texts.append(said)
                    known = True
            return "".join(texts).strip() if known else None

        return template

    def _text(self, places: Sequence[int]) -> Callable[[Fields], str | None]:
        """What these columns say, as one text."""
        if len(places) == 1:
            return self._column(places[0])
        return lambda fields: "\n\n".join(self._all(places, fields)) or None

    def _all(self, places: Sequence[int], fields: Fields) -> list[str]:
        """What these columns say, each."""
        return [text for place in places if (text := fields[place].strip()) not in self.missing]

    def _computed(self, formula: Formula, fields: Fields) -> Any:
        try:
            found = formula.expression.function(self.variables(fields))
        except EvaluationError:
            return None
        return found.strip() or None if isinstance(found, str) else found

    def variables(self, fields: Fields) -> dict[str, dict[str, str]]:
        """The row as expressions see it; what says nothing is missing."""
        if fields is not self._read:  # several expressions look at one row
            row: dict[str, str] = {}
            for name, text in zip(self.header, fields, strict=True):
                if (said := text.strip()) not in self.missing:
                    row.setdefault(name, said)
            self._read, self._row = fields, row
        return {"row": self._row}

    def holds(self, condition: Condition, fields: Fields) -> bool:
        return condition.expression.test(self.variables(fields))[0]


def ask_columns(mapping: CaseMapping, places: Mapping[str, Sequence[int]], rows: Rows) -> None:
    """What a value leaves open is asked of the whole file, once it is needed: of the rule's own columns, and where
    these say nothing, of the others of its kind, for one tool wrote them all."""
    rules = [(rule, rule.by_column) for rule in mapping.every_rule if rule.by_column is not None]
    timed = [at for rule, asked in rules if asked.order.used for at in _places(rule, places)]
    counted = [at for rule, asked in rules if asked.decimal.used for at in _places(rule, places)]
    for rule, asked in rules:
        own = _places(rule, places)
        if asked.order.used:
            asked.order.find = partial(_order, rows, own, timed)
        if asked.decimal.used:
            asked.decimal.sign, asked.decimal.find = None, partial(_decimal, rows, own, counted)


def _places(rule: Rule, places: Mapping[str, Sequence[int]]) -> list[int]:
    return [at for place in rule.places for at in places[place.name]]


def _order(rows: Rows, own: Sequence[int], others: Sequence[int]) -> bool | None:
    """Whether the day comes first in these columns."""
    says = times.Evidence(), times.Evidence()
    for text, at in _texts(rows, (*own, *others)):
        says[at not in own].add(text)
    return says[0].order if says[0].any else says[1].order


def _decimal(rows: Rows, own: Sequence[int], others: Sequence[int]) -> str | None:
    """Which mark stands before a fraction in these columns."""
    says = numbers.Evidence(), numbers.Evidence()
    for text, at in _texts(rows, (*own, *others)):
        says[at not in own].add(text)
    return says[0].sign if says[0].any else says[1].sign


def _texts(rows: Rows, places: Sequence[int]) -> Iterable[tuple[str, int]]:
    found = list(dict.fromkeys(places))
    for row in rows():
        if isinstance(row, Record):
            yield from ((row.fields[at], at) for at in found)
