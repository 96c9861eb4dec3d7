"""Loops go on whatever happens, and one that has ended is begun again."""

import threading
from collections.abc import Callable

import pytest

from tests.testing import wait_until
from tocsin.core.clock import MINUTE, SECOND, VirtualClock
from tocsin.watchers import loops
from tocsin.watchers.heartbeat import Heartbeat
from tocsin.watchers.loops import LONGEST, POLL, STALE, Loop, Loops, rest_after


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, 0.5), (2, 1), (3, 2), (5, 8), (6, 15), (7, 15), (1023, 15), (1024, 15), (1025, 15), (10**9, 15)],
)
def test_the_rest_after_so_many_failures(failures: int, seconds: float) -> None:
    assert rest_after(failures) == seconds


def failing(error: BaseException | type[BaseException]) -> Callable[[], int]:
    def step() -> int:
        raise error

    return step


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("no luck"),
        OverflowError(34, "Numerical result out of range"),
        MemoryError(),
        RecursionError(),
        StopIteration(),
        SystemExit(1),
        KeyboardInterrupt(),
        GeneratorExit(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_kind_of_failure_ends_a_loop(error: BaseException) -> None:
    loop = Loop("pages", failing(error))
    assert loop.round(lambda: 7) == rest_after(1)
    assert loop.failures == 1
    assert loop.rounded_at is None, "it got nowhere"


def test_no_number_of_failures_ends_a_loop_and_one_success_forgets_them() -> None:
    loop = Loop("pages", failing(RuntimeError), failures=1020)
    assert {loop.round(lambda: 7) for _ in range(10)} == {LONGEST}
    assert loop.failures == 1030
    loop.step = lambda: 0
    assert loop.round(lambda: 7) == POLL
    assert (loop.failures, loop.rounded_at) == (0, 7)


def test_what_fails_beside_the_step_ends_no_loop_either(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock, the log."""
    loop = Loop("pages", lambda: 1)
    assert loop.round(failing(OSError("no clock"))) == rest_after(1)

    class Broken:
        def exception(self, *_: object, **__: object) -> None:
            raise OSError("no space left on device")

    monkeypatch.setattr(loops, "log", Broken())
    loop.step = failing(RuntimeError)
    assert loop.round(lambda: 7) == rest_after(2)


@pytest.mark.parametrize(("done", "paced", "rest"), [(0, False, POLL), (3, False, 0), (0, True, POLL), (3, True, POLL)])
def test_a_loop_pauses_where_nothing_was_done(done: int, paced: bool, rest: float) -> None:
    assert Loop("pages", lambda: done, paced=paced).round(lambda: 7) == rest


def test_what_is_told_of_loops() -> None:
    clock = VirtualClock(0)
    made = Loops(clock)
    made.add(
        Loop("pages", lambda: 0, rounded_at=0),
        Loop("timers", lambda: 0, rounded_at=STALE),
        Loop("heartbeat", lambda: 0, beats=False, rounded_at=0),
        Loop("auditor", lambda: 0),
    )
    now = STALE + 1
    assert made.stuck(now) == ["pages"]
    assert made.ages(now + 3 * SECOND) == {"pages": 33.0, "timers": 3.0}
    assert made.ended() == []


def dead() -> threading.Thread:
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
    return thread


def test_one_that_has_ended_is_told_and_begun_again() -> None:
    stepped, told = threading.Event(), []
    made = Loops(VirtualClock(0))

    def step() -> int:
        told.extend(made.ended())
        stepped.set()
        return 0

    made.add(Loop("pages", step, thread=dead()), Loop("over", lambda: 0, thread=dead(), over=True))
    assert made.ended() == ["pages"]
    assert made.revive() == 1
    assert stepped.wait(10)
    assert made.ended() == []
    assert made.revive() == 0
    made.stop()


def test_the_heartbeat_stays_out_while_a_loop_has_ended() -> None:
    called: list[str] = []
    made = Loops(VirtualClock(0))

    def call(url: str) -> None:
        called.append(url)

    heart = Heartbeat("http://outside.test/", made, lambda: None, call)
    assert heart.step(0) == 1
    made.add(Loop("pages", lambda: 0, thread=dead()))
    assert heart.step(MINUTE) == 0
    assert "pages" in (heart.failure or "")
    assert called == ["http://outside.test/"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("victim", ["pages", "supervisor"])
def test_threads_that_die_are_replaced_by_the_others(victim: str) -> None:
    made = Loops(VirtualClock(0))
    made.add(Loop("pages", lambda: 0, pause=0.01), Loop("timers", lambda: 0, pause=0.01))
    made.named("supervisor").pause = 0.01
    broken, died = made.named(victim), list[threading.Thread]()

    class Breaks(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            died.append(threading.current_thread())
            broken.wake = threading.Event()
            raise MemoryError

    broken.wake = Breaks()
    made.start()
    wait_until(lambda: bool(died) and broken.thread not in died and not made.ended())
    assert broken.thread is not None
    assert broken.thread.is_alive()
    made.stop()


def test_waking_ends_a_rest() -> None:
    tried = threading.Semaphore(0)
    made = Loops(VirtualClock(0))

    def step() -> int:
        tried.release()
        raise RuntimeError("the database is away")

    loop = Loop("pages", step, failures=1000)
    made.add(loop)
    made.start()
    assert tried.acquire(timeout=10)
    assert not tried.acquire(timeout=0.1), "it rests"
    made.wake()
    assert tried.acquire(timeout=5), "15 seconds have not passed"
    made.stop()
    assert loop.thread is None


def test_those_that_others_wait_for_end_last() -> None:
    order: list[str] = []
    made = Loops(VirtualClock(0))

    class Noted(threading.Event):
        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

        def set(self) -> None:
            order.append(self.name)
            super().set()

    made.add(Loop("writer", lambda: 0, lasts=True, wake=Noted("writer")), Loop("pages", lambda: 0, wake=Noted("pages")))
    made.start()
    made.stop()
    assert order == ["pages", "writer"]
