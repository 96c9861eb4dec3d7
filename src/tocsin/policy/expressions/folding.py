"""Constant parts are computed once, when an expression is compiled; parts that always fail are refused then."""

from tocsin.policy.expressions.errors import EvaluationError
from tocsin.policy.expressions.faults import always
from tocsin.policy.expressions.functions import FUNCTIONS
from tocsin.policy.expressions.syntax import Call, Conditional, Literal, Logic, Node


def folded(node: Node) -> Node:
    """The node, or the constant or the smaller node that it always equals. Its children are folded already."""
    match node:
        case Call(arguments=arguments) if all(isinstance(argument, Literal) for argument in arguments):
            return _call(node)
        case Logic():
            return _logic(node)
        case Conditional(test=Literal(value=held)):
            return node.then if held else node.otherwise
    return node


def _call(node: Call) -> Node:
    values = [argument.value for argument in node.arguments if isinstance(argument, Literal)]
    try:
        return Literal(node.offset, FUNCTIONS[node.function].run(*values))
    except EvaluationError as error:
        raise always(error, node.offset) from None


def _logic(node: Logic) -> Node:
    """`false && x` is false whatever x is, an error included (CEL, "Logical Operators")."""
    decisive = node.operator == "||"
    open_terms = []
    for term in node.terms:
        if not isinstance(term, Literal):
            open_terms.append(term)
        elif term.value is decisive:
            return Literal(node.offset, decisive)
    if not open_terms:
        return Literal(node.offset, not decisive)
    return open_terms[0] if len(open_terms) == 1 else Logic(node.offset, node.operator, tuple(open_terms))
