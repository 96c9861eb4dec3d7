"""Conditions of a policy in words: `severity is critical and the account's revenue is at least 250,000`. Pure.

The usual shapes are said in words; a condition that has any other is shown as it is written.
"""

import re
from typing import Any, NamedTuple

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
    "case.language": marked("the language"),
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
    "account.products": marked("the account's products"),
    "decision.level": marked("the level"),
    "decision.score": marked("the score"),
    "decision.evidence": marked("the evidence"),
}
"""What people call the facts that conditions may name."""

_ATTRIBUTES = {"case.attributes": marked("the attribute {name}"), "account.attributes": marked("the account's {name}")}
_OF_ACCOUNT = marked("the account's {name}")
_NAMED = ("case.type", "case.product_area")
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
_SHOWN = 6  # words of a pattern
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
    if path in FACTS:
        return say(FACTS[path])
    whose, _, name = path.rpartition(".")
    text = ({"account": _OF_ACCOUNT} | _ATTRIBUTES).get(whose)
    return verbatim(path) if text is None else Said(text, {"name": name.replace("_", " ")})


def _said(node: Node, within: bool = False) -> Said:
    """A condition; `within`: among others, so that what it joins stands in brackets."""
    search = _search(node)
    if search is not None:
        return _searched(search)
    match node:
        case Logic(operator=operator, terms=terms):
            kept = [term for term in terms if operator == "||" or not _excludes(term)]
            parts = [_said(term, True) for term in kept]
            if len(kept) < len(terms):
                parts.append(say("no phrase rules it out"))
            joined = Listed(parts, _JOINTS[operator])
            return Said("({given})" if within and len(parts) > 1 else "{given}", {"given": joined})
        case Call(function="!_", arguments=(Has() as there,)):
            return say("{fact} is not known", fact=_fact(Select(there.offset, there.operand, there.field)))
        case Call(function="!_", arguments=(other,)):
            return say("it is not so that {condition}", condition=_said(other, True))
        case Has(operand=operand, field=field):
            return say("{fact} is known", fact=_fact(Select(node.offset, operand, field)))
        case Call(function="@in", arguments=(Literal(value=value), there)):
            return _among(there, one_of([_value(value)]))
        case Call(function="@in", arguments=(there, ListOf(elements=elements))):
            return say("{fact} is {value}", fact=_fact(there), value=_any(elements, there))
        case MacroLoop(macro="exists", items=items, variable=variable, predicate=predicate):
            return _among(items, _chosen(variable, predicate))
        case Call(function=function, arguments=(there, Literal(value=value))) if function in _SEARCHED:
            return Said(_SEARCHED[function], {"fact": _fact(there), "value": _value(value)})
        case Call(function=function, arguments=(there, Literal(value=value))) if function in _COMPARED:
            return Said(_COMPARED[function], {"fact": _fact(there), "value": _value(value, there)})
        case Call(function=function, arguments=(Literal(value=value), there)) if function in _COMPARED:
            return Said(_COMPARED[_TURNED[function]], {"fact": _fact(there), "value": _value(value, there)})
    raise _Unsaid


def _fact(node: Node) -> Said:
    match node:
        case Call(function="string" | "int" | "double", arguments=(inner,)):
            return _fact(inner)
        case Call(function="_[_]", arguments=(operand, Literal(value=str(name)))) if text := _attribute(operand):
            return Said(text, {"name": name})
        case Select(operand=operand, field=name) if text := _attribute(operand):
            return Said(text, {"name": name})
    path = dotted(node)
    if path not in FACTS:
        raise _Unsaid
    return say(FACTS[path])


def _attribute(operand: Node) -> str | None:
    """What an attribute is called whose map this is."""
    return _ATTRIBUTES.get(dotted(operand) or "")


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


def _any(elements: tuple[Node, ...], of: Node | None = None) -> Said:
    values = [_value(element.value, of) for element in elements if isinstance(element, Literal)]
    if len(values) < len(elements) or not values:
        raise _Unsaid
    return one_of(values)


def _value(value: Any, of: Node | None = None) -> Any:
    """`of`: the fact that has it; what policies give names to is called by these."""
    match value:
        case bool():
            return say("true") if value else say("false")
        case int() | float():
            return Number(value)
        case str():
            return value.replace("_", " ") if of is not None and dotted(of) in _NAMED else value
    raise _Unsaid


class _Search(NamedTuple):
    """A fact that is searched for patterns. `unless`: there are phrases that rule it out."""

    what: Said
    patterns: tuple[str, ...]
    unless: bool = False


def _search(node: Node) -> _Search | None:
    """A search, several of the same fact of which one is enough, or either with phrases that rule it out; None: it is
    none of these."""
    match node:
        case Call(function="matches", arguments=(there, Literal(value=str(pattern)))):
            return _Search(_fact(there), (pattern,))
        case Logic(operator="||", terms=terms):
            found = [one for term in terms if (one := _search(term)) is not None]
            if len(found) < len(terms) or len({one.what.text for one in found}) > 1:
                return None
            patterns = tuple(pattern for one in found for pattern in one.patterns)
            return _Search(found[0].what, patterns, any(one.unless for one in found))
        case Logic(operator="&&", terms=terms):
            kept = [term for term in terms if not _excludes(term)]
            found = [one for term in kept if (one := _search(term)) is not None]
            if len(kept) == len(found) == 1 and len(kept) < len(terms):
                return found[0]._replace(unless=True)
    return None


def _excludes(node: Node) -> bool:
    """Whether a term only says which phrases rule something out, or save it from that."""
    match node:
        case Call(function="!_", arguments=(other,)):
            return _search(other) is not None
        case Logic(operator="||", terms=terms):
            return any(map(_excludes, terms)) and all(_excludes(term) or _search(term) for term in terms)
    return False


def _searched(search: _Search) -> Said:
    """A search, by the first words that it looks for; as it is written where it looks for none."""
    plain = " ".join(_CLASS.sub(r"\1", _ESCAPED.sub(" ", pattern)) for pattern in search.patterns)
    words = list(dict.fromkeys(_WORD.findall(plain)))
    if not words:
        found = say("{fact} is like {pattern}", fact=search.what, pattern=Listed(search.patterns))
    elif len(words) <= _SHOWN:
        found = say("{fact} has words such as {words}", fact=search.what, words=one_of(words))
    else:
        more = counted("{amount} more", "{amount} more", len(words) - _SHOWN)
        named = Listed(words[:_SHOWN])
        found = say("{fact} has words such as {words} and {more}", fact=search.what, words=named, more=more)
    return say("{search} (no phrase rules it out)", search=found) if search.unless else found
