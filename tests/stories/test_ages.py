"""How old a case is beside past ones like it: told once a day, of enough cases, and of open ones alone."""

import pytest

from tests.stories.starter import STARTER, act, opened
from tests.testing import World, world
from tocsin.cases import ages, store, verbs
from tocsin.cases.ages import Ages
from tocsin.cases.aggregate import Case
from tocsin.core.clock import DAY, HOUR


def grown(there: World, hours: int) -> int:
    """A case that was over when it was so old."""
    case = opened(there, {"subject": f"How do we rename a report, {hours}?", "external_id": f"T-{hours}"})
    there.forward(hours * HOUR)
    act(there, case, verbs.resolve(there.viewer("lea"), "done"))
    return case


def test_the_age_of_an_open_case_is_held_against_past_ones(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ages, "ENOUGH", 4)
    there = world(database_url, STARTER)
    over = [grown(there, hours) for hours in (1, 2, 3)]
    tell(there)
    assert known(there) == {}
    over.append(grown(there, 4))
    tell(there)
    young = opened(there, {"subject": "How do we delete a report?", "external_id": "T-young"})
    [(alike, found)] = known(there).items()
    assert found == Ages(3 * HOUR, 4 * HOUR, 4 * HOUR)
    assert quartiles(there, [young, *over]) == [1, None, None, None, None]
    assert alike == ("standard", cases(there, [young])[0].severity)
    there.forward(3 * HOUR + 1)
    assert quartiles(there, [young]) == [2]
    there.forward(HOUR)
    assert quartiles(there, [young]) == [4]


def tell(there: World) -> None:
    """As it is done once a day."""
    [job] = [job for job in there.installation.watch.recurring.jobs if job.name == "tell how old cases grow"]
    assert job.every == DAY
    job.run()


def known(there: World) -> ages.Known:
    with there.installation.database.reading() as tx:
        return ages.known(tx)


def cases(there: World, wanted: list[int]) -> list[Case]:
    with there.installation.database.reading() as tx:
        return [store.load(tx, case).case for case in wanted]


def quartiles(there: World, wanted: list[int]) -> list[int | None]:
    found, now = known(there), there.clock.now()
    return [ages.quartile(found, case, now) for case in cases(there, wanted)]
