"""Policies are read by several threads at once."""

import gc
import sys
import threading
from collections.abc import Iterator

import pytest

from tocsin.policy.expressions.codegen.program import statements


class Circle:
    """What the collector ends while a tree is built, so that another thread has its turn."""

    def __init__(self) -> None:
        self.own = self

    def __del__(self) -> None:
        sum(range(50))


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads change as often as they can."""
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(50)
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*threshold)


def test_trees_are_built_by_threads_of_any_depth(restless: None) -> None:
    built: list[int] = []

    def build(depth: int) -> None:
        if depth:
            return build(depth - 1)
        for _ in range(40):
            Circle()
            statements("x = " + " + ".join(f"(a[{number}] or b)" for number in range(40)), {})
        built.append(1)
        return None

    threads = [threading.Thread(target=build, args=(30 * turn,)) for turn in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == len(threads)
