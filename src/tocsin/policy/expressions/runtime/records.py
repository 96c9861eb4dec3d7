"""Reading declared fields from the variables, with the errors that name them."""

from collections.abc import Mapping
from typing import Any, NoReturn

from tocsin.policy.expressions.errors import EvaluationError
from tocsin.policy.expressions.faults import fault

Variables = Mapping[str, Any]


def variable(variables: Variables, name: str) -> Any:
    if name in variables:
        return variables[name]
    raise absent(name)


def absent(path: str) -> EvaluationError:
    """What is said of a fact that is not there, as `faults` has it: everyday business, so without a table."""
    return EvaluationError(f"{path} is missing", missing=path)


def field(variables: Variables, path: tuple[str, ...], missing: str, name: str) -> Any:
    """The value of a declared field, which errors call `name`. One that is absent or None (JSON null) is missing, which
    `missing` says."""
    value = _found(variables, path)
    if value is None:
        raise EvaluationError(missing, missing=name)
    return value


def has_field(variables: Variables, path: tuple[str, ...]) -> bool:
    return _found(variables, path) is not None


def _found(variables: Variables, path: tuple[str, ...]) -> Any:
    value: Any = variables
    for name in path:
        if value is None:
            return None
        value = value.get(name)
    return value


def unknown_function(name: str) -> NoReturn:
    raise fault("no-function", name=name)


UNFORESEEN = (ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError)
"""What Python raises of its own: by facts nested deeper than its stack, or a record that is no mapping."""


def unforeseen(error: Exception) -> EvaluationError:
    return fault("unforeseen", error=f"{type(error).__name__}: {error}")
