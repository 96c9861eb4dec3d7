"""Lists and maps (CEL, "Aggregate Values" and "Field Selection")."""

from typing import Any

from tocsin.policy.expressions.faults import fault
from tocsin.policy.expressions.limits import MAX_LIST
from tocsin.policy.expressions.runtime.comparison import entry
from tocsin.policy.expressions.runtime.records import absent
from tocsin.policy.expressions.runtime.values import no_overload, type_name


def boolean(value: Any) -> bool:
    """The operand of a logical operator, which is a bool or an error."""
    if type(value) is bool:
        return value
    raise fault("no-condition", type=type_name(value))


def negation(value: Any) -> bool:
    return not boolean(value)


def size(value: Any) -> int:
    """Characters of a string (code points), elements of a list, entries of a map."""
    if type(value) in (str, list, dict):
        return len(value)
    raise no_overload("size", value)


def index(container: Any, key: Any) -> Any:
    """`a[b]`: a list counts from 0, and takes a double that is whole; a map is asked for a key."""
    if type(container) is list and type(key) in (int, float):
        if key == key // 1 and 0 <= key < len(container):
            return container[int(key)]
        raise fault("no-element", key=key, size=len(container))
    if type(container) is dict and type(key) in (bool, int, float, str):
        found = entry(container, key)
        if found is None:
            raise fault("no-key", key=repr(str(key)[:80]))
        return found[0]
    raise no_overload("[]", container, key)


def select(container: Any, field: str, path: str) -> Any:
    """`a.b`; `path` names the whole in the message."""
    if type(container) is not dict:
        raise fault("no-fields", path=path, type=type_name(container))
    if field not in container:
        raise absent(path)
    return container[field]


def has(container: Any, field: str) -> bool:
    if type(container) is not dict:
        raise no_overload("has", container)
    return field in container


def elements(value: Any) -> list[Any]:
    """What a macro walks over: the elements of a list, the keys of a map."""
    if type(value) not in (list, dict):
        raise fault("nothing-to-walk", type=type_name(value))
    if len(value) > MAX_LIST:
        raise fault("too-many", size=len(value), most=MAX_LIST)
    return list(value)


def build_map(*parts: Any) -> dict[Any, Any]:
    """A map literal from its keys and values in turn."""
    built: dict[Any, Any] = {}
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        if type(key) not in (bool, int, str):
            raise no_overload("a map's key", key)
        if key in built:
            raise fault("key-twice", key=repr(str(key)[:80]))
        built[key] = value
    return built
