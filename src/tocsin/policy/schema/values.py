"""Values of the schema as one writes them into a policy: YAML on one line, within Markdown."""

import json
import re
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_][\w /.-]*|\d+(s|m|h|d|bd|x7)")
_NOT_TEXT = frozenset({"true", "false", "null"})


def code(value: Any) -> str:
    """As code."""
    return f"`{flow(value)}`"


def flow(value: Any) -> str:
    """As YAML on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{flow(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(flow(inner) for inner in value) + "]"
        case str():
            return _text(value)
    return json.dumps(value)


def _text(value: str) -> str:
    if _PLAIN.fullmatch(value) and value not in _NOT_TEXT:
        return value
    return f"'{value}'" if "'" not in value else json.dumps(value, ensure_ascii=False)
