"""Tocsin's own health, shown outside: the heartbeat, the synthetic page, the node's lease, recurring jobs."""

import threading
from contextlib import suppress
from typing import Any

import pytest

from tests.stories.outside import HEARTBEAT, Outside
from tests.stories.starter import STARTER, alarms, rows, run
from tests.testing import SECRET, World, furnish, wait_until, world
from tocsin import runtime
from tocsin.core.clock import DAY, HOUR, MINUTE, SECOND, VirtualClock
from tocsin.core.errors import Unavailable
from tocsin.notify import destinations, trying
from tocsin.notify.channels.port import Place
from tocsin.runtime import Options
from tocsin.storage.nodes import LEASE, Node
from tocsin.tools.outgoing import Outcome


def test_the_heartbeat_goes_out_every_minute_and_a_failure_is_shown(database_url: str) -> None:
    outside = Outside()
    here = world(database_url, STARTER, watching=True, options=Options(heartbeat_url=HEARTBEAT, call=outside))
    here.forward(10 * MINUTE)
    assert outside.calls == [HEARTBEAT] * 11
    outside.down = True
    here.forward(2 * MINUTE)
    status = here.installation.watch.status(here.clock.now())
    assert "did not succeed" in status["heartbeat"]["failure"]
    assert "secret" not in status["heartbeat"]["failure"]
    outside.down = False
    here.forward(MINUTE)
    assert len(outside.calls) == 12
    assert here.installation.watch.status(here.clock.now())["heartbeat"]["failure"] is None
    here.installation.close()


