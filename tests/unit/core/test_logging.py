"""A log that cannot be written ends nothing."""

import sys
from collections.abc import Iterator

import pytest
import structlog

from tocsin.core import logging


@pytest.fixture
def unconfigured() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.skipif(sys.platform != "linux", reason="no /dev/full")
def test_a_log_on_a_full_disk_ends_nothing(monkeypatch: pytest.MonkeyPatch, unconfigured: None) -> None:
    full = open("/dev/full", "w", buffering=1)  # noqa: SIM115
    monkeypatch.setattr(sys, "stderr", full)
    logging.configure()
    structlog.get_logger("another").warning("read.failed", why="it is full")
    with pytest.raises(OSError, match="No space left"):  # what is still held
        full.close()
    structlog.get_logger("a third").warning("read.failed", why="it is closed")
