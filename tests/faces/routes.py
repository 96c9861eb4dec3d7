"""The routes of the application, and its commands."""

from typing import Any

from tocsin.api.app import application


def routes(method: str) -> list[str]:
    """Every route of this method, as the application describes them."""
    described: dict[str, dict[str, Any]] = application().openapi()["paths"]
    return sorted(path for path, methods in described.items() if method in methods)


def commands() -> dict[str, Any]:
    """Every command without commands of its own, by its name."""
    from typer.main import get_command

    from tocsin.cli.app import COMMANDS, app

    group: Any = get_command(app)
    found: dict[str, Any] = {}
    for name in COMMANDS:
        command = group.get_command(None, name)
        below: dict[str, Any] = getattr(command, "commands", {})
        named = {f"{name} {inner}": one for inner, one in below.items() if not one.hidden}  # hidden: a second name
        found |= named or {name: command}
    return found
