"""A server of its own for measuring: `tocsin init`, one person whom pages reach, `tocsin serve`."""

import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HOST = "127.0.0.1"


@contextmanager
def serving(url: str, receiver: str) -> Iterator[tuple[int, int, str]]:
    """A server process on that database with the starter policy; its port, its process and a token."""
    port, secret = free_port(), secrets.token_urlsafe(32)
    environment = _environment(url, secret, port)
    made = subprocess.run(
        [*_TOCSIN, "init", "--admin", "admin@bench.invalid", "--json"],
        env=environment,
        capture_output=True,
        check=True,
    )
    reach = [*_TOCSIN, "user", "reach", "admin", "--webhook", receiver]
    subprocess.run(reach, env=environment, check=True, capture_output=True)
    with _process(environment, port) as pid:
        yield port, pid, json.loads(made.stdout)["token"]


@contextmanager
def serving_filled(url: str, secret: str, page_processes: int = 0) -> Iterator[tuple[int, int]]:
    """A server process on a database that is ready, sealed with that secret; its port and its process. Nobody of it can
    be reached, of which its log does not tell."""
    port = free_port()
    more = {"TOCSIN_LOG_LEVEL": "ERROR", "TOCSIN_PAGE_PROCESSES": str(page_processes)}
    with _process(_environment(url, secret, port) | more, port) as pid:
        yield port, pid


_TOCSIN = (sys.executable, "-m", "tocsin")


def _environment(url: str, secret: str, port: int) -> dict[str, str]:
    return os.environ | {
        "TOCSIN_DATABASE_URL": url,
        "TOCSIN_SECRET_KEY": secret,
        "TOCSIN_ALLOW_PRIVATE_DESTINATIONS": "true",
        "TOCSIN_LOG_LEVEL": "WARNING",
        "TOCSIN_BASE_URL": f"http://{HOST}:{port}",
    }


@contextmanager
def _process(environment: dict[str, str], port: int) -> Iterator[int]:
    process = subprocess.Popen([*_TOCSIN, "serve", "--host", HOST, "--port", str(port)], env=environment)
    try:
        wait_for(port, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Until the server of this process is ready. RuntimeError where it ends before."""
    while process.poll() is None:
        try:
            connection = http.client.HTTPConnection(HOST, port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            threading.Event().wait(0.05)
    raise RuntimeError(f"the server ended with {process.returncode}")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
