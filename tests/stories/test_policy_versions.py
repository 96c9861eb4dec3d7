"""Versions of the policy: in force from the time their activation names, reverted in one step, kept by their cases."""

from typing import Any

import pytest

from tests.stories.starter import activate
from tests.testing import World, world
from tocsin.core.clock import HOUR, MINUTE
from tocsin.core.errors import Conflict, InvalidDocument, InvalidInput, NotFound
from tocsin.policy import starters, versions

OUTAGE: dict[str, Any] = {"subject": "API is down", "body": "Everything is down for all users", "users_affected": 5000}
STRICTER = starters.text().replace("contain: 4h", "contain: 3h", 1)


def revert(here: World) -> versions.Activation:
    installation = here.installation
    return installation.writer.write(
        lambda tx: versions.revert(tx, installation.mint, installation.journal, by="user:admin", reason="a test")
    )


def withdraw(here: World, activation: int) -> versions.Activation:
    installation = here.installation
    mint, journal = installation.mint, installation.journal
    return installation.writer.write(
        lambda tx: versions.withdraw(tx, mint, journal, activation, by="user:admin", reason="a test")
    )


def activations(here: World) -> list[versions.Activation]:
    """The newest first."""
    with here.installation.database.reading() as tx:
        return list(versions.load(tx).activations)


def decided_by(case: dict[str, Any]) -> int:
    import json

    return int(json.loads(bytes(case["decision"]))["policy_version"])


def test_a_version_is_in_force_from_its_time_and_each_case_keeps_its_own(database_url: str) -> None:
    here = world(database_url, starters.text())
    first = here.open(**OUTAGE)
    version = activate(here, STRICTER, after=HOUR)
    before = here.open(**OUTAGE)
    here.forward(HOUR - 1)
    still = here.open(**OUTAGE)
    here.clock.advance(1)
    after = here.open(**OUTAGE)
    assert [decided_by(case) for case in (first, before, still, after)] == [1, 1, 1, version]

    revert(here)
    back = here.open(**OUTAGE)
    assert decided_by(back) == 1
    with here.installation.database.reading() as tx:
        kept: dict[int, int] = dict(tx.rows("SELECT number, policy_version FROM cases"))
    assert kept == {1: 1, 2: 1, 3: 1, 4: version, 5: 1}
    here.installation.close()


def test_an_activation_to_come_can_be_withdrawn(database_url: str) -> None:
    here = world(database_url, starters.text())
    version = activate(here, STRICTER, after=HOUR)
    coming, first = activations(here)
    assert withdraw(here, coming.id).version == version
    here.forward(2 * HOUR)
    assert decided_by(here.open(**OUTAGE)) == 1
    with pytest.raises(Conflict, match="no earlier activation"):
        revert(here)
    with pytest.raises(Conflict, match="withdrawn already"):
        withdraw(here, coming.id)
    with pytest.raises(Conflict, match="is in force since"):
        withdraw(here, first.id)
    with pytest.raises(NotFound, match="no such activation"):
        withdraw(here, 5)
    here.installation.close()


def test_reverting_withdraws_what_is_in_force_and_not_what_was_made_last(database_url: str) -> None:
    here = world(database_url, starters.text())
    stricter = activate(here, STRICTER)
    coming = activate(here, STRICTER.replace("contain: 3h", "contain: 2h", 1), after=HOUR)
    assert decided_by(here.open(**OUTAGE)) == stricter
    assert revert(here).version == stricter
    assert decided_by(here.open(**OUTAGE)) == 1
    with pytest.raises(Conflict, match="no earlier activation"):
        revert(here)
    here.forward(HOUR)
    assert decided_by(here.open(**OUTAGE)) == coming
    here.installation.close()


def test_the_same_document_is_the_same_version(database_url: str) -> None:
    here = world(database_url, starters.text())
    assert activate(here, starters.text()) == 1
    assert activate(here, STRICTER) == activate(here, STRICTER)
    here.installation.close()


@pytest.mark.parametrize(
    ("change", "refused", "says"),
    [
        (("acknowledge: 15m", "acknowledge: soon"), InvalidDocument, "duration"),
        (("team: billing", "team: nobody"), InvalidDocument, "nobody"),
        (("level: executive", "level: senior"), (InvalidInput, InvalidDocument), ""),
    ],
)
def test_what_does_not_hold_is_not_activated(
    database_url: str, change: tuple[str, str], refused: type[Exception], says: str
) -> None:
    here = world(database_url, starters.text())
    source = starters.text()
    head, mark, examples = source.partition("\nexamples:")
    broken = (
        head.replace(*change, 1) + mark + examples if change[0] in head else head + mark + examples.replace(*change, 1)
    )
    with pytest.raises(refused, match=says):
        activate(here, broken)
    assert decided_by(here.open(**OUTAGE)) == 1
    with here.installation.database.reading() as tx:
        assert tx.rows("SELECT count(*) FROM policy_versions") == [(1,)]
    here.installation.close()


def test_no_activation_in_the_past_and_no_version_that_is_not_there(database_url: str) -> None:
    here = world(database_url, starters.text())
    with pytest.raises(Conflict, match="has passed"):
        activate(here, STRICTER, after=-MINUTE)
    with here.installation.database.reading() as tx, pytest.raises(NotFound, match="no policy version 99"):
        versions.source_of(tx, 99)
    here.installation.close()
