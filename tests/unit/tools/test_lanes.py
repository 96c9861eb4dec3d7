"""Places go to receivers that make good use of them."""

from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.clock import SECOND
from tocsin.tools.lanes import BREAKS, NARROW, WIDE, Lanes

NOW = 1_000 * SECOND


def lanes() -> Lanes:
    return Lanes(places=64, each=48)


def answered(those: Lanes, lane: int, *, delivered: bool = True, seconds: float = 0.01, now: int = NOW) -> None:
    those.begun(lane, "webhook")
    those.ended(lane, "webhook", delivered=delivered, seconds=seconds, now=now)


def room(those: Lanes, lane: int, *, urgent: bool = True, now: int = NOW, channel: str = "webhook") -> int:
    return those.room(now).of(lane, channel, urgent=urgent)


def test_one_that_answers_at_once_has_many_places_and_a_slow_one_few() -> None:
    those = lanes()
    assert room(those, 1) == NARROW, "until it is known"
    answered(those, 1)
    answered(those, 2)
    assert room(those, 1) == WIDE
    answered(those, 1, seconds=2.0)
    assert room(those, 1) == NARROW
    assert room(those, 2) == WIDE, "nobody else is slower for it"
    answered(those, 1)
    assert room(those, 1) == WIDE, "as soon as it is quick again"


def test_one_that_keeps_failing_is_tried_one_at_a_time() -> None:
    those = lanes()
    for _ in range(BREAKS - 1):
        answered(those, 1, delivered=False)
    assert room(those, 1) == NARROW
    answered(those, 1, delivered=False)
    assert room(those, 1) == 1, "a page is tried all the same"
    assert room(those, 1, urgent=False) == 0, "the rest waits"
    assert room(those, 1, urgent=False, now=NOW + SECOND) == 1
    answered(those, 1, delivered=False, now=NOW + SECOND)
    assert room(those, 1, urgent=False, now=NOW + 2 * SECOND) == 0, "ever longer"
    answered(those, 1, now=NOW + 3 * SECOND)
    assert room(those, 1, urgent=False, now=NOW + 3 * SECOND) == WIDE


def test_what_is_on_its_way_takes_its_place() -> None:
    those = lanes()
    answered(those, 1)
    for _ in range(WIDE - 1):
        those.begun(1, "webhook")
    assert room(those, 1) == 1
    found = those.room(NOW)
    found.take(1, "webhook", 1)
    assert found.of(1, "webhook", urgent=True) == 0


def test_a_quarter_is_kept_for_what_is_urgent() -> None:
    those = Lanes(places=64, each=64)
    for lane in (1, 2, 3):
        answered(those, lane)
    for lane in (1, 2):
        for _ in range(24):
            those.begun(lane, "webhook")
    assert room(those, 3, urgent=False) == 0
    assert room(those, 3) == 16


def test_many_slow_ones_leave_half_of_the_places_to_the_quick_ones() -> None:
    those = Lanes(places=256, each=128)
    answered(those, 0)
    begun = 0
    for lane in range(1, 51):
        answered(those, lane, seconds=6.0)
    for lane in range(1, 51):
        found = those.room(NOW).of(lane, "webhook", urgent=True)
        begun += found
        for _ in range(found):
            those.begun(lane, "webhook")
    assert begun == 64
    assert room(those, 0) == WIDE
    assert room(those, 99) == 0, "one that is not known waits with them"


def test_one_channel_leaves_places_to_the_others() -> None:
    those = lanes()
    for lane in (99, 98):
        answered(those, lane)
    for lane in range(48):
        those.begun(lane, "email")
    assert room(those, 99, channel="email") == 0
    assert room(those, 98, channel="webhook") == 16


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.floats(0, 5), st.booleans()), max_size=120))
def test_never_more_than_the_places_and_all_are_given_back(story: list[tuple[int, bool, float, bool]]) -> None:
    """Whatever is begun where there is room, and whatever becomes of it."""
    those, busy = Lanes(places=8, each=6), list[int]()
    now = NOW
    for lane, delivered, seconds, urgent in story:
        now += SECOND // 3
        found = those.room(now)
        if found.of(lane, "webhook", urgent=urgent):
            those.begun(lane, "webhook")
            busy.append(lane)
        elif busy:
            those.ended(busy.pop(0), "webhook", delivered=delivered, seconds=seconds, now=now)
        assert len(busy) <= 6
    for lane in busy:
        those.ended(lane, "webhook", delivered=True, seconds=0, now=now)
    assert those.room(now).free == 8
    assert all(room(those, lane, now=now + 60 * SECOND, urgent=False) >= 1 for lane in range(6)), (
        "none is shut for good"
    )
