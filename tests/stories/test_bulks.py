"""What one request did to many cases is undone together."""

from typing import Any

from tests.stories.conftest import Stage
from tests.stories.process import QUESTION, SLOW, act, at, opened, state
from tests.testing import World
from tocsin.cases import acting, bulks, verbs
from tocsin.cases.acting import Done
from tocsin.core import ids
from tocsin.core.clock import MINUTE
from tocsin.core.errors import NotAllowed
from tocsin.ledger import journal
from tocsin.ledger.chain import of_thing

MONDAY = at("2026-03-02T09:00:00Z")


def carry_out(here: World, plans: dict[int, acting.Plan], verb: str = "hold") -> tuple[Any, int | None]:
    desk = here.installation.desk

    def write(tx: Any) -> tuple[Any, int | None]:
        became = acting.act_many(tx, desk, plans)
        return became, bulks.keep(tx, desk.mint, desk.journal, verb, became, "user:anna")

    return here.installation.writer.write(write, cases=list(plans))


def test_each_case_keeps_the_event_by_which_it_is_undone(stage: Stage) -> None:
    here = stage(start=MONDAY)
    cases = [opened(here, QUESTION), opened(here, SLOW), opened(here, QUESTION)]
    here.forward(MINUTE)
    act(here, cases[2], verbs.hold(here.viewer("bo"), "held before"))
    here.forward(MINUTE)
    became, bulk = carry_out(here, dict.fromkeys(cases, verbs.hold(here.viewer("anna"), "a release")))
    assert isinstance(became[cases[2]], NotAllowed)
    here.forward(MINUTE)
    act(here, cases[1], verbs.resume(here.viewer("bo")))
    here.forward(MINUTE)
    with here.installation.database.reading() as tx:
        kept = bulks.named(tx, ids.to_text(bulk or 0))
    assert (kept.verb, list(kept.events)) == ("hold", cases[:2])
    desk, anna = here.installation.desk, here.viewer("anna")

    def take_back(tx: Any) -> Any:
        plans = {case: verbs.undo(anna, event) for case, event in kept.events.items()}
        became = acting.act_many(tx, desk, plans)
        bulks.undone(tx, desk.journal, kept.id, anna.actor)
        return became

    became = here.installation.writer.write(take_back, cases=cases)
    assert isinstance(became[cases[0]], Done)
    assert str(became[cases[1]]) == "undo: since then: the hold ended; the new times of its clocks"
    assert [state(here, case).case.held_at is None for case in cases] == [True, True, False]
    with here.installation.database.reading() as tx:
        assert [event.kind for event in journal.read(tx, of_thing(kept.id))] == ["bulk.done", "bulk.undone"]


def test_nothing_is_kept_of_what_did_nothing(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, QUESTION)
    _, bulk = carry_out(here, {case: verbs.resume(here.viewer("anna"))})
    assert bulk is None
