"""A second reading of the specification: a tree walker, as plain as can be, to hold the compiled code against.

It shares the parser, the checker's elaborated trees and the functions on single values with the code under test, and
nothing of the translation: evaluation order, absorption of errors, macros, missing fields and scopes are its own.
"""

from collections.abc import Mapping
from typing import Any

from tocsin.policy.expressions import EvaluationError
from tocsin.policy.expressions.functions import FUNCTIONS
from tocsin.policy.expressions.syntax import (
    Call,
    Conditional,
    DeclaredField,
    Has,
    HasField,
    ListOf,
    Literal,
    Logic,
    MacroLoop,
    MapOf,
    Name,
    Node,
    Select,
)


def interpret(node: Node, variables: Mapping[str, Any], scope: Mapping[str, Any] | None = None) -> Any:
    scope = scope or {}
    match node:
        case Literal(value=value):
            return value
        case Name(name=name):
            return scope[name]
        case DeclaredField(path=path):
            return _field(variables, path)
        case HasField(path=(*above, last)):
            return last in (_field(variables, tuple(above)) if above else variables)
        case Select(operand=operand, field=field):
            container = interpret(operand, variables, scope)
            if not isinstance(container, dict) or field not in container:
                raise EvaluationError(f"no {field}")
            return container[field]
        case Has(operand=operand, field=field):
            container = interpret(operand, variables, scope)
            if not isinstance(container, dict):
                raise EvaluationError("no map")
            return field in container
        case ListOf(elements=elements):
            return [interpret(element, variables, scope) for element in elements]
        case MapOf(entries=entries):
            pairs = [(interpret(key, variables, scope), interpret(value, variables, scope)) for key, value in entries]
            if len(dict(pairs)) < len(pairs):
                raise EvaluationError("a key twice")
            return dict(pairs)
        case Conditional(test=test, then=then, otherwise=otherwise):
            return interpret(then if _bool(interpret(test, variables, scope)) else otherwise, variables, scope)
        case Logic(operator=operator, terms=terms):
            return _decide([(term, scope) for term in terms], variables, decisive=operator == "||")
        case MacroLoop():
            return _loop(node, variables, scope)
        case Call(function=function, arguments=arguments):
            return FUNCTIONS[function].run(*(interpret(argument, variables, scope) for argument in arguments))
    raise AssertionError(node)


def _field(variables: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = variables
    for name in path:
        if name not in value:
            raise EvaluationError(f"{'.'.join(path)} is missing")
        value = value[name]
    return value


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise EvaluationError("no bool")
    return value


def _decide(terms: list[tuple[Node, Mapping[str, Any]]], variables: Mapping[str, Any], decisive: bool) -> bool:
    """Any term that decides does so; else an error, if there was one, is the result."""
    errors = []
    for term, scope in terms:
        try:
            if _bool(interpret(term, variables, scope)) is decisive:
                return decisive
        except EvaluationError as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return not decisive


def _loop(node: MacroLoop, variables: Mapping[str, Any], scope: Mapping[str, Any]) -> Any:
    items = interpret(node.items, variables, scope)
    if not isinstance(items, list | dict) or len(items) > 100:
        raise EvaluationError("nothing to walk over")
    scopes = [{**scope, node.variable: item} for item in items]
    if node.macro in ("all", "exists"):
        assert node.predicate
        return _decide([(node.predicate, inner) for inner in scopes], variables, decisive=node.macro == "exists")
    chosen = [inner for inner in scopes if node.predicate is None or _bool(interpret(node.predicate, variables, inner))]
    if node.macro == "exists_one":
        return len(chosen) == 1
    if node.macro == "map":
        # Predicates and results take turns, so that the first error is the same one.
        assert node.result
        return [interpret(node.result, variables, inner) for inner in chosen]
    return [inner[node.variable] for inner in chosen]
