"""What is logged where nobody can be told of an alarm."""

from typing import Any

from structlog.testing import capture_logs

from tocsin.core.clock import MINUTE
from tocsin.notify.alarms import Alarms
from tocsin.tools.alarms import AGAIN


def test_that_nobody_can_be_told_is_logged_once_an_hour() -> None:
    nobody: Any = None
    alarms = Alarms(nobody, nobody)
    with capture_logs() as logged:
        for minute in range(0, 61, 5):
            alarms._complain(minute * MINUTE)
        assert len(logged) == 1 + 60 * MINUTE // AGAIN
    assert {line["event"] for line in logged} == {"alarm.nobody_reachable"}
