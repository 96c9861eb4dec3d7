"""The names that expressions of a mapping may use: `row` in a file; `delivery`, `item` and `headers` in JSON."""

from collections.abc import Mapping
from typing import Any

from tocsin.policy.expressions import DYN, MAP, STRING, Environment, Expression, Type, compile_expression
from tocsin.policy.expressions.errors import Refusal
from tocsin.policy.expressions.parser import parse
from tocsin.policy.expressions.syntax import Call, Has, Literal, Name, Node, Select, walk

_DEEPEST = 64  # levels of JSON that expressions look into


class FormulaNames:
    """What expressions may use. Texts are compared as they are written."""

    def __init__(self, names: Mapping[str, Type]) -> None:
        self._environment = Environment(names)
        self._of_row = "row" in names

    def compiled(self, text: str, expected: Type) -> Expression:
        """ExpressionError says what is wrong, and where."""
        return compile_expression(text, self._environment, expected)

    def columns(self, text: str) -> list[str]:
        """The columns of a file that a sound expression names: `row.Status`, `row["Issue key"]`."""
        if not self._of_row:
            return []
        try:
            found = [_column(node) for node in walk(parse(text))]
        except (Refusal, RecursionError):
            return []
        return [name for name in dict.fromkeys(found) if name is not None]


ROW = FormulaNames({"row": MAP(STRING, STRING)})
DELIVERY = FormulaNames({"delivery": DYN, "headers": MAP(STRING, STRING)})
ITEM = FormulaNames({"delivery": DYN, "item": DYN, "headers": MAP(STRING, STRING)})


def without_nulls(value: Any, depth: int = 0) -> Any:
    """A JSON value as expressions see it: what is null is missing."""
    if depth > _DEEPEST:
        return value
    if isinstance(value, dict):
        return {key: without_nulls(item, depth + 1) for key, item in value.items() if item is not None}
    return [without_nulls(item, depth + 1) for item in value] if isinstance(value, list) else value


def _column(node: Node) -> str | None:
    match node:
        case Select(operand=Name(name="row"), field=field) | Has(operand=Name(name="row"), field=field):
            return field
        case Call(function="_[_]", arguments=(Name(name="row"), Literal(value=str() as name))):
            return name
    return None
