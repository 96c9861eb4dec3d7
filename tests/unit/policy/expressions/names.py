"""A small environment and facts for tests of single rules."""

from typing import Any

from tocsin.policy.expressions import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    LIST,
    MAP,
    STRING,
    TIMESTAMP,
    Environment,
    Expression,
    Type,
    compile_expression,
)

ENVIRONMENT = Environment(
    {
        "case": {
            "subject": STRING,
            "body": STRING,
            "text": STRING,
            "severity": STRING,
            "type": STRING,
            "tags": LIST(STRING),
            "users_affected": INT,
            "vip": BOOL,
            "opened": TIMESTAMP,
            "attributes": MAP(STRING, DYN),
        },
        "account": {"plan": STRING, "arr": DOUBLE},
        "score": DOUBLE,
    }
)


def compiled(source: str, expected: Type = BOOL) -> Expression:
    return compile_expression(source, ENVIRONMENT, expected)


def value(source: str, variables: dict[str, Any] | None = None) -> Any:
    return compiled(source, DYN).function(variables or {})


def case(**fields: Any) -> dict[str, Any]:
    return {"case": fields, "account": {}}
