"""Policy documents for the tests: a whole one, a least one, and ways to spoil them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tocsin.core.errors import InvalidDocument, Problem
from tocsin.policy.document import parse

ACME = (Path(__file__).parent / "acme.yaml").read_text()

LEAST = """\
name: Least
default_severity: normal
taxonomy:
  severities:
    normal: {targets: {assign: 1h, resolve: 3bd}}
score:
  size: {weight: 100, from: case.users_affected, curve: [[0, 0], [1000, 1]]}
levels:
  executive: {at: 80, path: all}
  senior: {at: 60, path: all}
route:
  - {id: all, team: support}
paths:
  all: {leader: lead:team, steps: [{notify: [lead:team]}]}
"""


def problems_of(text: str) -> tuple[Problem, ...]:
    """The problems for which a document is refused; none where it is accepted."""
    try:
        parse(text)
    except InvalidDocument as error:
        return error.problems
    return ()


def changed(text: str, *replacements: tuple[str, str]) -> str:
    """The text with each old piece, which must be there, replaced."""
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def line_of(text: str, piece: str) -> int:
    """The line, from 1, in which a piece of text first stands."""
    return text[: text.index(piece)].count("\n") + 1


def data_of(text: str) -> Any:
    """The document as plain values, read by the library alone."""
    return YAML(typ="safe", pure=True).load(text)


def properties(node: Any) -> Iterator[dict[str, Any]]:
    """Every mapping of properties in a schema."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            yield node["properties"]
        for value in node.values():
            yield from properties(value)
    elif isinstance(node, list):
        for value in node:
            yield from properties(value)


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a document."""
    if place:
        yield place
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*place, index))
