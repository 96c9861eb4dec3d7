"""What is logged where nobody can be told of an alarm."""

from typing import Any

import pytest
from structlog.testing import CapturingLogger

from tocsin.core.clock import MINUTE
from tocsin.notify import alarms as module
from tocsin.notify.alarms import Alarms
from tocsin.tools.alarms import AGAIN


def test_that_nobody_can_be_told_is_logged_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    logged = CapturingLogger()
    monkeypatch.setattr(module, "log", logged)
    nobody: Any = None
    alarms = Alarms(nobody, nobody)
    for minute in range(0, 61, 5):
        alarms._complain(minute * MINUTE)
    assert [call.args for call in logged.calls] == [("alarm.nobody_reachable",)] * (1 + 60 * MINUTE // AGAIN)
