"""What events say: whoever writes one with a field that is wrong, missing or unknown fails there, and whatever was
stored is read. `payloads.jsonl` has payloads of every kind as stories of an earlier revision stored them."""

from typing import Any

import msgspec
import pytest

from tests.unit.stored import STORED
from tocsin.core import canonical
from tocsin.events import KEPT, KINDS, listed, sentence
from tocsin.ledger.kinds import EventKind, Happening

FIRST = {one["kind"]: one["payload"] for one in reversed(STORED)}
TYPED = [kind.happening for kind in KINDS.values() if kind.happening is not None]
WRONG: Any = [[[]]]  # fits no field of any kind


def names(kind: type[Happening]) -> dict[str, str]:
    """The fields of a struct by their names in the payload."""
    return dict(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))


def defaults(kind: type[Happening]) -> dict[str, Any]:
    """What stands in its payload where a writer leaves a field out."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    made = {name: one.default_factory for name, one in fields.items() if one.default_factory is not msgspec.NODEFAULT}
    return {name: one.default for name, one in fields.items()} | {name: make() for name, make in made.items()}


def said(kind: type[Happening]) -> dict[str, Any]:
    """The arguments of a struct as it was stored."""
    stored = FIRST[kind.KIND]
    return {name: stored[field] for field, name in names(kind).items() if field in stored}


def name_of(kind: type[Happening]) -> str:
    return kind.KIND


def test_every_kind_was_stored() -> None:
    assert {one["kind"] for one in STORED} == KINDS.keys()


@pytest.mark.parametrize("one", STORED, ids=lambda one: one["kind"])
def test_what_was_stored_is_read_and_would_be_stored_again(one: dict[str, Any]) -> None:
    kind, body = KINDS[one["kind"]], canonical.encode(one["payload"])
    assert one["payload"].keys() <= set(kind.fields)
    assert sentence(one)
    if kind.happening is not None:
        read = kind.happening.read(body)
        assert read == msgspec.json.decode(body, type=kind.happening), "it is read as it stands"
        if not kind.happening.FIELDS:
            again = msgspec.json.decode(read.event().body or b"")
            left_out = {field: defaults(kind.happening)[field] for field in again.keys() - one["payload"].keys()}
            assert again == one["payload"] | left_out


@pytest.mark.parametrize("kind", TYPED, ids=name_of)
def test_a_missing_or_unknown_field_fails_at_the_writer(kind: type[Happening]) -> None:
    whole = said(kind)
    kind(**whole)
    with pytest.raises(TypeError, match="colour"):
        kind(**whole, colour="red")
    for field in msgspec.structs.fields(kind):
        if field.required:
            with pytest.raises(TypeError, match=field.name):
                kind(**{name: value for name, value in whole.items() if name != field.name})


@pytest.mark.parametrize("kind", TYPED, ids=name_of)
def test_a_wrong_value_fails_at_the_writer(kind: type[Happening]) -> None:
    whole = said(kind)
    for field, name in names(kind).items():
        with pytest.raises(TypeError, match=rf"{kind.KIND}: .*\$\.{field}"):
            kind(**whole | {name: WRONG}).event()


def test_a_wrong_name_inside_of_a_field_fails_at_the_writer() -> None:
    inside = {"clocks.started": "clocks", "case.alerted": "notified", "path.stepped": "notified"}
    for kind in TYPED:
        if field := inside.get(kind.KIND):
            whole = said(kind)
            more = [one | {"colour": "red"} for one in whole[field]]
            fewer = [{name: value for name, value in one.items() if name not in ("cycle", "why")} for one in more]
            for wrong in (more, fewer):
                with pytest.raises(TypeError, match=rf"{kind.KIND}: .*\$\.{field}"):
                    kind(**whole | {field: wrong}).event()


@pytest.mark.parametrize("kind", TYPED, ids=name_of)
def test_a_payload_of_another_time_is_read(kind: type[Happening]) -> None:
    """One that lacks a field, or has more than are known."""
    stored = FIRST[kind.KIND]
    assert kind.read(canonical.encode(stored | {"colour": "red"})) == kind.read(canonical.encode(stored))
    for field, name in names(kind).items():
        older = {other: value for other, value in stored.items() if other != field}
        read = kind.read(canonical.encode(older))
        assert getattr(read, name) in (None, msgspec.UNSET, defaults(kind).get(field))


def test_what_is_administered_takes_no_unknown_field() -> None:
    for each in KEPT:
        with pytest.raises(TypeError, match=rf"{each.beginning} has no field colour"):
            each.begun(tuple(1 if column.name == "id" else None for column in each.table.columns), "cli", colour="red")


def test_a_kind_that_somebody_else_declares_is_known_and_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KINDS, "_found", dict(KINDS._found))

    class Celebrated(Happening):
        KIND, TITLE = "party.celebrated", "Somebody celebrated"

        cake: str

    kind: EventKind = KINDS["party.celebrated"]
    assert (kind.says, kind.fields, kind.happening) == ("Somebody celebrated", ("cake",), Celebrated)
    assert kind in listed()
    assert sentence({"kind": kind.name, "payload": {"cake": "apple"}}) == "Somebody celebrated"
