"""An address may carry a name and a password. What is sent there has them; nobody is shown them."""

import base64
from collections.abc import Iterator
from contextlib import closing
from typing import Any, NamedTuple

import pytest

from tests.faces.browsing import Browser, give_passwords, signed
from tests.faces.office import QUESTION, Office, staffed
from tests.testing import Databases, Receiver

PASSWORD = "open-sesame"


class Scene(NamedTuple):
    office: Office
    admin: Browser
    receiver: Receiver
    address: str


@pytest.fixture
def scene(tmp_path: Any) -> Iterator[Scene]:
    with closing(Receiver()) as receiver, staffed(Databases("sqlite", tmp_path).new()) as office:
        give_passwords(office.installation, "admin")
        address = receiver.url.replace("://", f"://desk:{PASSWORD}@")
        yield Scene(office, signed(office.url, "admin"), receiver, address)


def test_a_webhook_signs_in_and_shows_nobody_how(scene: Scene) -> None:
    office, admin = scene.office, scene.admin
    made = office.post("admin", "/webhooks", {"url": scene.address, "events": ["case.opened"]})
    office.open(QUESTION)
    scene.receiver.wait_for(1)
    headers, _ = scene.receiver.got[0]
    assert headers["authorization"] == "Basic " + base64.b64encode(f"desk:{PASSWORD}".encode()).decode()
    listed = office.clients["admin"].get("/webhooks")
    path = f"/settings/webhooks/{made.json()['id']}"
    seen = [made, listed, office.clients["admin"].get("/audit/changes?family=webhook")]
    seen += map(admin.get, ("/settings/webhooks", path, f"{path}/end", "/settings/webhooks.csv", "/settings/audit"))
    for answer in seen:
        assert answer.is_success, answer.url
        assert PASSWORD not in answer.text, answer.url
    assert listed.json()["webhooks"][0]["url"] == scene.receiver.url.replace("://", "://***@")


def test_a_place_of_a_person_too(scene: Scene) -> None:
    office, admin = scene.office, scene.admin
    made = office.post("admin", "/users/admin/destinations", {"webhook": scene.address})
    seen = [made, office.clients["admin"].get("/users/admin"), office.clients["admin"].get("/users/admin/destinations")]
    seen.append(office.clients["admin"].get("/audit/changes?family=destination"))
    seen += map(admin.get, ("/settings/profile", "/settings/users/admin", "/settings/users.csv", "/settings/audit"))
    for answer in seen:
        assert answer.is_success, answer.url
        assert PASSWORD not in answer.text, answer.url
    assert "://***@127.0.0.1" in admin.get("/settings/profile").text
