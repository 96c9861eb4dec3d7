"""A server that tests kill, trace and start again on the same database."""

import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from copy import copy
from pathlib import Path

import httpx2

from tests.home import COMMAND, Home
from tests.testing import SECRET

_PATIENCE = 60


class Victim:
    """`tocsin serve` on one database, after `tocsin init`, with an administrator whom pages reach at `receiver`."""

    def __init__(
        self,
        folder: Path,
        url: str,
        *,
        receiver: str = "http://127.0.0.1:9/",
        wrapper: Sequence[str] = (),
        policy: str | None = None,
    ) -> None:
        self.home = Home(
            folder,
            TOCSIN_DATABASE_URL=url,
            TOCSIN_SECRET_KEY=SECRET,
            TOCSIN_ALLOW_PRIVATE_DESTINATIONS="true",
            TOCSIN_LOG_LEVEL="ERROR",
            TOCSIN_REQUESTS_PER_SECOND="0",  # all senders share one token
        )
        chosen = [] if policy is None else ["--policy", str(_written(folder / "policy.yaml", policy))]
        self.token: str = self.home.succeed("init", "--admin", "admin@victim.test", "--json", *chosen)["token"]
        self.home.succeed("user", "reach", "admin", "--webhook", receiver)
        self.wrapper = wrapper
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until it is ready."""
        command = [*self.wrapper, *COMMAND, "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, cwd=self.home.folder, env=self.home.environment, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + _PATIENCE
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
        """SIGTERM, and a clean end."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(_PATIENCE) == 0

    def twin(self) -> "Victim":
        """Another node of the same installation, on a port of its own."""
        other = copy(self)
        other.port, other.process = _free_port(), None
        return other

    def client(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.base, headers={"authorization": f"Bearer {self.token}"}, timeout=30)


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
