"""The way from what stands in a place to the value of a field, from the keys of a rule."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple, cast, get_args
from zoneinfo import ZoneInfo

from tocsin.core.errors import TocsinError
from tocsin.core.wording import Listed, say, verbatim
from tocsin.intake.mapping import conversions
from tocsin.intake.mapping.conversions import EPOCHS, Convert, Kind, Otherwise
from tocsin.intake.mapping.problems import Document
from tocsin.intake.mapping.rule import ByColumn
from tocsin.policy.body import to_body
from tocsin.policy.structure import shown
from tocsin.policy.yaml.keys import Key, key_text
from tocsin.policy.yaml.lines import Tree

TIMED = ("format", "zone", "day_first")
WAY_KEYS = ("as", "extract", "map", "otherwise", "split", "cut", *TIMED, "decimal", "default")
SPLIT = (",", ";")  # between the elements of a list, where the mapping says nothing else
IMPLIED: dict[str, Kind] = {"users_affected": "integer", "account.arr": "number", "occurred_at": "time"}


class Usual(NamedTuple):
    """What holds for every number and every time, where its own rule does not say otherwise."""

    decimal: str | None = None
    zone: ZoneInfo | None = None
    day_first: bool | None = None


class Ways(Document):
    """A document that has conversions. `usual`: what holds where a rule does not say otherwise; `heard`: what had to be
    assumed."""

    def __init__(self, tree: Tree) -> None:
        super().__init__(tree)
        self.usual = Usual()
        self.heard: Counter[str] = Counter()

    def told(self, field: str) -> bool:
        """Whether the document as a whole tells how values of this field are written."""
        kind, usual = IMPLIED.get(field), self.usual
        if kind == "time":
            return usual.zone is not None or usual.day_first is not None
        return kind is not None and usual.decimal is not None

    def convert(self, key: Key, entries: Mapping[str, Any], field: str, column: ByColumn) -> Convert | None:
        """The way to the value: cut, split and extract, then the map, then the kind that the field needs. None where
        the text itself is the value."""
        kind = self._kind(key, entries, field)
        convert = self._of_kind(key, entries, field, column, kind)
        if "map" in entries:
            convert = self._table(key, entries, field, convert)
        elif "otherwise" in entries:
            self.problem((*key, "otherwise"), say("there is no map that it could be about"), say("a map beside it"))
        if "split" in entries:
            if field != "tags" and not field.startswith("attributes."):
                self.problem((*key, "split"), say("{field} holds no list", field=field), say("tags or an attribute"))
            if separators := self._separators((*key, "split"), entries["split"]):
                convert = conversions.parts(separators, convert)
        elif kind == "list" or (field == "tags" and "map" not in entries):
            convert = conversions.parts(SPLIT, convert)
        if "extract" in entries:
            convert = self._extract((*key, "extract"), entries["extract"], convert)
        if "cut" in entries:
            cut = entries["cut"]
            if type(cut) is not int or cut < 1:
                self.misfit((*key, "cut"), cut, say("a number of characters"))
            else:
                convert = conversions.first(cut, convert)
        return convert

    def _extract(self, key: Key, pattern: Any, convert: Convert | None) -> Convert | None:
        try:
            return conversions.extract(self.text(key, pattern), convert)
        except ValueError as error:
            self.problem(key, say("the regular expression is not valid: {error}", error=str(error)), say("RE2 syntax"))
            return convert

    def _separators(self, key: Key, value: Any) -> tuple[str, ...]:
        """What stands between the parts of a text; nothing for one that stays whole."""
        if value is False:
            return ()
        found = value if isinstance(value, list) else [value]
        return tuple(self.text(key, each) for each in found)

    def _kind(self, key: Key, entries: Mapping[str, Any], field: str) -> Kind:
        wanted = IMPLIED.get(field)
        timed = next((name for name in TIMED if name in entries), None)
        kind: Kind = entries.get("as", "time" if timed else wanted or "text")
        if kind not in get_args(Kind):
            return cast(Kind, self.choice((*key, "as"), kind, get_args(Kind), "text"))
        fits = (
            kind == wanted or (wanted is None and kind in ("text", "time")) or (wanted, kind) == ("number", "integer")
        )
        lists = kind == "list" and field == "tags"
        counts = kind in ("integer", "number") and field == "sequence"
        if not (fits or lists or counts or field.startswith("attributes.")):
            place = "as" if "as" in entries else str(timed)
            self.problem(
                (*key, place), say("{field} holds no {kind}", field=field, kind=kind), verbatim(wanted or "text")
            )
        if timed and kind != "time":
            self.problem((*key, timed), say("this is for times, not for a {kind}", kind=kind))
        if "decimal" in entries and kind not in ("integer", "number"):
            self.problem((*key, "decimal"), say("this is for numbers, not for a {kind}", kind=kind))
        return kind

    def _of_kind(
        self, key: Key, entries: Mapping[str, Any], field: str, column: ByColumn, kind: Kind
    ) -> Convert | None:
        if kind == "boolean":
            return conversions.boolean
        if kind == "time":
            convert = self._time(key, entries, column)
            return convert if IMPLIED.get(field) == "time" else conversions.time_text(convert)
        if kind in ("integer", "number"):
            decimal = self.usual.decimal
            if "decimal" in entries:
                decimal = self.choice((*key, "decimal"), entries["decimal"], (".", ","), ".")
            if kind == "integer":
                return conversions.integer(decimal)
            column.decimal.used = decimal is None
            return conversions.number(decimal or column.decimal)
        return conversions.text if entries.get("as") == "text" else None

    def _time(self, key: Key, entries: Mapping[str, Any], column: ByColumn) -> Convert:
        form = self.text((*key, "format"), entries["format"]) if "format" in entries else None
        if form is not None and "%" not in form and form not in EPOCHS:
            wanted = say('such as "%d/%m/%Y %H:%M", or one of {names}', names=Listed(EPOCHS))
            self.problem((*key, "format"), say("{form} is not a form of a time", form=shown(form)), wanted)
        column.order.used = form is None
        zone = self.zone((*key, "zone"), entries["zone"]) if "zone" in entries else self.usual.zone
        name = key_text(key)
        return conversions.time(form, zone, column.order, lambda what: self.heard.update([f"{name}: {what}"]))

    def _table(self, key: Key, entries: Mapping[str, Any], field: str, convert: Convert | None) -> Convert | None:
        table, otherwise = entries["map"], entries.get("otherwise", "refuse")
        if not isinstance(table, dict) or not table:
            self.misfit((*key, "map"), table, say("texts of the file and their values"))
            return convert
        if otherwise not in get_args(Otherwise):
            self.choice((*key, "otherwise"), otherwise, get_args(Otherwise), "refuse")
            return convert
        for text, value in table.items():
            if value is not None:
                self.fits((*key, "map", text), field, value)
        return conversions.table(table, otherwise, convert)

    def fits(self, key: Key, field: str, value: Any) -> None:
        """A problem where the body of a case could not hold this value in this field."""
        if field == "tags" and not isinstance(value, list):
            value = [value]
        outer, _, inner = field.partition(".")
        body = {"subject": "-", outer: {inner: value} if inner else value}
        try:
            to_body(body)
        except TocsinError as error:
            self.problem(key, say("{field} cannot be {value}", field=field, value=shown(value)), error.wanted)
