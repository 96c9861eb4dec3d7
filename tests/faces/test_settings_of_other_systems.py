"""Settings of what other systems deliver and get: sources, webhooks and tokens."""

import re
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.faces.browsing import Browser, give_passwords, heading, once, plain, saved
from tests.faces.office import Office, staffed
from tests.testing import Databases, Receiver


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="module")
def office(databases: Databases, receiver: Receiver) -> Iterator[Office]:
    with staffed(databases.new(), receiver.url + "/") as office:
        give_passwords(office.installation)
        yield office


@pytest.fixture
def admin(office: Office) -> Browser:
    return signed(office, "admin")


def signed(office: Office, name: str) -> Browser:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    browser.get("/settings/profile")
    return browser


def version(answer: httpx2.Response, action: str) -> str:
    """The version that the form with this action carries."""
    found = re.search(rf'action="{re.escape(action)}"[^>]*>.*?name="version" value="(\d+)"', answer.text, re.S)
    assert found, f"no form {action}"
    return found[1]


def test_a_token_is_shown_once_narrowed_and_revoked(office: Office, admin: Browser) -> None:
    fields: dict[str, Any] = {"name": "reader", "role": "viewer", "user": "", "scope-cases.read": "yes"}
    [token] = once(admin.post("/settings/tokens", **fields))
    assert token not in admin.get("/settings/tokens").text
    asking = httpx2.Client(base_url=f"{office.url}/api/v1", headers={"authorization": f"Bearer {token}"})
    assert asking.get("/cases").status_code == 200
    assert asking.get("/users").status_code == 403, "narrowed to one permission"
    outside = admin.post(
        "/settings/tokens", name="more", role="viewer", user="", **dict[str, Any]({"scope-operate": "yes"})
    )
    assert outside.status_code == 422
    assert admin.post("/settings/tokens", **fields).status_code == 409
    for nothing in ("?name=nothing", ""):
        unasked = admin.get(f"/settings/tokens/revoke{nothing}")
        assert (unasked.status_code, "Is the token" in unasked.text) == (404, False), "there is nothing to revoke"
        assert "expected the name of a token." in unasked.text, "and no command of a terminal"
    asked = admin.get("/settings/tokens/revoke?name=reader")
    assert 'class="danger"' in asked.text
    saved(admin.post("/settings/tokens/revoke", name="reader"), "/settings/tokens?done=revoked")
    listed = {token["name"]: token for token in office.get("admin", "/tokens")["tokens"]}
    assert listed["reader"]["revoked_at"] is not None
    assert admin.post("/settings/tokens/revoke", name="reader").status_code == 404


def test_a_source_delivers_fails_in_words_and_is_replayed(office: Office, admin: Browser) -> None:
    mapping = "source: shop\nexternal_id: id\nsubject: title"
    wrong = admin.post("/settings/sources", name="shop", pack="generic", map="subject: [", secret="")
    assert (wrong.status_code, "subject: [" in wrong.text) == (422, True)
    made = admin.post("/settings/sources", name="shop", pack="generic", map=mapping, secret="")
    address = once(made)[0]
    assert "/hooks/generic/" in address
    deliver = office.url + address[address.index("/hooks/") :]
    assert httpx2.post(deliver, json={"id": "S-1", "title": "Broken"}).status_code == 201
    assert httpx2.post(deliver, json={"title": "of no ticket"}).status_code == 422
    listed = admin.get("/settings/sources")
    assert heading(listed) == "1 delivery failed"
    page = admin.get("/settings/sources/shop")
    assert "does not say which ticket it is about" in plain(page.text)
    first = office.get("admin", "/connectors/shop/deliveries")["deliveries"][-1]
    saved(
        admin.post(f"/settings/sources/shop/deliveries/{first['id']}/replay"),
        f"/settings/sources/shop?delivery={first['id']}&done=replayed",
    )
    opened = admin.get(f"/settings/sources/shop?delivery={first['id']}")
    assert "Broken" in opened.text.partition('id="delivery"')[2]
    assert "again, by admin" in plain(opened.text)
    tried = admin.post("/settings/sources/shop/try", delivery='{"id": "S-2", "title": "Tried"}')
    assert (tried.status_code, "S-2" in tried.text) == (200, True)
    assert admin.post("/settings/sources/shop/try", delivery="{").status_code == 422
    assert len(office.get("admin", "/connectors/shop/deliveries")["deliveries"]) >= 1
    saved(admin.post("/settings/sources/shop/revoke"), "/settings/sources?done=revoked")
    assert httpx2.post(deliver, json={"id": "S-3", "title": "Late"}).status_code == 404
    assert office.get("admin", "/cases?external_id=S-2")["cases"] == [], "trying writes nothing"


def test_what_a_source_sends_is_chosen_from_what_its_pack_declares(office: Office, admin: Browser) -> None:
    made = admin.post("/settings/sources", name="code", pack="github", map="", secret="")
    assert len(once(made)) == 2, "an address, and a secret to sign with"
    page = admin.get("/settings/sources/code")
    effects = re.findall(r'name="effect-([\w-]+)"', page.text)
    assert effects
    seen = version(page, "/settings/sources/code")
    fields: dict[str, Any] = {
        f"effect-{effects[0]}": "yes",
        "credential": "of theirs",
        "map": "",
        "pull": "",
        "host": "",
        "account": "",
    }
    saved(admin.post("/settings/sources/code", **fields, version=seen), "/settings/sources/code?done=saved")
    assert office.get("admin", "/connectors/code")["effects"] == [effects[0]]
    assert "of theirs" not in admin.get("/settings/sources/code").text
    [secret] = once(admin.post("/settings/sources/code/secret", secret=""))
    assert secret not in admin.get("/settings/sources/code").text


def test_a_webhook_fails_with_its_reason_and_is_sent_again(office: Office, admin: Browser) -> None:
    gone = Receiver(status=410)  # by which a receiver says that it takes nothing any more
    bad = admin.post("/settings/webhooks", url=gone.url, events="case.nonsense")
    assert (bad.status_code, "case.nonsense" in bad.text) == (422, True)
    made = admin.post("/settings/webhooks", url=gone.url, events="case.opened")
    assert once(made)[0].startswith("whsec_")
    office.open()
    [webhook] = office.get("admin", "/webhooks")["webhooks"]
    path = f"/settings/webhooks/{webhook['id']}"

    def settled(state: str) -> str:
        for _ in range(400):
            rows = office.get("admin", f"/webhooks/{webhook['id']}/deliveries")["deliveries"]
            if rows and rows[0]["state"] == state:
                return str(rows[0]["id"])
            time.sleep(0.05)
        raise AssertionError(f"it was never {state}")

    delivery = settled("failed")
    page = admin.get(path)
    assert heading(page) == "1 delivery failed"
    assert "the receiver answered 410" in page.text
    gone.status = 204
    saved(admin.post(f"{path}/deliveries/{delivery}/retry"), f"{path}?done=again")
    assert settled("delivered") == delivery
    assert admin.post(f"{path}/deliveries/{delivery}/retry").status_code == 404, "it has not failed"
    gone.close()
    assert 'class="danger"' in admin.get(f"{path}/end").text
    saved(admin.post(f"{path}/end"), "/settings/webhooks?done=ended")
    assert office.get("admin", "/webhooks")["webhooks"] == []
