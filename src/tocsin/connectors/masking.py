"""What of a delivery may be kept: all but its secrets."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from tocsin.core import canonical

MASK = "***"
_HEADER = re.compile("authorization|cookie|token|secret|signature|password|api-?key")
_KEY = re.compile(
    "(^|[-_])(authorization|password|passwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|routing[-_]?key"
    "|credentials?|cookie)$"
)
_WORDS = re.compile("(?<=[a-z0-9])(?=[A-Z])")  # where a word of apiKey begins


def headers(given: Mapping[str, str], secret: Collection[str]) -> dict[str, str]:
    """`secret`: names of headers that hold one, besides those that commonly do."""
    return {name: MASK if name in secret or _HEADER.search(name) else value for name, value in given.items()}


def body(raw: bytes, payload: Any) -> bytes:
    """The delivery as it came, unless it holds secrets: then the JSON of `payload`, with each of them masked."""
    masked = _masked(payload)
    return raw if masked == payload else canonical.encode(masked)


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: MASK if _secret(name, inner) else _masked(inner) for name, inner in value.items()}
    return [_masked(inner) for inner in value] if isinstance(value, list) else value


def _secret(name: str, value: Any) -> bool:
    return isinstance(value, str) and value != "" and _KEY.search(_WORDS.sub("_", name).lower()) is not None
