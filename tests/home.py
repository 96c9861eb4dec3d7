"""Tocsin as its users run it: processes with a home of their own, and a server among them."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from unittest.mock import patch

import httpx2

from tests import cli

COMMAND = [sys.executable, "-c", "from tocsin.cli import main; main()"]
_PATIENCE = 240  # seconds; a busy machine takes many to start a process


class Home:
    """A user with a data folder; nothing of the developer's own settings gets in."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
        self.environment = kept | {"XDG_DATA_HOME": str(folder), "HOME": str(folder)}
        # Nobody reads what a server logs here, and a pipe that is full would stop it.
        self.environment |= {"TOCSIN_LOG_LEVEL": "ERROR"} | settings

    def tocsin(self, *arguments: str, stdin: str = "") -> cli.Done:
        """A process of its own."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            env=self.environment,
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        return cli.Done(done.returncode, done.stdout, done.stderr)

    def run(self, *arguments: str, stdin: str = "") -> cli.Done:
        """The same within the test's own process, which has imported everything already."""
        with patch.dict(os.environ, self.environment, clear=True), contextlib.chdir(self.folder):
            return cli.run(*arguments, stdin=stdin)

    def succeed(self, *arguments: str, stdin: str = "") -> Any:
        """What the command prints, run within this process: a JSON value with --json, else text."""
        done = self.run(*arguments, stdin=stdin)
        assert done.code == 0, done.err
        return json.loads(done.out) if "--json" in arguments else done.out


class Running:
    """A command that runs until it is told to end; `said` is its first line on standard error."""

    def __init__(self, home: Home, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [*COMMAND, *arguments], env=home.environment, cwd=home.folder, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stderr is not None
        self.said = self._process.stderr.readline()

    def terminate(self) -> int:
        """Ask it to end; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(_PATIENCE)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(_PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process.poll() is None:
            self.kill()
        if self._process.stderr is not None:
            self._process.stderr.close()


class Server(Running):
    """`tocsin serve` on a free port; `url` says where."""

    def __init__(self, home: Home) -> None:
        super().__init__(home, "serve", "--port", "0")
        assert self.said.startswith("Tocsin serves "), self.said
        self.url = self.said.split()[2].rstrip(";")
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                if httpx2.get(f"{self.url}/readyz", timeout=5).is_success:
                    return
            except httpx2.HTTPError:
                assert time.monotonic() < end, "the server does not become ready"
                time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
