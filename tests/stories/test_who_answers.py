"""Who answers for a relationship and who does not; and the page of a case that becomes confidential."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import OUTAGE, QUESTION, act, at, climbs, on_call, opened, state, told
from tocsin.cases import verbs
from tocsin.core.errors import Forbidden, NotAllowed
from tocsin.notify import acknowledging
from tocsin.notify.acknowledging import Standing
from tocsin.notify.links import Claim
from tocsin.people import directory
from tocsin.people.permissions import Viewer

NINE = at("2026-03-04T09:00:00Z")


def test_who_may_not_manage_an_escalation_answers_its_path_alone(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION, sentiment="angry")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert climbs(here, case) == [("care", "acknowledged")]
    assert state(here, case).case.escalation_manager is None
    act(here, case, verbs.resolve(here.viewer("carl")))
    assert told(here, case, "claim") == [(NINE, ["mia"])]


def test_an_account_owner_answers_no_technical_path(stage: Stage) -> None:
    here = stage(start=NINE)
    installation = here.installation
    olga = installation.writer.write(
        lambda tx: directory.add_user(
            tx, installation.mint, installation.journal, "olga-owner", by="test", role="account_owner"
        )
    )
    viewer = Viewer("user:olga-owner", "account_owner", user=olga)
    case = opened(here, OUTAGE)
    with pytest.raises(Forbidden, match="by engineers") as refused:
        act(here, case, verbs.acknowledge(viewer))
    assert "relationship paths" in (refused.value.expected or "")
    angry = opened(here, QUESTION, sentiment="angry")
    act(here, angry, verbs.acknowledge(viewer))
    assert state(here, angry).case.escalation_manager == olga


def test_only_who_was_paged_declines(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    with pytest.raises(NotAllowed, match="not paged"):
        act(here, case, verbs.decline(here.viewer("bo")))
    act(here, case, verbs.decline(here.viewer(on_call(here))))


def test_who_is_paged_sees_the_case_that_becomes_confidential(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    with here.installation.database.reading() as tx:
        notification, user, queued = tx.rows(
            "SELECT id, user_id, queued_at FROM notifications WHERE case_id = ? AND kind = 'page'", (case,)
        )[0]
    act(here, case, verbs.confide(here.viewer("lea"), ["lea"], "legal"))
    assert state(here, case).case.sees(user)
    claim = Claim(notification, user, queued + 10**12)
    with here.installation.database.reading() as tx:
        assert acknowledging.look(tx, claim, here.clock.now()).standing is Standing.READY
    named = state(here, case).case.named
    here.installation.writer.write(lambda tx: tx.run("UPDATE cases SET named = ' ' WHERE id = ?", (case,)))
    with here.installation.database.reading() as tx:
        assert acknowledging.look(tx, claim, here.clock.now()).standing is Standing.HIDDEN
    here.installation.writer.write(lambda tx: tx.run("UPDATE cases SET named = ? WHERE id = ?", (named, case)))
