"""Recorded cases of other products: one test for each. They are not part of the project."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Case = dict[str, Any]

FOLDER = Path(os.environ.get("TOCSIN_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")
MISSING = f"the shared data are not at {FOLDER}; name their folder in TOCSIN_SHARED_DATA"


def read(subject: str) -> list[Case]:
    """The cases of a subject, as their file lists them; none where there is no file."""
    path = FOLDER / subject / "cases.json"
    listed: list[Case] = json.loads(path.read_text())["cases"] if path.is_file() else []
    return listed


def each(subject: str, chosen: Callable[[Case], bool] = lambda case: True) -> list[Any]:
    """A parameter for each of the chosen cases, named as the case is; without the data one that is skipped and says
    so."""
    found = [pytest.param(case, id=case["id"]) for case in read(subject) if chosen(case)]
    return found or [pytest.param(None, id="none", marks=pytest.mark.skip(reason=MISSING))]
