"""What carries sendings: side by side in one loop, to their end before it closes."""

import asyncio
import threading

import pytest

from tocsin.tools.sending import Inline, SendingLoop


def test_the_loop_carries_side_by_side_and_closes_after_the_last() -> None:
    done: list[str] = []
    both = threading.Barrier(2)

    async def slow() -> None:
        both.wait(10)
        await asyncio.sleep(0.05)
        done.append("slow")

    async def quick() -> None:
        done.append("quick")

    async def last() -> None:
        done.append(f"last in {threading.current_thread().name}")

    carrier = SendingLoop()
    carrier.begin([slow(), quick()])
    both.wait(10)
    carrier.close([last])
    assert done == ["quick", "slow", "last in tocsin-send"]
    assert "tocsin-send" not in {thread.name for thread in threading.enumerate()}


def test_one_that_fails_takes_no_other_with_it() -> None:
    done: list[int] = []

    async def sending(number: int) -> None:
        await asyncio.sleep(0)
        if number == 1:
            raise ValueError("a fault in a channel")
        done.append(number)

    carrier = SendingLoop()
    carrier.begin([sending(number) for number in range(3)])
    carrier.close()
    carrier.begin([sending(3)])  # a carrier that was closed begins anew
    carrier.close()
    assert sorted(done) == [0, 2, 3]


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_no_kind_of_failure_ends_the_loop(error: type[BaseException]) -> None:
    done: list[str] = []

    async def ends() -> None:
        raise error

    async def goes_on() -> None:
        await asyncio.sleep(0.01)
        done.append("it went on")

    carrier = SendingLoop()
    carrier.begin([goes_on(), ends(), goes_on()])
    carrier.close()
    carrier.begin([ends()])
    carrier.begin([goes_on()])
    carrier.close()
    assert done == ["it went on"] * 3


@pytest.mark.parametrize("carrier", [SendingLoop(), Inline()])
def test_what_never_began_needs_no_end(carrier: SendingLoop | Inline) -> None:
    def last() -> None:
        raise AssertionError

    carrier.close([last])  # type: ignore[list-item]


def test_inline_is_done_when_it_returns() -> None:
    done: list[str] = []

    async def sending() -> None:
        await asyncio.sleep(0.01)
        done.append(threading.current_thread().name)

    carrier = Inline()
    carrier.begin([sending(), sending()])
    assert done == [threading.current_thread().name] * 2
    carrier.close()
