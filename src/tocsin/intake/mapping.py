"""How the columns of a file become the body of `POST /cases`: the mapping. `mapping_bound.py` binds it to a file's
header, `mapping_reading.py` reads it from YAML; docs/import.md describes it.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from tocsin.clocks.written import Order
from tocsin.core.errors import InvalidInput
from tocsin.core.unfit import locate
from tocsin.intake.conversions import Convert
from tocsin.intake.csv_rows import Format

RowMode = Literal["first", "last", "each"]
Unreadable = Literal["refuse", "missing"]
Get = Callable[[Sequence[str]], Any]

NEEDED = (
    "external_id",
    "source",
    "subject",
)  # none of these may be taken as missing


class Column(NamedTuple):
    """A column by its name in the header. `key` and `line`: where the mapping names it."""

    name: str
    key: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """How one field of the body comes about: a constant, or texts and columns joined and converted.

    `field` as in `attributes.impact`; `default` stands in where the row says nothing. A column that the file has more
    than once gives a list where the field may hold one (`lists`), all its texts where it holds prose, else the first
    that says something. `order`: of day and month, for times of no given form.
    """

    field: str
    parts: tuple[str | Column, ...] = ()
    convert: Convert = str
    constant: Any = None
    default: Any = None
    order: Order | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(part for part in self.parts if isinstance(part, Column))

    @property
    def named(self) -> str:
        """Its columns, for a report."""
        return ", ".join(column.name for column in self.columns)

    @property
    def lists(self) -> bool:
        return self.field == "tags" or self.field.startswith("attributes.")

    def bind(
        self,
        places: Mapping[str, Sequence[int]],
        missing: frozenset[str],
        forgive: Callable[[InvalidInput], None] | None = None,
    ) -> Get:
        """From a row's fields to the value; None where it is missing. InvalidInput names field, column and text; where
        somebody forgives it, they are told, and the value is missing."""
        if not self.parts:
            return lambda fields: self.constant
        repeated = self._repeated(places)
        several = self.lists and bool(repeated)
        texts_of = _listed(repeated, missing) if several else self._joined(places, missing)

        def get(fields: Sequence[str]) -> Any:
            found: list[Any] = []
            whole: Any = None
            for text in texts_of(fields):
                try:
                    value = self.convert(text)
                except InvalidInput as error:
                    error.place = self.field
                    locate(error, self.named, text)
                    if forgive is None:
                        raise
                    forgive(error)
                    continue
                whole = value
                found += value if isinstance(value, list) else [] if value is None else [value]
            if not found:
                return self.default
            return found if several else whole

        return get

    def _repeated(self, places: Mapping[str, Sequence[int]]) -> Sequence[int]:
        """The places of the one column that is all of the rule, where the file has it more than once."""
        if len(self.parts) != 1 or not isinstance(self.parts[0], Column):
            return ()
        found = places[self.parts[0].name]
        return found if len(found) > 1 else ()

    def _joined(self, places: Mapping[str, Sequence[int]], missing: frozenset[str]) -> Callable[..., list[str]]:
        """Texts and columns as one text; none where none of the columns says anything."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Column) and not self._repeated(places):
            place = places[self.parts[0].name][0]

            def column(fields: Sequence[str]) -> list[str]:
                text = fields[place].strip()
                return [] if text in missing else [text]

            return column
        prose = self.field in ("body", "subject") or len(self.parts) > 1
        parts = [part if isinstance(part, str) else _listed(places[part.name], missing) for part in self.parts]

        def template(fields: Sequence[str]) -> list[str]:
            known, texts = False, []
            for part in parts:
                if isinstance(part, str):
                    texts.append(part)
                elif found := part(fields):
                    texts.append("\n\n".join(found) if prose else found[0])
                    known = True
            return ["".join(texts).strip()] if known else []

        return template


def _listed(places: Sequence[int], missing: frozenset[str]) -> Callable[[Sequence[str]], list[str]]:
    """What these columns say, each."""
    return lambda fields: [text for place in places if (text := fields[place].strip()) not in missing]


@dataclass(frozen=True, slots=True)
class CaseMapping:
    """A mapping, sound in itself. `groups` are the nested fields: account and attributes. `external_id` None: tickets
    are known by the row that they stand in. `heard`: what the conversions had to assume, counted."""

    form: Format
    row: RowMode
    unreadable: Unreadable
    missing: frozenset[str]
    external_id: Rule | None
    fields: Mapping[str, Rule]
    groups: Mapping[str, Mapping[str, Rule]]
    tags: tuple[Rule, ...]
    past: Mapping[str, Rule] = field(default_factory=dict)  # how the ticket stood, for an import
    history: Mapping[str, Rule] = field(default_factory=dict)  # how rows tell what happened; for a replay only
    heard: Counter[str] = field(default_factory=Counter)

    @property
    def rules(self) -> list[Rule]:
        nested = [rule for group in self.groups.values() for rule in group.values()]
        known = [] if self.external_id is None else [self.external_id]
        return [*known, *self.fields.values(), *nested, *self.tags]

    @property
    def every_rule(self) -> list[Rule]:
        return [*self.rules, *self.past.values(), *self.history.values()]

    @property
    def columns(self) -> frozenset[str]:
        """Every column that the body of a case is read from."""
        return frozenset(column.name for rule in self.rules for column in rule.columns)

    @property
    def all_columns(self) -> frozenset[str]:
        """Every column that the mapping reads, those of past and history included."""
        return frozenset(column.name for rule in self.every_rule for column in rule.columns)
