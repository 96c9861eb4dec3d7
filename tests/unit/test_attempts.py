"""How often somebody may try to sign in."""

from tocsin.core.clock import MINUTE
from tocsin.people.attempts import WINDOW, Attempts


def test_an_address_may_fail_so_often_at_an_account_and_no_more() -> None:
    attempts = Attempts(per_pair=3)
    assert [attempts.begin("dana", "10.0.0.1", at) for at in (0, 1, 2)] == [None] * 3
    assert attempts.begin("dana", "10.0.0.1", MINUTE) == WINDOW - MINUTE
    assert attempts.begin("dana", "10.0.0.2", MINUTE) is None, "the owner is elsewhere, and comes in"
    assert attempts.begin("bo", "10.0.0.1", MINUTE) is None
    assert attempts.begin("dana", "10.0.0.1", WINDOW) is None, "what is older than the window counts no more"


def test_an_account_and_an_address_have_limits_of_their_own() -> None:
    attempts = Attempts(per_pair=10, per_account=4, per_address=4)
    assert [attempts.begin("dana", f"10.0.0.{n}", 0) for n in range(4)] == [None] * 4
    assert attempts.begin("dana", "10.0.0.9", 0) == WINDOW
    assert [attempts.begin(f"user{n}", "10.1.1.1", 0) for n in range(4)] == [None] * 4
    assert attempts.begin("another", "10.1.1.1", 0) == WINDOW


def test_success_forgets_what_failed_before_and_was_no_failure() -> None:
    attempts = Attempts(per_pair=2, per_account=3)
    for _ in range(10):
        assert attempts.begin("dana", "10.0.0.1", 0) is None
        attempts.succeeded("dana", "10.0.0.1")


def test_the_memory_is_bounded() -> None:
    attempts = Attempts(per_address=10**9)
    for n in range(30_000):
        attempts.begin(f"user{n}", "10.0.0.1", n)
    assert len(attempts._failed) <= 20_000
