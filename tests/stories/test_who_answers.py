"""Who answers for a relationship and who does not; and the page of a case that becomes confidential."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import OUTAGE, QUESTION, account, act, at, climbs, on_call, opened, state, told
from tocsin.cases import verbs
from tocsin.core.errors import Forbidden, NotAllowed
from tocsin.notify import answering
from tocsin.notify.answering import LinkStanding
from tocsin.notify.links import Claim

NINE = at("2026-03-04T09:00:00Z")


def test_who_may_not_manage_an_escalation_answers_its_path_alone(stage: Stage) -> None:
    here = stage(
        ('notify: ["role:escalation-manager",', 'notify: ["role:escalation-manager", "user:carl",'), start=NINE
    )
    case = opened(here, QUESTION, sentiment="angry")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert climbs(here, case) == [("care", "acknowledged")]
    assert state(here, case).case.escalation_manager is None
    act(here, case, verbs.resolve(here.viewer("carl")))
    assert told(here, case, "claim") == [(NINE, ["mia"])]


def test_an_account_owner_answers_for_their_own_customer_and_no_engineers_path(stage: Stage) -> None:
    here = stage(start=NINE)
    account(here, "acme", "otto")
    case = opened(here, OUTAGE, account={"external_id": "acme"})
    with pytest.raises(Forbidden, match="not paged") as refused:
        act(here, case, verbs.acknowledge(here.viewer("otto")))
    assert refused.value.expected == f"{on_call(here)}, who was paged"
    angry = opened(here, QUESTION, sentiment="angry", account={"external_id": "acme"})
    act(here, angry, verbs.acknowledge(here.viewer("otto")))
    assert state(here, angry).case.escalation_manager == here.viewer("otto").user
    theirs = opened(here, QUESTION, sentiment="angry", account={"external_id": "other"})
    with pytest.raises(Forbidden, match="not paged"):
        act(here, theirs, verbs.acknowledge(here.viewer("otto")))


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
    act(here, case, verbs.restrict(here.viewer("lea"), ["lea"], "legal"))
    assert state(here, case).case.sees(user)
    claim = Claim(notification, user, queued + 10**12)
    with here.installation.database.reading(here.clock.now()) as tx:
        assert (
            answering.look(tx, here.installation.desk, here.installation.entrance.links, claim).standing
            is LinkStanding.READY
        )
    named = state(here, case).case.named
    here.installation.writer.write(lambda tx: tx.run("UPDATE cases SET named = ' ' WHERE id = ?", (case,)))
    with here.installation.database.reading(here.clock.now()) as tx:
        assert (
            answering.look(tx, here.installation.desk, here.installation.entrance.links, claim).standing
            is LinkStanding.HIDDEN
        )
    here.installation.writer.write(lambda tx: tx.run("UPDATE cases SET named = ? WHERE id = ?", (named, case)))
