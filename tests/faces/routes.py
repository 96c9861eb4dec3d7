"""The routes of the application."""

from typing import Any

from tocsin.api.app import application


def routes(method: str) -> list[str]:
    """Every route of this method, as the application describes them."""
    described: dict[str, dict[str, Any]] = application().openapi()["paths"]
    return sorted(path for path, methods in described.items() if method in methods)
