"""Structured logs: one event name and its facts per line, as JSON or for a person's eyes; on standard error. What
cannot be written is lost, and ends nothing."""

import logging
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog

log: Any = structlog.get_logger("tocsin")

_SECRET = ("password", "secret", "token", "authorization", "key_material")


class _StandardError:
    """As it is when something is written; it may be full, closed or gone without anybody hearing of it."""

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()


def configure(level: str = "INFO", *, json: bool = True) -> None:
    """Set up logging for this process; called once by the composition root."""
    structlog.configure(
        processors=_processors(json=json),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=_LOGGER,
        cache_logger_on_first_use=True,
    )


def _processors(*, json: bool) -> list[Any]:
    """Tracebacks are plain: those that structlog would draw show the values of variables, secrets among them."""
    renderer: Any = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer()
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_secrets,
        structlog.processors.format_exc_info,
        renderer,
    ]


def _hide_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in event:
        if any(part in name.lower() for part in _SECRET):
            event[name] = "(hidden)"
    return event


_LOGGER = structlog.PrintLoggerFactory(cast(TextIO, _StandardError()))
structlog.configure(processors=_processors(json=False), logger_factory=_LOGGER)  # of a command that sets up no logging
