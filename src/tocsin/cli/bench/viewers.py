"""Many pages that are open and live, in a process of their own, so that what they cost stands apart from the server."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import cycle, islice
from statistics import median
from typing import TextIO

import msgspec

from tocsin.cli.bench import machine
from tocsin.cli.bench.server import HOST
from tocsin.core.clock import stopwatch

_ADDRESSES = ("", "?level=senior", "?group=team", "?show=board")  # of Now
_PART = 1000  # bytes of a message that holds a part of a page; the time alone takes far less
_STARTED = "listening\n"


class Pushes(msgspec.Struct):
    """Of one viewer: when a part was pushed to it, in seconds since its page was opened; how many bytes came; `lost`:
    whether its stream ended."""

    at: list[float] = []
    received: int = 0
    lost: bool = False


class Watched(msgspec.Struct):
    """`pauses`: between two pushes to one viewer, in seconds. `received`: bytes, of all viewers together. `took`: cores
    that the viewers themselves took."""

    amount: int
    seconds: float = 0.0
    heard: int = 0
    lost: int = 0
    pushes: int = 0
    pauses: list[float] = []
    received: int = 0
    took: float = 0.0

    def lines(self) -> list[str]:
        """What was heard, for people."""
        ranked = sorted(self.pauses) or [0.0]
        late = ranked[int(0.95 * (len(ranked) - 1))]
        return [
            f"{self.amount} pages of Now were live for {self.seconds:.0f} s: {self.heard} were pushed a part"
            f" {self.pushes} times, {self.lost} lost their stream",
            f"from one push to the next {median(ranked):.1f} s, 95 of 100 within {late:.1f} s, the longest"
            f" {ranked[-1]:.1f} s; {self.received / 1e6:.1f} MB in all",
            f"what the pages took themselves: {self.took:.2f} cores",
        ]


@contextmanager
def watching(port: int, cookies: Sequence[str], amount: int) -> Iterator[Watched]:
    """`amount` pages of Now, of four addresses, opened with these cookies in turn (`name=token`), at most 12 with one;
    what they heard is known when they are closed."""
    watched = Watched(amount)
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write("\n".join(islice(cycle(cookies), amount)) + "\n\n")
        process.stdin.flush()
        if process.stdout.readline() != _STARTED:
            raise RuntimeError(f"the viewers did not start: exit code {process.wait()}")
        began, used = stopwatch(), machine.cpu_seconds(process.pid)
        yield watched
        watched.seconds = stopwatch() - began
        watched.took = (machine.cpu_seconds(process.pid) - used) / watched.seconds
        process.stdin.close()
        _count(watched, msgspec.json.decode(process.stdout.read(), type=list[Pushes]))
    finally:
        process.terminate()
        process.wait(60)


def _count(watched: Watched, found: list[Pushes]) -> None:
    watched.heard = sum(len(one.at) > 1 for one in found)  # the first may be what came with joining
    watched.lost = sum(one.lost for one in found)
    watched.pushes = sum(len(one.at) for one in found)
    watched.received = sum(one.received for one in found)
    watched.pauses = [later - at for one in found for at, later in zip(one.at, one.at[1:], strict=False)]


async def _watch(port: int, cookies: list[str], commands: TextIO, says: TextIO) -> None:
    """Until the other end closes."""
    found = [Pushes() for _ in cookies]
    people = len(set(cookies))
    addresses = [_ADDRESSES[place // people % len(_ADDRESSES)] for place in range(len(cookies))]
    streams = [asyncio.create_task(_listen(port, *each)) for each in zip(cookies, addresses, found, strict=True)]
    says.write(_STARTED)
    says.flush()
    await asyncio.to_thread(commands.read)
    for stream in streams:
        stream.cancel()
    says.write(msgspec.json.encode(found).decode())
    says.flush()


async def _listen(port: int, cookie: str, address: str, heard: Pushes) -> None:
    """One stream, as a browser has it: packed, and read message by message."""
    with suppress(OSError, asyncio.IncompleteReadError):
        reader, writer = await asyncio.open_connection(HOST, port)
        head = (
            f"GET /events/now{address} HTTP/1.1",
            f"host: {HOST}:{port}",
            f"cookie: {cookie}",
            "accept-encoding: gzip",
        )
        writer.write("\r\n".join((*head, "", "")).encode())
        began, answer = stopwatch(), await reader.readuntil(b"\r\n\r\n")
        while answer.startswith(b"HTTP/1.1 200 "):
            size = int(await reader.readuntil(b"\r\n"), 16)
            if size == 0:
                break
            await reader.readexactly(size + 2)
            heard.received += size
            if size > _PART:
                heard.at.append(round(stopwatch() - began, 3))
    heard.lost = True


if __name__ == "__main__":
    asyncio.run(_watch(int(sys.argv[1]), list(iter(lambda: sys.stdin.readline().strip(), "")), sys.stdin, sys.stdout))
