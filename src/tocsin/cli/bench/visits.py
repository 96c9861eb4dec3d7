"""What people ask for on pages, and programs change meanwhile, as requests that are ready to be sent."""

import http.client
import itertools
import json
import random
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote_plus

from tocsin.cli.bench import filling, tickets
from tocsin.cli.bench.company import Company
from tocsin.cli.bench.server import HOST

NOW, CASES, CASE, SEARCH, MINE, ACCOUNTS = "Now", "Cases", "a case", "search", "Mine", "Accounts"
_MIX = (
    *(NOW, CASES, CASE, NOW, CASES, SEARCH, CASE, NOW, CASES, MINE),
    *(NOW, CASES, CASE, NOW, CASES, SEARCH, CASE, NOW, CASES, ACCOUNTS),
)
NAMES = tuple(dict.fromkeys(_MIX))
_LISTS = (
    *("", "state=open&sort=due", "state=open&sort=age", "state=open&sort=severity", "state=open&sort=newest"),
    *("state=open&sort=owner", "state=open&sort=account", "needs=now&sort=due", "needs=escalated&sort=unanswered"),
    *("needs=breached&sort=unanswered", "needs=unowned&sort=unanswered", "state=open&owner=me&sort=due"),
    *("state=open&account=C-7&sort=urgency", "state=open&product_area=billing&sort=urgency"),
    *("state=closed&sort=newest", "state=open&level=senior&sort=due", "q=checkout+timeout&sort=newest"),
    *("sort=newest", "sort=urgency", "sort=age", "sort=level", "sort=severity", "sort=owner", "sort=account"),
)
_LATER = 3  # further parts of a list that are asked for
_BEHIND = re.compile(r'href="/cases\?([^"]*behind=[^"]*)"')
_QUERIES = (
    *("checkout payment", "single sign-on loops", "Invoice shows", "timeout gateway queue", "Webhook deliv"),
    *("Berlin Payment 120", "certificate expires", "agent", "status 502 Lyon", "report export slow", "HD-100200"),
)
_CUSTOMERS = ("", "?sort=due", "?sort=name", "?sort=open", "?q=Berlin")
_SEED = 7
Visit = tuple[str, bytes]  # an address, and the request


class Visits:
    """What is asked of the server at `port`: by people in turn, and always the same."""

    def __init__(self, company: Company, port: int) -> None:
        self._company, self._port, self._host = company, port, f"{HOST}:{port}"
        self._cookies = itertools.cycle(company.cookies)
        lists = [address for chosen in _LISTS for address in self._parts(chosen)]
        found = [f"/search?q={quote_plus(query)}" for query in _QUERIES]
        self.addresses: dict[str, list[str]] = {
            NOW: ["/", "/", "/", "/?team=support", "/?level=executive"],
            CASES: lists,
            CASE: self._cases(40),
            SEARCH: found,
            MINE: ["/mine"],
            ACCOUNTS: [f"/accounts{asked}" for asked in _CUSTOMERS],
        }

    def of(self, name: str) -> Iterator[Visit]:
        """Visits of one page, without end."""
        for address in itertools.cycle(self.addresses[name]):
            yield address, self._get(address)

    def mixed(self) -> Iterator[tuple[str, bytes]]:
        """Names of pages, and requests for them, without end."""
        each = {name: self.of(name) for name in NAMES}
        for name in itertools.cycle(_MIX):
            yield name, next(each[name])[1]

    def body(self, name: str) -> bytes:
        """What the server answers to the first visit of a page."""
        return self._read(self.addresses[name][0])

    def plain(self, host: str) -> Iterator[tuple[str, bytes]]:
        """The same pages from a server that has them as files, by their place among NAMES."""
        for name in itertools.cycle(_MIX):
            yield name, f"GET /{NAMES.index(name)} HTTP/1.1\r\nhost: {host}\r\n\r\n".encode()

    def changes(self) -> Iterator[tuple[str, bytes]]:
        """Two new tickets, two notes and an assignment, again and again."""
        chance = random.Random(_SEED)  # noqa: S311
        fresh = itertools.count(1_000_000_000)
        while True:
            for _ in range(2):
                yield "change", self._post("/api/v1/cases", tickets.ticket(next(fresh)))
                path = f"/api/v1/cases/{chance.choice(self._company.open)}"
                yield "change", self._post(f"{path}/notes", {"text": "Looked at it, and asked for the log."})
            owner = filling.name_of(chance.randrange(filling.PEOPLE))
            path = f"/api/v1/cases/{chance.choice(self._company.open)}"
            yield "change", self._post(f"{path}/assignment", {"owner": owner})

    def _parts(self, chosen: str) -> Iterator[str]:
        """A list, and further parts of it, each by the address that the one before gives."""
        address: str | None = f"/cases?{chosen}" if chosen else "/cases"
        for _ in range(1 + _LATER):
            if address is None:
                return
            yield address
            found = _BEHIND.search(self._read(address).decode())
            address = f"/cases?{unescape(found[1])}" if found else None

    def _cases(self, amount: int) -> list[str]:
        chance = random.Random(_SEED)  # noqa: S311
        return [f"/cases/{chance.choice(self._company.open)}" for _ in range(amount)]

    def _read(self, address: str) -> bytes:
        connection = http.client.HTTPConnection(HOST, self._port, timeout=120)
        connection.request("GET", address, headers={"cookie": self._company.cookies[0]})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{address} answered {answer.status}: {body[:500]!r}")
        return body

    def _get(self, address: str) -> bytes:
        return f"GET {address} HTTP/1.1\r\nhost: {self._host}\r\ncookie: {next(self._cookies)}\r\n\r\n".encode()

    def _post(self, path: str, body: object) -> bytes:
        said = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nhost: {self._host}\r\nauthorization: Bearer {self._company.token}\r\n"
        return f"{head}content-type: application/json\r\ncontent-length: {len(said)}\r\n\r\n".encode() + said
