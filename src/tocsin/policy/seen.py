"""The facts as conditions see them: folded copies of their texts, and of a message only its sender's own words.

What is stored, shown and quoted stays as it was written.
"""

from typing import Any

from tocsin.core.texts import fold
from tocsin.policy.evidence import own_words
from tocsin.policy.expressions.limits import MAX_TEXT
from tocsin.policy.facts import LIMITS, Facts, cut

Variables = dict[str, dict[str, Any]]

_READ = 4 * MAX_TEXT  # characters of a message that are looked at for its sender's own words


def seen(facts: Facts) -> tuple[Variables, bool]:
    """`case`, with `text` added, and `account`; and whether the message was too long to be read to its end."""
    case = _folded(facts["case"], "case")
    text, whole = case["subject"], True
    body = facts["case"].get("body")
    if body is not None:
        own = own_words(fold(body[:_READ]), text)
        text = f"{text}\n{own}"
        read = cut(text)
        whole = read is text and len(body) <= _READ
        text = read
        case["body"] = cut(own)
    case["text"] = text
    return {"case": case, "account": _folded(facts["account"], "account")}, whole


def _folded(record: dict[str, Any], name: str) -> dict[str, Any]:
    found = record.copy()
    for field, value in record.items():
        kind = value.__class__
        if kind is str and field != "body":
            value = value.strip()
            # The limit bounds the cost of conditions; few texts grow when they are folded.
            found[field] = value.lower() if value.isascii() else fold(value)[: LIMITS.get(f"{name}.{field}")]
        elif kind is list:
            found[field] = [_value(each) for each in value]
        elif kind is dict:
            found[field] = _map(value)
    return found


def _value(value: Any) -> Any:
    match value:
        case str():
            return fold(value.strip())[:MAX_TEXT]
        case dict():
            return _map(value)
        case list():
            return [_value(each) for each in value]
    return value


def _map(value: dict[str, Any]) -> dict[str, Any]:
    """By folded keys. Of keys that fold to one, the one that is written so counts, else the first."""
    found: dict[str, Any] = {}
    for key, item in value.items():
        folded = fold(key.strip())
        if folded == key or folded not in found:
            found[folded] = _value(item)
    return found
