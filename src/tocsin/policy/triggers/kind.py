"""What a kind of trigger is, and what it sees of a case. Pure."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from tocsin.core.texts import fold
from tocsin.core.wording import Said
from tocsin.policy.expressions.runtime.patterns import Matcher
from tocsin.policy.model import Kind, Trigger
from tocsin.policy.triggers.keys import Key

Numbers = Mapping[str, Any]
Where = Literal["case", "count", "surge", "course"]
"""Who brings the numbers: the case itself; whoever takes it in, who counts others, or compares with what is usual; or
what has become of it since."""


class Looked(NamedTuple):
    """What a trigger sees: the facts as conditions see them, what speaks for them, the numbers that were handed in for
    it, and by name the patterns that it asked to be looked for in the text."""

    variables: Mapping[str, Mapping[str, Any]]
    evidence: str
    given: Numbers | None
    matchers: Mapping[str, Sequence[Matcher]] = {}


class Fired(NamedTuple):
    """Why it fires: a code of its kind, and the numbers."""

    code: str
    values: Numbers


class Unread(NamedTuple):
    """It cannot tell, because a fact is not what it needs."""

    fact: str
    says: str


Look = Callable[[Trigger, Looked], Fired | Unread | None]
Fault = tuple[str, Said, Said | None]
"""The key, what is wrong, what was expected."""


def _without(trigger: Trigger) -> Mapping[str, Sequence[str]]:
    return {}


def _sound(trigger: Trigger) -> tuple[Fault, ...]:
    return ()


class TriggerKind(NamedTuple):
    """`says`: what it does, a sentence; `told`: by code why it fired; `sentence`: when it fires, each part with the key
    that it needs; `of`: whom it asks for where the policy does not say; `one_of`: keys of which one at least is
    there; `check`: what else is wrong with one; `patterns`: by name, what it looks for in the
    text, all of them in one pass; where none of them is found it does not fire."""

    name: str
    says: str
    keys: tuple[Key, ...]
    required: tuple[str, ...]
    told: Mapping[str, str]
    sentence: tuple[tuple[str, str], ...]
    look: Look
    where: Where = "case"
    of: Kind = "technical"
    one_of: tuple[str, ...] = ()
    needs_when: bool = False
    check: Callable[[Trigger], tuple[Fault, ...]] = _sound
    patterns: Callable[[Trigger], Mapping[str, Sequence[str]]] = _without


@lru_cache(256)
def _path(fact: str) -> tuple[str, ...]:
    return tuple(map(fold, fact.split(".")))


def read(variables: Mapping[str, Any], fact: str) -> Any:
    """The fact at a path, as conditions see it; None where it is missing."""
    value: Any = variables
    for part in _path(fact):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
