"""Checkpoints: every minute what changed is signed, in bounded batches, and nothing that was forged."""

import json
from typing import Any

import pytest

from tests.stories.record import STARTER
from tests.testing import SECRET, World, world
from tocsin import audit
from tocsin.audit import Keys, Report
from tocsin.cases import acting, verbs
from tocsin.core import ids
from tocsin.core.clock import MINUTE, SECOND
from tocsin.ledger import checkpoints
from tocsin.ledger.findings import Finding
from tocsin.ledger.heads import ChainHead, Heads

KEYS = Keys.of(SECRET)


@pytest.fixture
def here(database_url: str) -> Any:
    built = world(database_url, STARTER)
    yield built
    built.installation.close()


def proved(here: World, *anchors: str) -> tuple[list[Finding], Report]:
    report = Report()
    with here.installation.database.reading() as tx:
        return list(audit.verify(tx, KEYS, report, anchors=anchors)), report


def signed(here: World) -> list[tuple[int, list[int]]]:
    """Checkpoints with the chains that each covers; those of users, teams and the like are left out."""
    with here.installation.database.reading() as tx:
        rows = tx.rows("SELECT number, heads FROM checkpoints ORDER BY number")
    return [(number, [entry.chain for entry in Heads(bytes(heads)) if entry.chain >= 0]) for number, heads in rows]


def test_once_a_minute_what_changed_is_covered(here: World) -> None:
    here.installation.step_all()
    assert signed(here) == [(1, [0])]
    case = ids.from_text(here.open(subject="How do we rename a report?")["id"])
    here.forward(30 * SECOND)
    assert proved(here)[1].tally.open == 1
    here.forward(31 * SECOND)
    here.installation.step_all()
    assert signed(here) == [(1, [0]), (2, [case])]
    assert proved(here)[1].tally.open == 0
    for _ in range(5):
        here.forward(MINUTE)
        here.installation.step_all()
    assert len(signed(here)) == 2  # nothing changed, nothing to sign


def test_many_changes_are_covered_in_batches(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    here.installation.checkpointer.cover()
    monkeypatch.setattr(checkpoints, "BATCH", 4)
    cases = [ids.from_text(here.open(subject=f"Question {place}")["id"]) for place in range(10)]
    assert here.installation.checkpointer.cover() == 10
    assert signed(here) == [(1, [0]), (2, cases[:4]), (3, cases[4:8]), (4, cases[8:])]
    assert proved(here)[0] == []


def test_a_forged_chain_is_never_signed(here: World) -> None:
    here.installation.checkpointer.cover()
    good, bad = (ids.from_text(here.open(subject=subject)["id"]) for subject in ("One", "Two"))
    here.installation.writer.write(lambda tx: tx.run("UPDATE chains SET seal = ? WHERE chain = ?", (bytes(32), bad)))
    assert here.installation.checkpointer.cover() == 1
    assert signed(here) == [(1, [0]), (2, [good])]
    [finding] = proved(here)[0]
    assert finding.place.chain == bad


def test_a_state_put_back_shows_against_a_checkpoint_kept_outside(here: World) -> None:
    """The whole database as it was an hour ago is consistent; only what somebody noted elsewhere disagrees."""
    case = ids.from_text(here.open(subject="How do we rename a report?")["id"])
    here.installation.checkpointer.cover()
    noted = proved(here)[1].newest
    assert noted is not None
    assert proved(here, noted.name)[0] == []
    here.installation.writer.write(
        lambda tx: acting.act(tx, here.installation.desk, case, verbs.note(here.viewer("lea"), "Seen.")), cases=[case]
    )
    here.installation.checkpointer.cover()
    later = proved(here, noted.name)[1].newest
    assert later is not None
    other = f"1:{'0' * 64}"
    what = {(finding.place.row, finding.what) for finding in proved(here, other, f"7:{'1' * 64}")[0]}
    assert what == {
        ("checkpoint 1", "this is not the checkpoint that was kept outside"),
        ("checkpoint 7", "the checkpoint that was kept outside is missing"),
    }


def test_a_clock_that_goes_back_moves_no_event_back(here: World) -> None:
    case = ids.from_text(here.open(subject="API is down", users_affected=5000)["id"])
    here.forward(MINUTE)
    here.clock._now -= 20 * SECOND  # somebody set the machine's clock
    done = here.installation.writer.write(
        lambda tx: acting.act(tx, here.installation.desk, case, verbs.acknowledge(here.viewer("carl"))), cases=[case]
    )
    here.installation.writer.write(
        lambda tx: acting.act(tx, here.installation.desk, case, verbs.resolve(here.viewer("carl"), None)), cases=[case]
    )
    assert done.state.case.acknowledged_at == done.state.case.updated_at
    assert json.dumps([finding.value() for finding in proved(here)[0]]) == "[]"


def test_heads_are_found_without_unpacking() -> None:
    entries = [ChainHead(chain * 7, chain + 1, bytes([chain]) * 32) for chain in range(100)]
    heads = Heads.of(reversed(entries))
    assert list(heads) == entries
    assert [heads.find(entry.chain) for entry in entries] == entries
    assert all(heads.find(chain) is None for chain in (-1, 1, 6, 8, 692, 694, 10_000))
    assert Heads(b"").find(0) is None
