"""Server processes that tests start, trace and kill."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A server on one database, started and killed as often as a test likes. `token` is known after the first start."""

    url: str
    receiver: str = "http://127.0.0.1:9/"
    wrapper: Sequence[str] = ()
    port: int = field(default_factory=free_port)
    token: str = ""
    process: "subprocess.Popen[str] | None" = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, seconds: float = 60) -> None:
        """Start and wait until it answers."""
        command = [sys.executable, "-m", "tests.server", self.url, str(self.port), self.receiver]
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        self.process = subprocess.Popen(
            [*self.wrapper, *command],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": path},
        )
        if not self.token:
            assert self.process.stdout is not None
            self.token = self.process.stdout.readline().strip()
            assert self.token, "the server did not start"
        end = time.monotonic() + seconds
        while True:
            assert self.process.poll() is None, f"the server ended with {self.process.returncode}"
            try:
                if httpx2.get(self.base + "/readyz", timeout=2).status_code == 200:
                    return
            except httpx2.HTTPError:
                assert time.monotonic() < end, "the server does not answer"
                time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """SIGTERM, and wait for a clean end."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def client(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.base, headers={"authorization": f"Bearer {self.token}"}, timeout=30)
