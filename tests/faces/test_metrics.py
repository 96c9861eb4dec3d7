"""What monitoring reads: figures in Prometheus' format, for operators only; readiness; accounts."""

from collections.abc import Iterator

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.testing import PEOPLE, SECRET, Databases, Receiver, furnish, serving
from tocsin import runtime
from tocsin.people import tokens
from tocsin.policy import starters

OUTAGE = {"subject": "API is down", "users_affected": 5000, "account": {"external_id": "acme", "arr": 2_345_678.0}}


@pytest.fixture(scope="module")
def clients(databases: Databases) -> Iterator[dict[str, httpx2.Client]]:
    receiver = Receiver()
    installation = runtime.build(databases.new(), SECRET, allow_private=True)
    secrets = {"admin": furnish(installation, starters.text(), PEOPLE, receiver.url + "/")}
    secrets["agent"] = installation.writer.write(
        lambda tx: tokens.issue(tx, installation.mint, installation.journal, "an agent", "agent", "test")
    )
    with serving(installation) as url:
        found = {
            role: httpx2.Client(base_url=url, headers={"authorization": f"Bearer {secret}"}, timeout=30)
            for role, secret in secrets.items()
        }
        assert found["admin"].post("/api/v1/cases", json=OUTAGE).status_code == 201
        receiver.wait_for(1)
        yield found
    receiver.close()


def values(http: httpx2.Client) -> dict[tuple[str, tuple[str, ...]], float]:
    answer = http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_the_figures(clients: dict[str, httpx2.Client]) -> None:
    found = values(clients["admin"])
    assert sum(value for (name, _), value in found.items() if name == "tocsin_cases") == 1
    assert found["tocsin_unanswered", ()] >= 1
    assert any(name == "tocsin_work" for name, _ in found)
    assert found["tocsin_writer_groups_total", ()] >= 1
    assert found["tocsin_writer_jobs_total", ()] >= found["tocsin_writer_groups_total", ()]
    assert found["tocsin_writer_commit_seconds_total", ()] > 0
    assert found["tocsin_loop_age_seconds", ("timers",)] < 30
    assert found["tocsin_http_requests_total", ("POST", "/api/v1/cases", "201")] == 1
    assert ("tocsin_first_page_seconds_count", ()) in found
    clients["admin"].get("/api/v1/cases/1")
    clients["admin"].get("/nowhere/secret")
    again = values(clients["admin"])
    assert again["tocsin_http_requests_total", ("GET", "/api/v1/cases/{case}", "200")] == 1
    assert not any("secret" in str(labels) for _, labels in again)


def test_they_are_for_operators(clients: dict[str, httpx2.Client]) -> None:
    assert clients["agent"].get("/metrics").status_code == 403
    assert httpx2.get(f"{clients['agent'].base_url}/metrics").status_code == 401


def test_readiness_says_when_the_engine_last_went_round(clients: dict[str, httpx2.Client]) -> None:
    ready = clients["agent"].get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["engine_seconds_ago"] < 30


def test_accounts_with_revenue_as_a_band_for_agents(clients: dict[str, httpx2.Client]) -> None:
    [acme] = clients["admin"].get("/api/v1/accounts").json()["accounts"]
    assert (acme["external_id"], acme["arr"]) == ("acme", 2345678.0)
    text = clients["agent"].get("/api/v1/accounts").text
    assert "1M to 5M" in text
    assert "2345678" not in text
