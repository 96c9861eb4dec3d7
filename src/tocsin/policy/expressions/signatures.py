"""Which meaning a call has for the types of its arguments, and of which type the result is."""

from dataclasses import dataclass
from difflib import get_close_matches

from tocsin.core.wording import say
from tocsin.policy.expressions.errors import Refusal
from tocsin.policy.expressions.functions import ARITHMETIC, CALLABLE, EQUALITIES, FUNCTIONS, RELATIONS, mixed_name
from tocsin.policy.expressions.syntax import Call
from tocsin.policy.expressions.types import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    SCALARS,
    Type,
    accepts,
    common,
    comparable,
    is_list,
    is_map,
)

_MACROS = {"has": "has(case.priority)"} | {
    name: f"list.{name}(x, ...)" for name in ("all", "exists", "exists_one", "map", "filter")
}


@dataclass(frozen=True, slots=True)
class Signature:
    """The operation to run, the types it wants its arguments as, and the type of its result."""

    function: str
    parameters: tuple[Type, ...]
    result: Type


def signature(node: Call, given: tuple[Type, ...]) -> Signature:
    """Raises Refusal where the function has no meaning for these types."""
    name = node.function
    if name in EQUALITIES or name in RELATIONS:
        return Signature(name, given, _relation(node, *given))
    if name == "@in":
        return Signature(name, given, _membership(node, *given))
    if name == "_[_]":
        return Signature(name, given, _element(node, *given))
    if name == "_+_" and all(map(is_list, given)):
        return Signature(name, given, _concatenation(node, *given))
    return _overload(node, given)


def is_known(node: Call) -> bool:
    """Whether there is such a function, and it is called the right way: f(x) or x.f()."""
    function = FUNCTIONS.get(node.function)
    style = "member" if node.member else "free"
    return function is not None and (style in function.styles or node.function not in CALLABLE)


def is_defined(node: Call) -> bool:
    """Whether there is such a function for so many arguments: without static types, a call of any other fails."""
    return is_known(node) and FUNCTIONS[node.function].takes(len(node.arguments))


def check_known(node: Call) -> None:
    """Raises Refusal where there is no such function."""
    if not is_known(node):
        raise _no_function(node)


def _no_function(node: Call) -> Refusal:
    name = node.function
    if name in _MACROS or name in CALLABLE:
        member = name in CALLABLE and "member" in FUNCTIONS[name].styles
        form = _MACROS.get(name) or (f"x.{name}(...)" if member else f"{name}(x)")
        return Refusal(say("{name} is called in another way", name=name), node.offset, form)
    if close := get_close_matches(name, [*CALLABLE, *_MACROS], n=1, cutoff=0.6):
        return Refusal(
            say("there is no function {name}: did you mean {close}?", name=name, close=close[0]), node.offset
        )
    known = ", ".join(function for function in CALLABLE if not function.startswith("get"))
    return Refusal(say("there is no function {name}", name=name), node.offset, say("one of {names}", names=known))


def _relation(node: Call, one: Type, other: Type) -> Type:
    sign = node.function.strip("_")
    if not comparable(one, other):
        raise Refusal(
            say("{sign} compares {one} with {other}", sign=sign, one=str(one), other=str(other)),
            node.offset,
            say("operands of one type"),
        )
    if node.function in RELATIONS and not {one, other} <= SCALARS | {DYN}:
        raise Refusal(
            say("{sign} has no meaning for {one}", sign=sign, one=str(one)),
            node.offset,
            say("numbers, strings, times or bools"),
        )
    return BOOL


def _membership(node: Call, value: Type, container: Type) -> Type:
    if not (container == DYN or is_list(container) or is_map(container)):
        raise Refusal(
            say("in looks into a {container}", container=str(container)), node.offset, say("a list or map after in")
        )
    if container.parameters and not comparable(value, container.parameters[0]):
        raise Refusal(
            say("in looks for a {value} in a {container}", value=str(value), container=str(container)),
            node.offset,
            str(container.parameters[0]),
        )
    return BOOL


def _element(node: Call, container: Type, key: Type) -> Type:
    if container == DYN:
        return DYN
    if is_list(container):
        wanted, result = INT, container.parameters[0]
    elif is_map(container):
        wanted, result = container.parameters
    else:
        raise Refusal(
            say("{container} has no elements", container=str(container)), node.offset, say("a list or map before [")
        )
    if not accepts(wanted, key):
        raise Refusal(
            say("a {container} is asked for a {key}", container=str(container), key=str(key)), node.offset, str(wanted)
        )
    return result


def _concatenation(node: Call, one: Type, other: Type) -> Type:
    both = common(one, other)
    if both is None:
        raise Refusal(
            say("+ joins {one} and {other}", one=str(one), other=str(other)), node.offset, say("lists of one type")
        )
    return both


def _overload(node: Call, given: tuple[Type, ...]) -> Signature:
    """The one overload that fits; where dyn leaves several, the choice is made at run time."""
    name, overloads = node.function, FUNCTIONS[node.function].overloads
    strict = [overload for overload in overloads if _fits(overload.parameters, given)]
    widened = [overload for overload in overloads if _fits(overload.parameters, given, name in ARITHMETIC)]
    candidates = widened if DYN in given else strict or widened
    if not candidates:
        shown, types = name.strip("_"), ", ".join(map(str, given))
        forms = " or ".join(f"({', '.join(map(str, overload.parameters))})" for overload in overloads)
        raise Refusal(say("{shown} has no meaning for ({types})", shown=shown, types=types), node.offset, forms)
    if len(candidates) == 1:
        return Signature(name, candidates[0].parameters, candidates[0].result)
    results = {candidate.result for candidate in candidates}
    chosen = mixed_name(name) if name in ARITHMETIC else name
    return Signature(chosen, given, results.pop() if len(results) == 1 else DYN)


def _fits(wanted: tuple[Type, ...], given: tuple[Type, ...], widening: bool = False) -> bool:
    return len(wanted) == len(given) and all(
        accepts(parameter, argument) or (widening and (parameter, argument) == (DOUBLE, INT))
        for parameter, argument in zip(wanted, given, strict=True)
    )
