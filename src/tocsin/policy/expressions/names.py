"""Names and fields against an environment: what they denote, or which one was probably meant."""

from collections.abc import Collection

from tocsin.core.wording import say
from tocsin.policy.expressions.environment import Environment
from tocsin.policy.expressions.errors import Refusal
from tocsin.policy.expressions.syntax import DeclaredField, Has, HasField, Name, Node, Select
from tocsin.policy.expressions.types import DYN, STRING, Record, Type, accepts, is_map


class NameTable:
    """`hidden` below are the variables of macros, which hide names of the environment."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def record(self, node: Node, hidden: Collection[str]) -> Record | None:
        """The record that a node names, if it names one."""
        found: Record | Type | None = None
        if isinstance(node, Name) and (node.absolute or node.name not in hidden):
            found = self._environment.find(node.name)
        elif isinstance(node, Select) and (record := self.record(node.operand, hidden)):
            found = record.fields.get(node.field)
        return found if isinstance(found, Record) else None

    def variable(self, node: Name) -> tuple[DeclaredField, Type]:
        return self._field(node, node.name, self._environment.find(node.name), None)

    def field(self, node: Select, record: Record) -> tuple[DeclaredField, Type]:
        return self._field(node, f"{record.name}.{node.field}", record.fields.get(node.field), record)

    def presence(self, node: Has, record: Record) -> HasField:
        path = f"{record.name}.{node.field}"
        if node.field not in record.fields:
            raise self._unknown(path, node.operand.offset, record)
        return HasField(node.offset, tuple(path.split(".")))

    def _field(
        self, node: Name | Select, path: str, found: Type | Record | None, record: Record | None
    ) -> tuple[DeclaredField, Type]:
        offset = node.operand.offset if isinstance(node, Select) else node.offset
        if isinstance(found, Type):
            return DeclaredField(offset, tuple(path.split("."))), found
        if found is None:
            raise self._unknown(path, offset, record)
        fields = ", ".join(f"{path}.{name}" for name in list(found.fields)[:3])
        raise Refusal(
            say("{path} is a record and no value", path=path),
            offset,
            say("one of its fields, such as {fields}", fields=fields),
        )

    def _unknown(self, path: str, offset: int, record: Record | None) -> Refusal:
        if meant := self._environment.suggestion(path):
            return Refusal(say("there is no {path}: did you mean {meant}?", path=path, meant=meant), offset)
        if record:
            return Refusal(
                say("there is no {path}", path=path),
                offset,
                say("a field of {record}: {fields}", record=record.name, fields=", ".join(record.fields)),
            )
        known = ", ".join(self._environment.paths())
        return Refusal(
            say("there is no {path}", path=path),
            offset,
            say("one of {names}", names=known) if known else say("no name at all"),
        )


def selected(node: Select | Has, operand: Type) -> Type:
    """The type of `operand.field` where the operand is a value."""
    if operand == DYN:
        return DYN
    if is_map(operand) and accepts(operand.parameters[0], STRING):
        return operand.parameters[1]
    raise Refusal(
        say("{operand} has no fields", operand=str(operand)), node.offset, say("a record or map before the dot")
    )
