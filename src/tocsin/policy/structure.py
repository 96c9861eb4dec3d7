"""A document against the schema: every misfit as a problem that says what was found, where, and what was expected."""

import difflib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import jsonschema_rs

from tocsin.core.errors import Problem
from tocsin.core.wording import Listed, Said, marked, one_of, plain, say, verbatim
from tocsin.policy.schema import schema
from tocsin.policy.yaml.keys import Key, key_text
from tocsin.policy.yaml.lines import Tree

_NUMBER = re.compile(r"\+?[0-9]{1,40}")

_WORDS = {
    "string": say("text"),
    "object": say("a mapping"),
    "array": say("a list"),
    "number": say("a number"),
    "integer": say("a whole number"),
    "boolean": say("true or false"),
    "null": say("nothing"),
}
_AT_MOST = {
    "maximum": marked("at most {limit}"),
    "exclusiveMaximum": marked("less than {limit}"),
    "maxLength": marked("at most {limit} characters"),
}
_AT_LEAST = {
    "minimum": marked("at least {limit}"),
    "exclusiveMinimum": marked("more than {limit}"),
    "minLength": marked("some text"),
}
_COUNTS = dict.fromkeys(("minItems", "minProperties"), marked("at least {limit} of them")) | dict.fromkeys(
    ("maxItems", "maxProperties"), marked("at most {limit} of them")
)
_THINGS = {  # what may be named: that there is none of this name, and what was expected
    "calendar": (marked("there is no calendar {name}"), marked("a calendar of this document")),
    "duty": (marked("there is no duty {name}"), marked("a duty of this document")),
    "path": (marked("there is no path {name}"), marked("a path of this document")),
    "product area": (marked("there is no product area {name}"), marked("a product area of this document")),
    "severity": (marked("there is no severity {name}"), marked("a severity of this document")),
    "type": (marked("there is no type {name}"), marked("a type of this document")),
    "roster": (marked("there is no roster {name}"), marked("a roster that exists")),
    "team": (marked("there is no team {name}"), marked("a team that exists")),
    "user": (marked("there is no user {name}"), marked("a user that exists")),
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
            for place, says, wanted in _explain(error, key):
                yield place, Problem(says, key_text(place), tree.line(place), wanted)


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


def missing(what: str, name: str, known: Iterable[str]) -> tuple[Said, Said]:
    """That there is no calendar, no path and so on of this name, and what was expected."""
    says, wanted = _THINGS[what]
    return say(says, name=repr(name)), near(name, known) or say(wanted)


def near(name: str, known: Iterable[str]) -> Said | None:
    """What was probably meant: `team (did you mean that?)`, else the names that there are, if any."""
    names = list(known)
    close = difflib.get_close_matches(name[:100], names, n=1, cutoff=0.6)
    if close:
        return say("{name} (did you mean that?)", name=close[0])
    if not names:
        return None
    return say("one of {names}", names=Listed(names[:20])) if len(names) > 1 else verbatim(names[0])


def show(value: Any) -> str:
    """A value in a few words, in English."""
    return plain(shown(value))


def shown(value: Any) -> Said:
    """A value in a few words, for a message."""
    match value:
        case None:
            return _WORDS["null"]
        case bool():
            return verbatim(str(value).lower())
        case dict():
            return _WORDS["object"]
        case list():
            return _WORDS["array"]
        case str():
            return verbatim(repr(value if len(value) <= 60 else value[:57] + "..."))
    return verbatim(str(value)[:60])


def _explain(error: Any, key: Key) -> Iterator[tuple[Key, Said, Said | None]]:
    kind, details = error.kind.name, error.kind.as_dict()
    where = _node(error.schema_path[:-1])
    wanted = _of_schema(where.get("errorMessage"))
    value = error.instance
    match kind:
        case "additionalProperties":
            known = [name for name in where.get("properties", {}) if name not in value]
            for name in details["unexpected"]:
                yield (*key, name), say("this key is not known here"), near(name, known)
        case "required":
            name = details["property"]
            described = _described(_properties(error.schema_path[:-1]).get(name))
            yield (*key, name), say("this key is missing"), described
        case "type":
            yield key, say("found {value}", value=shown(value)), wanted or _types(where["type"])
        case "enum":
            says = say("{value} is not one of the choices", value=shown(value))
            yield key, says, _choices(value, where["enum"])
        case "pattern":
            yield key, say("{value} is not valid", value=shown(value)), wanted
        case "propertyNames":
            inner = details["error"]
            name = str(inner.instance)
            rule = _node(error.schema_path[:-1]) if "errorMessage" in where else _node(error.schema_path)
            wanted = _of_schema(rule.get("errorMessage")) or say("another name")
            yield (*key, name), say("the name {name} is not valid", name=shown(name)), wanted
        case "oneOf":
            yield key, say("these keys do not go together"), wanted
        case "uniqueItems":
            yield key, say("an entry is given twice"), say("each once")
        case _ if kind in _AT_MOST:
            yield key, say("{size} is too much", size=_size(value, kind)), _within(_AT_MOST[kind], details)
        case _ if kind in _AT_LEAST:
            yield key, say("{size} is too little", size=_size(value, kind)), _within(_AT_LEAST[kind], details)
        case _ if kind in _COUNTS:
            yield key, say("there are {amount} of them", amount=len(value)), _within(_COUNTS[kind], details)
        case _:
            yield key, verbatim(error.message[:200]), wanted


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


def _of_schema(text: str | None) -> Said | None:
    """A text of the schema, which has no places."""
    return None if text is None else Said(text, {})


def _described(node: Any) -> Said | None:
    if not isinstance(node, dict):
        return None
    text = node.get("description") or _resolved(node).get("description", "")
    sentence = text.split(". ")[0].rstrip(".")
    return (
        _of_schema(sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]) if sentence else None
    )


def texts_of_schema() -> Iterator[str]:
    """What problems quote of the schema: what it wants where something else stands, and what a key that is missing is
    for."""
    yield from dict.fromkeys(said.text for said in _quoted(_schema(), {}) if said is not None)


def _quoted(node: Any, around: dict[str, Any]) -> Iterator[Said | None]:
    """`around`: the keys of the mapping in which the node stands."""
    if isinstance(node, dict):
        own = _resolved(node).get("properties", around)
        wanted, needed = node.get("errorMessage"), node.get("required")
        yield _of_schema(wanted if isinstance(wanted, str) else None)
        for name in needed if isinstance(needed, list) else ():
            yield _described(own.get(name))
        for inner in node.values():
            yield from _quoted(inner, own)
    for inner in node if isinstance(node, list) else ():
        yield from _quoted(inner, around)


def _types(types: str | list[str]) -> Said:
    return one_of([_WORDS[each] for each in ([types] if isinstance(types, str) else types)])


def _choices(value: Any, options: list[Any]) -> Said | None:
    texts = [option for option in options if isinstance(option, str)]
    if isinstance(value, str):
        return near(value, texts)
    return say("one of {names}", names=Listed([shown(option) for option in options if option is not None]))


def _size(value: Any, kind: str) -> Said:
    return say("text of {amount} characters", amount=len(value)) if kind.endswith("Length") else shown(value)


def _within(text: str, details: dict[str, Any]) -> Said:
    return say(text, limit=_limit(details))


def _limit(details: dict[str, Any]) -> str:
    limit = details["limit"]
    return f"{limit:g}" if isinstance(limit, float) else str(limit)