def test_a_stuck_loop_stops_the_heartbeat(database_url: str) -> None:
    """With real threads on a virtual clock: the pages' loop hangs, everything else runs."""
    outside, hang, clock = Outside(), threading.Event(), VirtualClock(1_780_000_000_000_000)
    options = Options(heartbeat_url=HEARTBEAT, call=outside)
    installation = runtime.build(database_url, SECRET, clock=clock, options=options)
    loops = installation.watch.loops
    for loop in loops:
        loop.pause = 0.01 if loop.pause else 0
    pages, stuck = loops.named("pages"), threading.Event()
    step = pages.step

    def hangs() -> int:
        if stuck.is_set():
            hang.wait(60)
        return step()

    pages.step = hangs
    installation.start()
    try:

        def pass_time(seconds: int, running: set[str]) -> None:
            """In small steps, so that every loop that runs gets round at each."""
            for _ in range(seconds // 10):
                now = clock.advance(10 * SECOND)
                wait_until(lambda: all(age == 0 for name, age in loops.ages(now).items() if name in running))  # noqa: B023

        everything = set(loops.ages(0))
        assert everything >= {"writer", "timers", "pages", "auditor"}
        pass_time(120, everything)
        wait_until(lambda: len(outside.calls) >= 2)
        stuck.set()
        pass_time(60, everything - {"pages"})
        assert loops.stuck(clock.now()) == ["pages"]
        before = len(outside.calls)
        pass_time(180, everything - {"pages"})
        assert len(outside.calls) == before
        assert "pages" in (installation.watch.heartbeat.failure or "")
        stuck.clear()
        hang.set()
        pass_time(120, everything)
        wait_until(lambda: len(outside.calls) > before)
    finally:
        hang.set()
        installation.stop()


def synthetic(here: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = here.installation.watch.status(here.clock.now())["synthetic_pages"]
    return found


def test_the_synthetic_page_runs_by_itself_and_disturbs_nobody(database_url: str) -> None:
    here = world(database_url, STARTER, watching=True)
    before = rows(here, "SELECT chain, seq FROM events WHERE chain <> 0 ORDER BY chain, seq")
    here.forward(HOUR, look=5 * MINUTE)
    runs = rows(here, "SELECT state, settled_at - queued_at FROM notifications WHERE kind = 'synthetic'")
    assert len(runs) == 7
    assert set(runs) == {("delivered", 0)}
    assert synthetic(here)[0]["latency_seconds"] == 0
    assert here.outbox.sent == []
    assert rows(here, "SELECT count(*) FROM cases") == [(0,)]
    assert rows(here, "SELECT chain, seq FROM events WHERE chain <> 0 ORDER BY chain, seq") == before
    here.installation.close()


def test_a_synthetic_page_to_an_address_of_the_operator_that_fails_is_raised(database_url: str) -> None:
    here = world(database_url, STARTER, watching=True, options=Options(synthetic_url="https://probe.test/"))
    here.forward(SECOND)
    [probe] = here.outbox.sent
    assert (probe["type"], probe["address"]) == ("synthetic", "https://probe.test/")
    inner = here.outbox.send

    async def send(place: Place, *rest: Any) -> Outcome:
        return Outcome(False, "down") if "probe" in place.address else await inner(place, *rest)

    here.outbox.send = send  # type: ignore[assignment, method-assign]
    here.forward(9 * MINUTE)
    assert alarms(here) == []
    here.forward(2 * MINUTE + 30 * SECOND)
    [told] = alarms(here)
    assert told["counts"] == {"synthetic.late": 1}
    here.outbox.send = inner  # type: ignore[method-assign]
    here.forward(30 * MINUTE)
    assert here.installation.watch.status(here.clock.now())["synthetic_pages"][0]["state"] == "delivered"
    here.forward(65 * MINUTE, look=5 * MINUTE)
    assert len(alarms(here)) == 1
    here.installation.close()


def test_a_slow_synthetic_page_is_raised(database_url: str) -> None:
    here = world(database_url, STARTER, watching=True)
    here.forward(SECOND)
    run(here, "UPDATE notifications SET settled_at = queued_at + 61000000 WHERE kind = 'synthetic'")
    here.forward(MINUTE)
    [told] = alarms(here)
    assert "it took 61 s" in told["alarms"][0]["says"]
    here.installation.close()


def test_the_synthetic_page_can_be_turned_off(database_url: str) -> None:
    here = world(database_url, STARTER, watching=True, options=Options(synthetic_every=0))
    here.forward(HOUR, look=5 * MINUTE)
    assert synthetic(here) == []
    here.installation.close()


def test_test_pages_are_forgotten_after_thirty_days(database_url: str) -> None:
    here = world(database_url, STARTER, watching=True, options=Options(synthetic_every=0))
    installation = here.installation
    with installation.database.reading() as tx:
        place = next(iter(destinations.load(tx).values()))[0]

    def send() -> int:
        return installation.writer.write(lambda tx: trying.send(tx, installation.mint, place, "admin"))

    old, waiting = send(), send()
    here.forward(MINUTE)
    young = send()
    here.forward(MINUTE)
    run(here, f"UPDATE notifications SET queued_at = queued_at - {31 * DAY} WHERE id IN ({old}, {waiting})")
    run(here, f"UPDATE notifications SET settled_at = NULL WHERE id = {waiting}")
    here.forward(DAY, look=8 * HOUR)
    assert sorted(rows(here, "SELECT id FROM notifications WHERE kind = 'test'")) == [(waiting,), (young,)]
    installation.close()


def test_of_two_nodes_one_runs_a_job(database_url: str) -> None:
    here = world(database_url, STARTER, watching=True)
    other = runtime.build(
        database_url, SECRET, clock=here.clock, channels={"webhook": here.outbox}, carrier=runtime.Inline()
    )
    for _ in range(6 * 60):
        here.forward(10 * SECOND)
        other.step_all(watching=True)
    assert rows(here, "SELECT count(*) FROM notifications WHERE kind = 'synthetic'") == [(7,)]
    other.close()
    here.installation.close()


def test_keys_are_forgotten_after_a_day(database_url: str) -> None:
    here = world(database_url, STARTER, watching=True)
    case = here.open(subject="x")
    run(
        here,
        "INSERT INTO idempotency_keys (token, route, key, body, case_id, at) SELECT 1, '/', 'k', ?, id, ? FROM cases",
        b"digest",
        here.clock.now() - 23 * HOUR,
    )
    here.forward(30 * MINUTE)
    assert rows(here, "SELECT count(*) FROM idempotency_keys") == [(1,)]
    here.forward(2 * HOUR, look=5 * MINUTE)
    assert rows(here, "SELECT count(*) FROM idempotency_keys") == [(0,)]
    assert case
    here.installation.close()


def test_a_job_that_fails_is_tried_again_and_raised_and_heals(database_url: str) -> None:
    here = world(database_url, STARTER, watching=True)
    recurring = here.installation.watch.recurring
    fail = True

    def job() -> None:
        if fail:
            raise RuntimeError("no luck")

    from tocsin.watchers.recurring import Job

    recurring.jobs = [*recurring.jobs, Job(99, "a job", HOUR, job)]
    here.forward(2 * MINUTE)
    [told] = alarms(here)
    assert "a job: RuntimeError: no luck" in told["alarms"][0]["says"]
    fail = False
    here.forward(15 * MINUTE)
    assert rows(here, "SELECT aside_at, attempt FROM work WHERE kind = 'recurring' AND subject = 99") == [(None, 0)]
    here.installation.close()


def test_the_lease_of_a_node_is_renewed_for_as_long_as_it_runs(database_url: str) -> None:
    here = world(database_url, STARTER, watching=True)
    here.forward(2 * LEASE)
    assert Node.claim(here.installation.writer).number == 1  # 0 is held
    here.installation.close()


def test_a_node_that_lost_its_number_mints_no_more_and_ends(database_url: str) -> None:
    clock, ended = VirtualClock(1_780_000_000_000_000), []
    installation = runtime.build(
        database_url, SECRET, clock=clock, channels={}, carrier=runtime.Inline(), on_lost=lambda: ended.append(1)
    )
    furnish(installation, STARTER, {"lea": "lead", "admin": "admin", "carl": "senior"})
    installation.step_all(watching=True)
    installation.writer.write(lambda tx: tx.run("UPDATE nodes SET holder = 'another'"))
    clock.advance(LEASE // 3)
    for _ in range(2):
        with suppress(Unavailable):  # on PostgreSQL the next group finds out, whatever it is about
            installation.step_all(watching=True)
        clock.advance(LEASE)
    assert ended == [1]
    with pytest.raises(Unavailable):
        installation.mint.new(clock.now())
    installation.close()
