"""In a flood notices wait for a digest: never more than five messages in ten minutes, and nothing overtakes."""

from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.clock import MINUTE, SECOND
from tocsin.notify.flood import LARGEST, MOST, WINDOW, Begins, Flow, Joins, Single, WaitingDigest

NOW = 1_000 * MINUTE


def test_five_go_out_at_once_and_the_sixth_begins_a_digest() -> None:
    flow = Flow([])
    for second in range(MOST):
        assert flow.judge(NOW + second * SECOND) == Single()
        flow.went(NOW + second * SECOND)
    assert flow.judge(NOW + MINUTE) == Begins(NOW + WINDOW), "as soon as the first of the five lies a window back"


def test_what_comes_while_a_digest_waits_joins_it() -> None:
    flow = Flow([NOW - WINDOW], WaitingDigest(7, NOW + MINUTE, 3))
    assert flow.judge(NOW) == Joins(7)


def test_a_digest_that_is_full_is_followed_by_another() -> None:
    flow = Flow([], WaitingDigest(7, NOW + MINUTE, LARGEST))
    assert flow.judge(NOW) == Begins(NOW + MINUTE)
    flow.waits(8, NOW + MINUTE)
    assert flow.waiting == WaitingDigest(8, NOW + MINUTE, 1)
    flow.waits(8, NOW + MINUTE)
    assert flow.waiting == WaitingDigest(8, NOW + MINUTE, 2)


def test_a_message_that_went_out_exactly_a_window_ago_counts_no_more() -> None:
    assert Flow([NOW - WINDOW] * MOST).judge(NOW) == Single()
    assert Flow([NOW - WINDOW + 1] * MOST).judge(NOW) == Begins(NOW + 1)


@given(st.lists(st.integers(0, 15 * MINUTE), min_size=1, max_size=60))
def test_never_more_than_five_in_a_window_and_all_in_order(pauses: list[int]) -> None:
    """Play a stream of notices; `pauses` between them in microseconds."""
    flow, now, digests = Flow([]), 0, 0
    out: list[tuple[int, list[int]]] = []  # when a message went out, with which notices
    held: list[int] = []

    def pass_to(time: int) -> None:
        nonlocal held
        if flow.waiting is not None and flow.waiting.due_at <= time:
            out.append((flow.waiting.due_at, held))
            flow.went(flow.waiting.due_at)
            flow.waiting, held = None, []

    for number, pause in enumerate(pauses):
        now += pause
        pass_to(now)
        verdict = flow.judge(now)
        if isinstance(verdict, Single):
            out.append((now, [number]))
            flow.went(now)
            continue
        if isinstance(verdict, Begins):
            assert now < verdict.due_at <= now + WINDOW
            digests += 1
            flow.waits(digests, verdict.due_at)
        held.append(number)
    pass_to(now + WINDOW)
    assert [number for _, numbers in out for number in numbers] == list(range(len(pauses)))
    times = [at for at, _ in out]
    assert times == sorted(times)
    assert all(later - earlier >= WINDOW for earlier, later in zip(times, times[MOST:], strict=False))
