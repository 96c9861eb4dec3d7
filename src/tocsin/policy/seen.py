"""The facts as conditions see them: folded copies of their texts, and of a message only its sender's own words.

What is stored, shown and quoted stays as it was written.
"""

from functools import lru_cache
from sys import intern
from typing import Any

from tocsin.core.texts import fold, fold_lines, spaced
from tocsin.policy.evidence import own_words
from tocsin.policy.expressions.limits import MAX_TEXT
from tocsin.policy.facts import LIMITS, Facts, cut
from tocsin.policy.markup import text_of

Variables = dict[str, dict[str, Any]]

_SHORT = 50  # characters
_READ = 4 * MAX_TEXT  # characters of a message that are looked at for its sender's own words


def seen(facts: Facts) -> tuple[Variables, bool]:
    """`case`, with `text` added, and `account`; and whether the message was too long to be read to its end."""
    case = _folded(facts["case"], "case")
    text, whole = case["subject"], True
    body = facts["case"].get("body")
    if body is not None:
        message = text_of(body)
        own = spaced(own_words(fold_lines(message[:_READ]), text).strip())
        text = f"{text}\n{own}"
        read = cut(text)
        whole = read is text and len(message) <= _READ
        text = read
        case["body"] = cut(own)
    case["text"] = text
    return {"case": case, "account": _folded(facts["account"], "account")}, whole


def _folded(record: dict[str, Any], name: str) -> dict[str, Any]:
    found = record.copy()
    for field, value in record.items():
        kind = value.__class__
        if kind is str:
            if field != "body":
                found[field] = _short(value) if len(value) <= _SHORT else _long(value, f"{name}.{field}")
        elif kind is list:
            found[field] = [_value(each) for each in value]
        elif kind is dict:
            found[field] = _map(value)
    return found


@lru_cache(maxsize=4096)
def _short(text: str) -> str:
    """Names and the like come again and again. Interned, they are the very constants of conditions, and quick to
    compare."""
    return intern(fold(text.strip()))


def _long(text: str, path: str = "") -> str:
    """At most as long as conditions expect: few texts grow when they are folded."""
    return fold(text.strip())[: LIMITS.get(path, MAX_TEXT)]


def _value(value: Any) -> Any:
    kind = value.__class__
    if kind is str:
        return _short(value) if len(value) <= _SHORT else _long(value)
    if kind is dict:
        return _map(value)
    return [_value(each) for each in value] if kind is list else value


def _map(value: dict[str, Any]) -> dict[str, Any]:
    """By folded keys. Of keys that fold to one, the one that is written so counts, else the first."""
    found: dict[str, Any] = {}
    for key, item in value.items():
        folded = _value(key)
        if folded == key or folded not in found:
            found[folded] = _value(item)
    return found
