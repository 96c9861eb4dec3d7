"""Conditions of a policy in words: `severity is critical and the account's revenue is at least 250,000`. Pure.

The usual shapes are said in words; a condition that has any other is shown as it is written.
"""

import re
from typing import Any

from tocsin.core.wording import Listed, Number, Said, counted, marked, one_of, say, verbatim
from tocsin.policy.expressions.errors import Refusal
from tocsin.policy.expressions.parser import parse
from tocsin.policy.expressions.syntax import Call, Has, ListOf, Literal, Logic, MacroLoop, Name, Node, Select, dotted

FACTS = {
    "case.subject": marked("the subject"),
    "case.body": marked("the message"),
    "case.text": marked("the text"),
    "case.tags": marked("the tags"),
    "case.users_affected": marked("the number of users affected"),
    "case.priority": marked("the priority"),
    "case.sentiment": marked("the sentiment"),
    "case.source": marked("the source"),
    "case.product_area": marked("the product area"),
    "case.type": marked("the type"),
    "case.url": marked("the address"),
    "case.severity": marked("the severity"),
    "account.external_id": marked("the account"),
    "account.name": marked("the account's name"),
    "account.segment": marked("the account's segment"),
    "account.plan": marked("the account's plan"),
    "account.region": marked("the account's region"),
    "account.language": marked("the account's language"),
    "account.arr": marked("the account's revenue"),
    "account.renewal": marked("the account's renewal"),
    "decision.level": marked("the level"),
    "decision.score": marked("the score"),
    "decision.evidence": marked("the evidence"),
}
"""What people call the facts that conditions may name."""

_COMPARED = {
    "_==_": marked("{fact} is {value}"),
    "_!=_": marked("{fact} is not {value}"),
    "_<_": marked("{fact} is below {value}"),
    "_<=_": marked("{fact} is at most {value}"),
    "_>_": marked("{fact} is above {value}"),
    "_>=_": marked("{fact} is at least {value}"),
}
_TURNED = {"_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_", "_==_": "_==_", "_!=_": "_!=_"}
_SEARCHED = {
    "contains": marked("{fact} contains {value}"),
    "startsWith": marked("{fact} begins with {value}"),
    "endsWith": marked("{fact} ends with {value}"),
}
_JOINTS = {"&&": marked(" and "), "||": marked(" or ")}
_SHOWN = 4  # words of a pattern
_ESCAPED = re.compile(r"\\[A-Za-z]")
_CLASS = re.compile(r"\[\^?(\w?)[^\]]*\]")
_WORD = re.compile(r"[^\W\d_]{4,}")


class _Unsaid(Exception):
    """A shape for which there are no words."""


def condition(source: str) -> Said:
    """A condition of a policy that was read, in words."""
    try:
        return _said(parse(source))
    except (_Unsaid, Refusal):
        return verbatim(source)


def fact(path: str) -> Said:
    """What people call a fact."""
    return say(FACTS[path]) if path in FACTS else verbatim(path)


def _said(node: Node, within: bool = False) -> Said:
    """A condition; `within`: among others, so that what it joins stands in brackets."""
    match node:
        case Logic(operator=operator, terms=terms):
            joined = Listed([_said(term, True) for term in terms], _JOINTS[operator])
            return say("({given})" if within else "{given}", given=joined)
        case Call(function="!_", arguments=(Has() as there,)):
            return say("{fact} is not known", fact=_fact(Select(there.offset, there.operand, there.field)))
        case Call(function="!_", arguments=(other,)):
            return say("it is not so that {condition}", condition=_said(other, True))
        case Has(operand=operand, field=field):
            return say("{fact} is known", fact=_fact(Select(node.offset, operand, field)))
        case Call(function="@in", arguments=(Literal(value=value), there)):
            return _among(there, one_of([_value(value)]))
        case Call(function="@in", arguments=(there, ListOf(elements=elements))):
            return say("{fact} is {value}", fact=_fact(there), value=_any(elements))
        case MacroLoop(macro="exists", items=items, variable=variable, predicate=predicate):
            return _among(items, _chosen(variable, predicate))
        case Call(function="matches", arguments=(there, Literal(value=str(pattern)))):
            return _pattern(_fact(there), pattern)
        case Call(function=function, arguments=(there, Literal(value=value))) if function in _SEARCHED:
            return Said(_SEARCHED[function], {"fact": _fact(there), "value": _value(value)})
        case Call(function=function, arguments=(there, Literal(value=value))) if function in _COMPARED:
            return Said(_COMPARED[function], {"fact": _fact(there), "value": _value(value)})
        case Call(function=function, arguments=(Literal(value=value), there)) if function in _COMPARED:
            return Said(_COMPARED[_TURNED[function]], {"fact": _fact(there), "value": _value(value)})
    raise _Unsaid


def _fact(node: Node) -> Said:
    match node:
        case Call(function="_[_]", arguments=(operand, Literal(value=str(name)))) if dotted(operand) == _ATTRIBUTES:
            return say("the attribute {name}", name=name)
        case Select(operand=operand, field=name) if dotted(operand) == _ATTRIBUTES:
            return say("the attribute {name}", name=name)
    path = dotted(node)
    if path not in FACTS:
        raise _Unsaid
    return say(FACTS[path])


_ATTRIBUTES = "case.attributes"


def _among(items: Node, value: Any) -> Said:
    """That something is in a list."""
    if dotted(items) == "case.tags":
        return say("it is tagged {value}", value=value)
    return say("{value} is among {fact}", value=value, fact=_fact(items))


def _chosen(variable: str, predicate: Node | None) -> Any:
    """Which elements a loop looks for."""
    match predicate:
        case Call(function="@in", arguments=(Name(name=name), ListOf(elements=elements))) if name == variable:
            return _any(elements)
        case Call(function="_==_", arguments=(Name(name=name), Literal(value=value))) if name == variable:
            return _value(value)
    raise _Unsaid


def _any(elements: tuple[Node, ...]) -> Said:
    values = [_value(element.value) for element in elements if isinstance(element, Literal)]
    if len(values) < len(elements) or not values:
        raise _Unsaid
    return one_of(values)


def _value(value: Any) -> Any:
    match value:
        case bool():
            return say("true") if value else say("false")
        case int() | float():
            return Number(value)
        case str():
            return value
    raise _Unsaid


def _pattern(what: Said, pattern: str) -> Said:
    """A search, by the first words that it looks for; as it is written where it looks for none."""
    plain = _CLASS.sub(r"\1", _ESCAPED.sub(" ", pattern))
    words = list(dict.fromkeys(_WORD.findall(plain)))
    if not words:
        return say("{fact} is like {pattern}", fact=what, pattern=pattern)
    if len(words) <= _SHOWN:
        return say("{fact} has words such as {words}", fact=what, words=one_of(words))
    more = counted("{amount} more", "{amount} more", len(words) - _SHOWN)
    return say("{fact} has words such as {words} and {more}", fact=what, words=Listed(words[:_SHOWN]), more=more)
