"""One condition says what needs somebody: Now, the API, the command line and the metrics show the same cases."""

import json
from random import Random
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.cli import run
from tests.stories.starter import OUTAGE, STARTER, act
from tests.testing import SECRET, World, world
from tocsin.cases import verbs
from tocsin.cases.queries import board
from tocsin.cases.queries.needs import NEEDS
from tocsin.cli.access import Local
from tocsin.core import ids
from tocsin.core.clock import HOUR
from tocsin.core.errors import TocsinError
from tocsin.intake import importing
from tocsin.intake.importing import Row
from tocsin.people.permissions import SYSTEM

VERBS = (
    lambda here, chance: verbs.acknowledge(here.viewer("carl")),
    lambda here, chance: verbs.assign(here.viewer("lea"), "bo"),
    lambda here, chance: verbs.raise_(here.viewer("lea"), "senior", "it hurts"),
    lambda here, chance: verbs.lower(here.viewer("lea"), "standard", "it does not"),
    lambda here, chance: verbs.resolve(here.viewer("carl"), None),
    lambda here, chance: verbs.resolve(here.viewer("anna"), None),
    lambda here, chance: verbs.hold(here.viewer("anna"), "they are away"),
    lambda here, chance: verbs.note(here.viewer("anna"), "hm"),
    lambda here, chance: verbs.reopen(here.viewer("carl"), "again"),
)


def populate(here: World, seed: int) -> None:
    """Cases of all kinds, live and imported, that had some of everything happen to them."""
    chance = Random(seed)
    installation = here.installation
    cases: list[int] = []
    for number in range(30):
        body: dict[str, Any] = {"subject": f"Question {number}", "external_id": f"T-{number}"}
        if chance.random() < 0.5:
            body = OUTAGE | {"external_id": f"T-{number}", "users_affected": chance.choice((0, 50, 5000))}
        if chance.random() < 0.4:
            state = chance.choice(("open", "open", "resolved", "closed"))
            row = Row(2, body | {"source": "old"}, f"{number:02x}", state)  # type: ignore[arg-type]
            [became] = importing.take([row], SYSTEM, installation.writer, installation.take)
            assert isinstance(became, importing.Became)
            assert became.case is not None
            cases.append(became.case)
        else:
            cases.append(ids.from_text(here.open(**body)["id"]))
    for _ in range(40):
        if chance.random() < 0.2:
            here.forward(chance.randrange(HOUR))
        try:
            act(here, chance.choice(cases), chance.choice(VERBS)(here, chance))
        except TocsinError:
            continue  # not every case allows everything


@pytest.mark.parametrize("seed", range(3))
def test_now_lists_commands_and_metrics_agree(database_url: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    here = world(database_url, STARTER)
    populate(here, seed)
    installation = here.installation
    with installation.database.reading() as tx:
        severities = {"critical": 0, "high": 1, "medium": 2, "low": 3}
        seen = board.look(tx, SYSTEM, severities, here.clock.now(), 200)
        live: dict[int, bool] = dict(tx.rows("SELECT number, imported FROM cases WHERE state = 'open'"))
    api = Local(installation, SYSTEM)
    page = {row.state.case.number for row in (*seen.escalated, *seen.unowned)}
    listed = {need: _numbers(api.get("/cases", needs=need, limit=200)) for need in NEEDS}
    assert page <= listed["somebody"]
    assert {need: len(found) for need, found in listed.items()} == {need: seen.counts[need] for need in NEEDS}
    assert listed["somebody"] == set().union(*(listed[need] for need in NEEDS if need != "somebody"))
    assert not [number for number in listed["somebody"] if live[number]], "imported history needs nobody"
    assert seen.counts["open"] == len([number for number, imported in live.items() if not imported])
    metrics = text_string_to_metric_families(api.ask("GET", "/../../metrics").text)
    gauges = {sample.labels["why"]: sample.value for family in metrics for sample in family.samples if _of(sample)}
    assert gauges.pop("any") == len(listed["somebody"])
    assert gauges == {need: len(listed[need]) for need in NEEDS if need != "somebody"}
    installation.close()

    monkeypatch.setenv("TOCSIN_DATABASE_URL", database_url)
    monkeypatch.setenv("TOCSIN_SECRET_KEY", SECRET)
    found = run("case", "list", "--needs", "somebody", "--limit", "200", "--json")
    assert _numbers(json.loads(found.out)) == listed["somebody"]


def test_another_need_is_refused(database_url: str) -> None:
    here = world(database_url, STARTER)
    with pytest.raises(TocsinError, match="needs"):
        Local(here.installation, SYSTEM).get("/cases", needs="love")
    here.installation.close()


def _of(sample: Any) -> bool:
    return bool(sample.name == "tocsin_needs_somebody")


def _numbers(found: Any) -> set[int]:
    return {case["number"] for case in found["cases"]}
