"""Fixtures for every test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.testing import Databases, PostgreSQL

# A revision is tried on the same cases wherever and whenever it is tried; `make soak` looks for others.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("others", deadline=None)
settings.load_profile(os.environ.get("TOCSIN_HYPOTHESIS", "same"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Other people's cases: at TOCSIN_SHARED_DATA, or beside the checkout. They are not part of the project."""
    folder = Path(os.environ.get("TOCSIN_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the shared data are not at {folder}; name their folder in TOCSIN_SHARED_DATA")
    return folder


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    """A PostgreSQL server that the tests start themselves, or that TOCSIN_TEST_POSTGRESQL names."""
    server = PostgreSQL(tmp_path_factory.mktemp("postgresql"), os.environ.get("TOCSIN_TEST_POSTGRESQL"))
    yield server
    server.close()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Every test that takes it runs on both databases."""
    folder = tmp_path_factory.mktemp(request.param)
    server = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    return Databases(request.param, folder, server)


@pytest.fixture
def database_url(databases: Databases) -> str:
    """A fresh database at the newest revision."""
    return databases.new()
