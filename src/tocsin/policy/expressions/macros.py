"""Macros: calls that the parser turns into trees of their own (CEL, "Macros")."""

from tocsin.core.wording import say
from tocsin.policy.expressions.errors import Refusal
from tocsin.policy.expressions.syntax import Call, Has, MacroLoop, Name, Node, Select


def expanded(call: Call) -> Node:
    """The macro's tree, or the call itself where it is none: a macro needs its name and its number of arguments."""
    arguments = call.arguments
    if call.function == "has" and not call.member and len(arguments) == 1:
        return _has(call)
    if not call.member:
        return call
    match call.function, arguments:
        case ("all" | "exists" | "exists_one" | "filter") as macro, (items, variable, predicate):
            return MacroLoop(call.offset, macro, items, _variable(variable), predicate)
        case "map", (items, variable, result):
            return MacroLoop(call.offset, "map", items, _variable(variable), None, result)
        case "map", (items, variable, predicate, result):
            return MacroLoop(call.offset, "map", items, _variable(variable), predicate, result)
    return call


def _has(call: Call) -> Has:
    match call.arguments:
        case (Select(operand=operand, field=field),):
            return Has(call.offset, operand, field)
    raise Refusal(
        say("has() asks whether a field is there"), call.arguments[0].offset, say("a field, as in has(case.priority)")
    )


def _variable(node: Node) -> str:
    if isinstance(node, Name) and not node.absolute:
        return node.name
    raise Refusal(
        say("the first argument of a macro names its variable"), node.offset, say("a plain name, as in (t, t == 1)")
    )
