"""Keeping to one core: the thread that asks and all that it starts, and no other."""

import os
import threading
from collections.abc import Callable

import pytest

from tocsin.core import cores

several = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2, reason="needs two cores"
)


def in_a_thread(act: Callable[[], None]) -> None:
    """Affinity is a thread's own: whoever runs this keeps his."""
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


@several
def test_the_thread_and_what_it_starts_keep_to_one() -> None:
    before = os.sched_getaffinity(0)
    kept: list[set[int]] = []

    def act() -> None:
        core = cores.keep_to_one()
        assert core in before
        kept.append(os.sched_getaffinity(0))
        in_a_thread(lambda: kept.append(os.sched_getaffinity(0)))

    in_a_thread(act)
    assert len(kept) == 2
    assert kept[0] == kept[1]
    assert len(kept[0]) == 1
    assert os.sched_getaffinity(0) == before


def test_where_the_system_does_not_tell_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert cores.keep_to_one() is None
