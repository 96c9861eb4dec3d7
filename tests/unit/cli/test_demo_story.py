"""What the demonstration claims on the terminal is what its pages say."""

import io
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from tocsin.cli.demo.story import Story
from tocsin.cli.demo.summary import at_once
from tocsin.core import instants


def told(tell: Any) -> str:
    console = Console(file=io.StringIO(), width=200)
    tell(Story(console, ZoneInfo("America/New_York")))
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def acknowledge(outcome: str | None, settled: str | None) -> dict[str, Any]:
    run = {"clock": "acknowledge", "cycle": 1, "due_at": "2026-11-23T14:15:00Z", "outcome": outcome}
    return {"number": 12, "clocks": [run | {"settled_at": settled}]}


@pytest.mark.parametrize(
    ("case", "says"),
    [
        (acknowledge("met", "2026-11-23T14:10:00Z"), "; 5 m before the target"),
        (acknowledge("breached", "2026-11-23T14:15:00Z"), "; late by 1 h 45 m"),
        (acknowledge("cancelled", "2026-11-23T14:15:00Z"), ""),
        (acknowledge(None, None), ""),
    ],
)
def test_a_missed_target_is_never_said_to_be_met(case: dict[str, Any], says: str) -> None:
    at = instants.from_text("2026-11-23T16:00:00Z")
    text = told(lambda story: story.acknowledged(at, case, "jonas", 7_200_000_000))
    assert text.rstrip().endswith(f"jonas has it, 2 h after it came in{says}")


def test_times_are_those_of_the_office() -> None:
    says = "containment is due at 2026-11-23T16:45:17.772289Z"
    text = told(
        lambda story: story.noticed(instants.from_text("2026-11-23T16:00:00Z"), {"number": 1}, "warning", says, "lea")
    )
    assert "containment is due at 11:45; told lea" in text


def test_only_a_page_that_was_due_with_its_ticket_says_how_fast_pages_are() -> None:
    taken = instants.from_text("2026-03-02T09:00:00Z")
    prompt, later = ({"kind": "page", "queued_at": f"2026-03-02T{at}Z"} for at in ("09:00:00", "09:02:00"))
    notice = {"kind": "notice", "queued_at": "2026-03-02T09:00:00Z"}
    assert at_once([later, prompt], taken)
    assert not at_once([later], taken), "it waited for triage"
    assert not at_once([notice, later], taken)
    assert not at_once([], taken)
