"""Which of the customer's own words made rules of `classify` fire, or weighed most in a suggestion, for showing them.
Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import re2

from tocsin.policy.compiled import Policy
from tocsin.policy.expressions.errors import Refusal
from tocsin.policy.expressions.parser import parse
from tocsin.policy.expressions.syntax import Call, Literal, Logic, Node, dotted
from tocsin.policy.facts import SUGGESTED

_RULE = "classify."
_TEXTS = ("case.text", "case.body", "case.subject")
_MOST = 40  # places that are marked


class Passage(NamedTuple):
    """A piece of a text; `marked` where it speaks for what was decided."""

    text: str
    marked: bool


def passages(policy: Policy, decision: Mapping[str, Any], text: str) -> list[Passage]:
    """The whole text in pieces, in their order. `decision`: as it is stored; one of older rules marks nothing that the
    policy does not have any more."""
    spans = sorted(_spans(policy, decision, text))[:_MOST]
    found, done = [], 0
    for start, end in spans:
        if end <= done:
            continue
        start = max(start, done)
        found += [Passage(text[done:start], False), Passage(text[start:end], True)]
        done = end
    return [one for one in [*found, Passage(text[done:], False)] if one.text]


def _spans(policy: Policy, decision: Mapping[str, Any], text: str) -> Iterator[tuple[int, int]]:
    fired = {rule.removeprefix(_RULE) for rule in decision["rules"] if rule.startswith(_RULE)}
    for rule in policy.document.classify:
        if rule.id in fired:
            for pattern in _patterns(rule.when):
                yield from (match.span() for match in re2.finditer(f"(?i:{pattern})", text) if match.group())
    for one in decision["facts"].get(SUGGESTED, {}).values():
        for term in one["words"] if isinstance(one, dict) else ():
            yield from (match.span() for match in re.finditer(rf"\b{re.escape(term)}\b", text, re.IGNORECASE))


def _patterns(source: str) -> Iterator[str]:
    try:
        yield from _searched(parse(source))
    except Refusal:
        return


def _searched(node: Node) -> Iterator[str]:
    """The patterns that a condition looks for; not those that rule it out."""
    match node:
        case Logic(terms=terms):
            for term in terms:
                yield from _searched(term)
        case Call(function="matches", arguments=(there, Literal(value=str(pattern)))) if dotted(there) in _TEXTS:
            yield pattern
        case Call(function="contains", arguments=(there, Literal(value=str(words)))) if dotted(there) in _TEXTS:
            yield re.escape(words)
