"""Fixtures for every test."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Other people's cases: at TOCSIN_SHARED_DATA, or beside the checkout. They are not part of the project."""
    folder = Path(os.environ.get("TOCSIN_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the shared data are not at {folder}; name their folder in TOCSIN_SHARED_DATA")
    return folder
