"""The doctor asks whatever pages go out by, and refuses what a server refuses."""

import socket
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from tests.home import Home, free_port
from tests.testing import Receiver


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.succeed("init")
    return home


def found(home: Home, check: str) -> dict[str, Any]:
    import json

    findings = json.loads(home.run("doctor", "--json").out)["findings"]
    return next(one for one in findings if one["check"] == check)


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"TOCSIN_SMTP_URL": "smtp://mail.example.com"}, "TOCSIN_MAIL_FROM"),
        ({"TOCSIN_SMTP_URL": "https://mail.example.com", "TOCSIN_MAIL_FROM": "a@b.example"}, "TOCSIN_SMTP_URL"),
        ({"TOCSIN_SECRET_KEY": "short"}, "TOCSIN_SECRET_KEY"),
    ],
)
def test_what_a_server_refuses_the_doctor_refuses(home: Home, settings: dict[str, str], place: str) -> None:
    home.environment |= settings
    assert found(home, "serve")["state"] == "fail"
    assert place in found(home, "serve")["found"]
    refused = home.run("serve", "--port", "0")
    assert refused.code == 2
    assert place in refused.err


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("BASE_URL", "tocsin.example.com"),
        ("BASE_URL", "http://a:99999"),
        ("HEARTBEAT_URL", "file:///etc/passwd"),
        ("SYNTHETIC_PAGE_URL", "nonsense"),
        ("URL", "https://"),
    ],
)
def test_an_address_that_is_not_of_the_web_is_refused(home: Home, name: str, url: str) -> None:
    home.environment[f"TOCSIN_{name}"] = url
    says = found(home, "settings")
    assert says["state"] == "fail"
    assert f"TOCSIN_{name}: " in says["found"]
    assert "Value error" not in says["found"]
    assert says["way_out"].startswith("http:// or https:// with a host")
    refused = home.run("serve", "--port", "0")
    assert (refused.code, f"TOCSIN_{name}" in refused.err) == (2, True)


def test_where_the_heartbeat_and_the_test_page_go_is_tried(home: Home) -> None:
    for check, name in (("heartbeat", "TOCSIN_HEARTBEAT_URL"), ("test page", "TOCSIN_SYNTHETIC_PAGE_URL")):
        with socket.create_server(("127.0.0.1", 0)) as taking:
            home.environment[name] = f"http://127.0.0.1:{taking.getsockname()[1]}/private"
            assert found(home, check)["state"] == "ok"
        refused = found(home, check)
        assert refused["state"] == "warn"
        assert "private" not in refused["found"]


def test_the_mail_server_is_asked(home: Home) -> None:
    port = free_port()
    home.environment |= {"TOCSIN_SMTP_URL": f"smtp+plain://127.0.0.1:{port}", "TOCSIN_MAIL_FROM": "tocsin@example.com"}
    asked = found(home, "mail")
    assert asked["state"] == "fail"
    assert f"127.0.0.1:{port}" in asked["found"]
    server = Controller(Sink(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        assert found(home, "mail")["state"] == "ok"
    finally:
        server.stop()


def test_people_who_are_reached_by_mail_need_a_server_for_it(home: Home) -> None:
    url = {"TOCSIN_SMTP_URL": "smtp+plain://127.0.0.1:9", "TOCSIN_MAIL_FROM": "tocsin@example.com"}
    home.environment |= url
    home.succeed("user", "reach", "admin", "--email", "admin@example.com")
    for name in url:
        del home.environment[name]
    assert found(home, "serve")["state"] == "ok"
    assert "destinations that need it: 1" in found(home, "mail")["found"]


def test_a_destination_in_a_private_network_is_one_where_nothing_is_sent(home: Home) -> None:
    receiver = Receiver()
    home.environment["TOCSIN_ALLOW_PRIVATE_DESTINATIONS"] = "true"
    home.succeed("user", "reach", "admin", "--webhook", receiver.url.replace("127.0.0.1", "localhost"))
    assert found(home, "destination")["state"] == "ok"
    del home.environment["TOCSIN_ALLOW_PRIVATE_DESTINATIONS"]
    asked = found(home, "destination")
    assert asked["state"] == "fail"
    assert "where nothing is sent" in asked["found"]
    receiver.close()
