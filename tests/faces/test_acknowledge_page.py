"""The link of a page over real HTTP: what a browser gets, and what it is told not to do with it."""

import json
import re

import httpx2

from tests.stories.starter import OUTAGE, STARTER
from tests.testing import PEOPLE, SECRET, Receiver, furnish, serving
from tocsin import runtime


def test_a_browser_takes_the_case(database_url: str) -> None:
    receiver = Receiver()
    installation = runtime.build(database_url, SECRET, allow_private=True, base_url="https://tocsin.test/")
    token = furnish(installation, STARTER, PEOPLE, receiver.url + "/")
    with serving(installation) as url, httpx2.Client(base_url=url) as http:
        signed = {"authorization": f"Bearer {token}"}
        case = http.post("/api/v1/cases", json=OUTAGE, headers=signed).json()
        receiver.wait_for(1)
        link = json.loads(receiver.got[0][1])["acknowledge_link"]
        assert link.startswith("https://tocsin.test/acknowledge/")
        path = link.removeprefix("https://tocsin.test")

        shown = http.get(path)
        assert shown.status_code == 200
        for said in ("CRITICAL: API is down", "Z-1", "acme", "Say that you look at it, by", "Times are those of"):
            assert said in shown.text
        assert shown.text.index("Time left") < shown.text.index("Why you"), "above what the buttons cover"
        assert shown.headers["content-type"] == "text/html; charset=utf-8"
        policy = dict(part.strip().split(" ", 1) for part in shown.headers["content-security-policy"].split(";"))
        assert policy == {
            "default-src": "'none'",
            "style-src": "'self'",
            "form-action": "'self'",
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
            **dict.fromkeys(("script-src", "connect-src", "manifest-src", "worker-src"), "'self'"),
        }
        assert shown.headers["cache-control"] == "no-store"
        assert shown.headers["referrer-policy"] == "no-referrer"
        assert 'href="../static/bare.css?v=' in shown.text
        style = http.get("/static/bare.css")
        assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
        assert "url(" not in style.text

        for method in ("PUT", "DELETE", "HEAD"):
            assert http.request(method, path).status_code == 405
        assert http.get(f"/api/v1/cases/{case['id']}", headers=signed).json()["technical_lead"] is None

        declining = http.get(path.replace("/acknowledge/", "/decline/"))
        assert declining.status_code == 200
        assert declining.headers["content-security-policy"] == shown.headers["content-security-policy"]
        assert declining.text.index('value="decline"') < declining.text.index('value="acknowledge"')

        assert 'name="called" value="Z-1 acme: API is down"' in declining.text
        kept = http.get("/acknowledge/kept?given=decline")
        assert (kept.status_code, "you tapped Decline" in kept.text) == (200, True)

        done = http.post(path, data={"anything": "is ignored"})
        assert (done.status_code, "You have acknowledged it" in done.text) == (200, True)
        assert re.search(r'<a class="btn primary big" href="../cases/\d+">Open the case</a>', done.text)
        assert "without a connection" not in done.text
        after = http.get(f"/api/v1/cases/{case['id']}", headers=signed).json()
        name = json.loads(receiver.got[0][1])["to"]
        assert after["technical_lead"] == name
        assert all((page["acknowledged_at"] is not None) == (page["user"] == name) for page in after["pages"])
        again = http.post(path)
        assert (again.status_code, "You have acknowledged it" in again.text) == (200, True), "as of a double tap"
        assert http.get(path).status_code == 409
        late = http.post(path, data={"ago": str(3 * 3_600_000)})
        assert (late.status_code, "without a connection; it came at" in late.text) == (409, True)
        assert http.get("/acknowledge/x").status_code == 404
        assert http.get("/decline/x").status_code == 404
        assert "/acknowledge" not in http.get("/api/v1/openapi.json").text.replace("/acknowledgement", "")
    receiver.close()
