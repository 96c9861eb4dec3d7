"""A case for which nothing more would happen is not forgotten."""

from itertools import pairwise

from tests.stories import process as p
from tests.stories.conftest import Stage
from tocsin.cases import verbs
from tocsin.core.clock import DAY, HOUR, MINUTE


def test_an_open_case_is_told_again_ever_higher(stage: Stage) -> None:
    here = stage()
    case = p.opened(here, {"subject": "How do we rename it?", "type": "question", "external_id": "T-1"})
    p.act(here, case, verbs.assign(here.viewer("lea"), "anna"))
    here.forward(40 * DAY)
    assert {run.outcome for run in p.state(here, case).clocks} == {"met", "breached"}
    found = p.told(here, case, "still_open")
    assert len(found) >= 3
    assert found[0][1] != [], "somebody hears of it"
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(found)]
    assert set(gaps) == {DAY}


def test_work_on_it_brings_it_back_to_those_who_work(stage: Stage) -> None:
    here = stage()
    case = p.opened(here, {"subject": "How do we rename it?", "type": "question", "external_id": "T-1"})
    p.act(here, case, verbs.assign(here.viewer("lea"), "anna"))
    here.forward(40 * DAY)
    before = len(p.told(here, case, "still_open"))
    p.act(here, case, verbs.note(here.viewer("anna"), "They will tell us on Friday."))
    here.forward(DAY + MINUTE)
    after = p.told(here, case, "still_open")[before:]
    assert [names for _, names in after] == [["anna"]]
    here.forward(DAY)
    assert p.told(here, case, "still_open")[-1][1] == ["anna", "lea"]


def test_an_escalation_that_everybody_has_done_with_is_told_again(stage: Stage) -> None:
    """Acknowledged, contained, resolution claimed and rejected, every clock met or breached."""
    here = stage()
    case = p.opened(here, {"subject": "Everything is down", "users_affected": 400, "external_id": "T-1"})
    p.act(here, case, verbs.acknowledge(here.viewer("carl")))
    p.act(here, case, verbs.contain(here.viewer("carl")))
    here.forward(30 * HOUR)
    last = max(event.at for event in p.events(here, case))
    here.forward(25 * HOUR)
    assert max(event.at for event in p.events(here, case)) > last


def test_a_case_behind_a_parent_is_silent_and_speaks_when_that_one_is_over(stage: Stage) -> None:
    here = stage()
    parent, child = (
        p.opened(here, {"subject": "How do we rename it?", "type": "question", "external_id": f"T-{number}"})
        for number in range(2)
    )
    for case in (parent, child):
        p.act(here, case, verbs.assign(here.viewer("lea"), "anna"))
    p.link(here, "lea", child, "parent", parent)
    here.forward(40 * DAY)
    assert p.told(here, child, "still_open") == []
    assert p.told(here, parent, "still_open")
    p.act(here, parent, verbs.resolve(here.viewer("anna"), "Done."))
    here.forward(2 * DAY)
    assert p.told(here, child, "still_open")


def test_a_case_that_is_over_does_not_come_back_as_the_child_of_a_child(stage: Stage) -> None:
    here = stage()
    child, parent, top = (
        p.opened(here, {"subject": "How do we rename it?", "type": "question", "external_id": f"T-{number}"})
        for number in range(3)
    )
    p.link(here, "lea", child, "parent", parent)
    p.act(here, child, verbs.resolve(here.viewer("anna"), "Done."))
    p.link(here, "lea", parent, "parent", top)
    p.act(here, child, verbs.reopen(here.viewer("anna"), "It is back."))
    assert p.state(here, child).case.parent is None
    assert p.state(here, parent).case.parent == top
