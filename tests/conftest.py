"""Fixtures for every test."""

import os
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from tests import examples, recorded
from tests.testing import Databases, PostgreSQL, memory
from tocsin.people import passwords
from tocsin.policy import versions
from tocsin.policy.check import check
from tocsin.policy.examples import run_examples
from tocsin.policy.model import Document
from tocsin.policy.names import Names

examples.choose()

if (in_memory := memory()) is not None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", in_memory)

# Every HTTP client reads the certificates of the world when it is made, 50 ms each; no test needs them. A file of them
# comes before a folder.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = tempfile.gettempdir()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Whatever starts that server is known to `-k postgresql`, where its name does not say so."""
    if "postgresql" in getattr(item, "fixturenames", ()):
        item.extra_keyword_matches.add("postgresql")


@pytest.fixture(scope="session", autouse=True)
def passwords_are_cheap() -> Iterator[None]:
    """A password takes 64 MiB and 50 ms on purpose: tests/unit/people/test_passwords.py has the real ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "Argon2Hasher", partial(Argon2Hasher, time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def a_policy_is_checked_once() -> Iterator[None]:
    """What is wrong with a text is the same each time, and what its examples give: some texts are put in force by a
    thousand tests. What `check` finds is tested where nothing is kept."""
    found: dict[Any, Any] = {}
    ran: dict[str, Any] = {}

    def check_once(document: Document, names: Names | None = None) -> Any:
        key = (document.source, names and tuple(map(frozenset, names)))
        if key not in found:
            found[key] = check(document, names)
        return found[key]

    def run_once(document: Document) -> Any:
        if document.source not in ran:
            ran[document.source] = run_examples(document)
        return ran[document.source]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(versions, "check", check_once)
        patch.setattr(versions, "run_examples", run_once)
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Other people's cases: at TOCSIN_SHARED_DATA, or beside the checkout."""
    if not recorded.FOLDER.is_dir():
        pytest.skip(recorded.MISSING)
    return recorded.FOLDER


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
    return Databases(
        request.param, folder, server, folder.parent.parent if "PYTEST_XDIST_WORKER" in os.environ else None
    )


@pytest.fixture(autouse=True)
def what_a_test_makes_goes_with_it(request: pytest.FixtureRequest) -> Iterator[None]:
    """Databases of a test are dropped after it; those of a module, which are made before this, stay."""
    if "databases" not in request.fixturenames:
        yield
        return
    databases: Databases = request.getfixturevalue("databases")
    made = databases.made
    yield
    databases.drop_after(made)


@pytest.fixture
def database_url(databases: Databases) -> str:
    """A fresh database at the newest revision."""
    return databases.new()
