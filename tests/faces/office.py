"""A support organisation over real HTTP: every person with a token of their own, and tokens that are nobody's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from tests.testing import PEOPLE, SECRET, furnish, serving
from tocsin import runtime
from tocsin.people import directory, tokens
from tocsin.policy import starters
from tocsin.runtime import Installation

STAFF = PEOPLE | {"mia": "escalation_manager", "olga": "account_owner", "otto": "operator", "vera": "viewer"}
MACHINES = {"desk": "operator", "robot": "admin"}  # tokens without a user
OUTAGE: dict[str, Any] = {
    "subject": "API is down",
    "users_affected": 5000,
    "account": {"external_id": "acme", "name": "Acme", "segment": "business"},
}
QUESTION: dict[str, Any] = {"subject": "How do we rename a report?", "account": {"name": "Acme"}}


# The starter, but that however many cases are alike, each pages for itself, and nothing is fetched.
CALM = starters.text().partition("evidence: #")[0] + "storm: {enabled: false}\n"
CALM += starters.text().partition("on: account_tickets}\n")[2]


class Office:
    """`clients` by name. `do` and `get` expect success; `refused` gives the problem document."""

    def __init__(self, installation: Installation, url: str, secrets: dict[str, str]) -> None:
        self.installation = installation
        self.url = url
        self.secrets = secrets
        self.clients = {
            name: httpx2.Client(base_url=f"{url}/api/v1", headers={"authorization": f"Bearer {secret}"}, timeout=30)
            for name, secret in secrets.items()
        }
        self.opened = 0

    def post(self, who: str, path: str, body: Any = None, key: str | None = None) -> httpx2.Response:
        headers = {} if key is None else {"idempotency-key": key}
        return self.clients[who].post(path, json={} if body is None else body, headers=headers)

    def open(self, body: dict[str, Any] = OUTAGE, **more: Any) -> dict[str, Any]:
        self.opened += 1
        opened: dict[str, Any] = self._value(
            self.post("robot", "/cases", {"external_id": f"office-{self.opened}"} | body | more)
        )
        return opened

    def do(self, who: str, case: str, verb: str, /, **body: Any) -> Any:
        return self._value(self.post(who, f"/cases/{case}/{verb}", body))

    def refused(self, who: str, case: str, verb: str, /, **body: Any) -> Any:
        answer = self.post(who, f"/cases/{case}/{verb}", body)
        assert answer.status_code >= 400, answer.text
        return answer.json()

    def get(self, who: str, path: str) -> Any:
        return self._value(self.clients[who].get(path))

    def kinds(self, case: str) -> list[str]:
        return [event["kind"] for event in self.get("admin", f"/cases/{case}/timeline")["events"]]

    @staticmethod
    def _value(answer: httpx2.Response) -> Any:
        assert answer.is_success, answer.text
        return answer.json()


@contextmanager
def staffed(
    database: str,
    pager: str = "http://127.0.0.1:9/",
    *,
    requests_per_second: float = 0,
    policy: str | None = None,
    still: bool = False,
) -> Iterator[Office]:
    """The office of a fresh database, being served. `pager`: where pages go; by default nobody takes them. `still`:
    nothing happens but what is asked for, thus no page leaves."""
    installation = runtime.build(database, SECRET, allow_private=True, requests_per_second=requests_per_second)
    furnish(installation, policy or CALM, STAFF, pager)

    def issue(tx: Any) -> dict[str, str]:
        people = directory.load(tx).by_name
        secrets = {
            name: tokens.issue(
                tx, installation.mint, installation.journal, f"of {name}", role, "test", user=people[name].id
            )
            for name, role in STAFF.items()
        }
        machines = {
            name: tokens.issue(tx, installation.mint, installation.journal, name, role, "test")
            for name, role in MACHINES.items()
        }
        return secrets | machines

    secrets = installation.writer.write(issue)
    with serving(installation, still=still) as url:
        yield Office(installation, url, secrets)
