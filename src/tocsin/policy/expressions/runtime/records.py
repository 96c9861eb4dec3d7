"""Reading declared fields from the variables, with the errors that name them."""

from collections.abc import Mapping
from typing import Any, NoReturn

from tocsin.policy.expressions.errors import EvaluationError

Variables = Mapping[str, Any]


def variable(variables: Variables, name: str) -> Any:
    if name in variables:
        return variables[name]
    raise EvaluationError(f"{name} is missing")


def field(variables: Variables, path: tuple[str, ...]) -> Any:
    """The value of a declared field. One that is absent or None (JSON null) is missing."""
    value: Any = variables
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
        if value is None:
            raise EvaluationError(f"{'.'.join(path)} is missing")
    return value


def has_field(variables: Variables, path: tuple[str, ...]) -> bool:
    try:
        field(variables, path)
    except EvaluationError:
        return False
    return True


def unknown_function(name: str) -> NoReturn:
    raise EvaluationError(f"there is no function {name}")


def unexpected(error: Exception) -> EvaluationError:
    """What is left after every type has been checked: a value nested deeper than Python's stack."""
    return EvaluationError(f"the facts cannot be evaluated: {type(error).__name__}: {error}")
