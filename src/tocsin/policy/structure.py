"""A document against the schema: every misfit as a problem that says what was found, where, and what was expected."""

import difflib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import jsonschema_rs

from tocsin.core.errors import Problem
from tocsin.policy.schema import schema
from tocsin.policy.yaml.keys import Key, key_text
from tocsin.policy.yaml.lines import Tree

_NUMBER = re.compile(r"\+?[0-9]{1,40}")

_WORDS = {
    "string": "text",
    "object": "a mapping",
    "array": "a list",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}
_AT_MOST = {"maximum": "at most {}", "exclusiveMaximum": "less than {}", "maxLength": "at most {} characters"}
_AT_LEAST = {"minimum": "at least {}", "exclusiveMinimum": "more than {}", "minLength": "some text"}
_COUNTS = {
    "minItems": "at least {} of them",
    "maxItems": "at most {} of them",
    "minProperties": "at least {} of them",
    "maxProperties": "at most {} of them",
}


@cache
def _schema() -> dict[str, Any]:
    return schema()


@cache
def _validator() -> Any:
    return jsonschema_rs.validator_for(_schema())


def misfits(tree: Tree) -> Iterator[tuple[Key, Problem]]:
    """What in the tree's data does not fit the schema; values that the reading already refused are left out."""
    for error in _validator().iter_errors(tree.data):
        for key in _keys(tree.data, error.instance_path):
            if any(key[:length] in tree.spoiled for length in range(len(key) + 1)):
                continue
            for place, message, expected in _explain(error, key):
                yield place, Problem(message, key_text(place), tree.line(place), expected)


def _keys(data: Any, path: list[str | int]) -> list[Key]:
    """Where an error stands. The validator tells a key that looks like a number, such as `007`, as that number."""
    found: list[tuple[Key, Any]] = [((), data)]
    for part in path:
        found = [
            ((*key, name), value[name])
            for key, value in found
            for name in (_spelled(value, part) if isinstance(value, dict) and isinstance(part, int) else [part])
        ]
    return [key for key, _ in found]


def _spelled(value: dict[str, Any], number: int) -> list[str]:
    return [name for name in value if _NUMBER.fullmatch(name) and int(name) == number]


def near(name: str, known: Iterable[str]) -> str | None:
    """What was probably meant: `team (did you mean that?)`, else the names that there are, if any."""
    names = list(known)
    close = difflib.get_close_matches(name[:100], names, n=1, cutoff=0.6)
    if close:
        return f"{close[0]} (did you mean that?)"
    if not names:
        return None
    return "one of " + ", ".join(names[:20]) if len(names) > 1 else names[0]


def show(value: Any) -> str:
    """A value in a few words, for a message."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            return repr(value if len(value) <= 60 else value[:57] + "...")
    return str(value)[:60]


def _explain(error: Any, key: Key) -> Iterator[tuple[Key, str, str | None]]:
    kind, details = error.kind.name, error.kind.as_dict()
    where = _node(error.schema_path[:-1])
    expected = where.get("errorMessage")
    value = error.instance
    match kind:
        case "additionalProperties":
            known = [name for name in where.get("properties", {}) if name not in value]
            for name in details["unexpected"]:
                yield (*key, name), "this key is not known here", near(name, known)
        case "required":
            name = details["property"]
            yield (*key, name), "this key is missing", _described(_properties(error.schema_path[:-1]).get(name))
        case "type":
            yield key, f"found {show(value)}", expected or _types(where["type"])
        case "enum":
            options = [show(option) for option in where["enum"] if option is not None]
            yield key, f"{show(value)} is not one of the choices", _choices(value, where["enum"], options)
        case "pattern":
            yield key, f"{show(value)} is not valid", expected
        case "propertyNames":
            inner = details["error"]
            name = str(inner.instance)
            rule = _node(error.schema_path[:-1]) if "errorMessage" in where else _node(error.schema_path)
            yield (*key, name), f"the name {show(name)} is not valid", rule.get("errorMessage") or "another name"
        case "oneOf":
            yield key, "these keys do not go together", expected
        case "uniqueItems":
            yield key, "an entry is given twice", "each once"
        case _ if kind in _AT_MOST:
            yield key, f"{_size(value, kind)} is too much", _AT_MOST[kind].format(_limit(details))
        case _ if kind in _AT_LEAST:
            yield key, f"{_size(value, kind)} is too little", _AT_LEAST[kind].format(_limit(details))
        case _ if kind in _COUNTS:
            yield key, f"there are {len(value)} of them", _COUNTS[kind].format(_limit(details))
        case _:
            yield key, error.message[:200], expected


def _properties(path: list[str | int]) -> dict[str, Any]:
    """The keys of the mapping that a `required` speaks of; it may stand beside a reference, or in a dependency."""
    for length in range(len(path), -1, -1):
        node = _resolved(_node(path[:length]))
        if isinstance(node, dict) and "properties" in node:
            found: dict[str, Any] = node["properties"]
            return found
    return {}


def _resolved(node: Any) -> Any:
    is_reference = isinstance(node, dict) and "$ref" in node and "properties" not in node
    return _node(node["$ref"].removeprefix("#/").split("/")) if is_reference else node


def _node(path: Iterable[str | int]) -> Any:
    node: Any = _schema()
    for part in path:
        if isinstance(node, dict):
            node = node.get(str(part), {})
        else:
            node = node[int(part)] if isinstance(node, list) and int(part) < len(node) else {}
    return node


def _described(node: Any) -> str | None:
    if not isinstance(node, dict):
        return None
    text = node.get("description") or _resolved(node).get("description", "")
    sentence = text.split(". ")[0].rstrip(".")
    return sentence[:1].lower() + sentence[1:] or None


def _types(types: str | list[str]) -> str:
    return " or ".join(_WORDS[each] for each in ([types] if isinstance(types, str) else types))


def _choices(value: Any, options: list[Any], shown: list[str]) -> str | None:
    texts = [option for option in options if isinstance(option, str)]
    return near(value, texts) if isinstance(value, str) else "one of " + ", ".join(shown)


def _size(value: Any, kind: str) -> str:
    return f"text of {len(value)} characters" if kind.endswith("Length") else show(value)


def _limit(details: dict[str, Any]) -> str:
    limit = details["limit"]
    return f"{limit:g}" if isinstance(limit, float) else str(limit)
