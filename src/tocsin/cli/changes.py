"""What the options of a `change` command ask for."""

from typing import Any

from tocsin.cli.output import wrong_use


def named(given: dict[str, Any], nullable: set[str], otherwise: str) -> dict[str, Any]:
    """What an option names; an empty text stands for none, where that is possible."""
    changes = {key: value for key, value in given.items() if value is not None}
    if not changes:
        wrong_use(otherwise)
    return {key: None if value == "" and key in nullable else value for key, value in changes.items()}
