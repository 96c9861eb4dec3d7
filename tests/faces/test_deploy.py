"""The samples for running it: nginx takes its file and hands requests on, systemd takes the unit."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import httpx2
import pytest

from tests.certificates import certificate
from tests.home import Home, Server, free_port

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "tocsin.service"
    unit.write_text((DEPLOY / "tocsin.service").read_text().replace("/opt/tocsin/bin/tocsin", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_hands_requests_on_and_does_not_keep_the_stream_back(tmp_path: Path) -> None:
    home = Home(tmp_path, TOCSIN_TRUSTED_PROXIES="127.0.0.1")
    made = home.succeed("init", "--json")
    _, certificate_file = certificate(tmp_path)
    plain, secure = free_port(), free_port()
    with Server(home) as server:
        text = (DEPLOY / "nginx.conf").read_text()
        for old, new in (
            ("127.0.0.1:8000", server.url.removeprefix("http://")),
            ("listen 80;", f"listen 127.0.0.1:{plain};"),
            ("listen 443", f"listen 127.0.0.1:{secure}"),
            ("/etc/ssl/tocsin.example.com/fullchain.pem", str(certificate_file)),
            ("/etc/ssl/tocsin.example.com/privkey.pem", str(tmp_path / "key.pem")),
        ):
            assert old in text
            text = text.replace(old, new)
        temporary = "".join(
            f"{name}_temp_path {tmp_path};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;\n" if os.geteuid() == 0 else ""
        whole = tmp_path / "nginx.conf"
        whole.write_text(
            f"{user}pid {tmp_path}/nginx.pid;\nerror_log {tmp_path}/error.log;\ndaemon off;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{temporary}{text}\n}}\n"
        )
        checked = subprocess.run(["nginx", "-t", "-c", whole], capture_output=True, text=True, timeout=60)
        assert checked.returncode == 0, checked.stderr
        nginx = subprocess.Popen(["nginx", "-c", whole], stderr=subprocess.DEVNULL)
        try:
            _walk(f"https://127.0.0.1:{secure}", made["password"])
        finally:
            nginx.terminate()
            nginx.wait(30)
        assert server.terminate() == 0


def _walk(url: str, password: str) -> None:
    with httpx2.Client(base_url=url, verify=False, timeout=30, follow_redirects=True) as http:
        _wait_for(http)
        assert http.get("/readyz").json()["status"] == "ready"
        page = http.get("/sign-in")
        fields = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text))
        signed = http.post(
            "/sign-in", data=fields | {"name": "admin", "password": password}, headers={"origin": url, "referer": url}
        )
        assert signed.status_code == 200, signed.text
        with http.stream("GET", "/events") as stream:
            assert stream.status_code == 200
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert next(stream.iter_bytes())


def _wait_for(http: httpx2.Client) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            http.get("/healthz")
        except httpx2.TransportError:
            assert time.monotonic() < deadline, "nginx does not answer"
            time.sleep(0.05)
        else:
            return
