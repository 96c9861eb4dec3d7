"""Every page that people see, in every state that looks different: without anything, with what a working day brings,
with more than fits. What is measured of pages is measured of these."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from typing import Any, NamedTuple

from tests.faces.browser import show_as
from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.testing import SECRET, Databases, Receiver, serving, wait_until
from tocsin import runtime
from tocsin.cases.risk import estimating, models
from tocsin.cases.risk.factors import NAMES
from tocsin.cases.risk.models import RiskModel
from tocsin.detection.risk.guarantee import Following
from tocsin.people import directory
from tocsin.policy import starters
from tocsin.web import places

FIRST = "dana"  # who administers what nobody has begun to use
LONG = " ".join(["Donaudampfschifffahrtsgesellschaftskapitän"] * 3)
MANY = 55  # more than a page of a list has
STEPS = ("zone", "people", "places", "schedule", "policy", "source", "practice")


def learnt(office: Office) -> None:
    """By what was learnt, every open case below an escalation is at risk."""
    here = office.installation
    model = RiskModel(1000, here.clock.now(), 90, 60, 2.0, (1.0,) * len(NAMES), (0.2,) * 30, 0.1, Following(0.1))
    here.writer.write(lambda tx: models.keep(tx, model))
    estimating.estimate(here.database, here.writer, here.clock)


class Stop(NamedTuple):
    """A page as it was answered. `posted`: it came in answer to a form, so that its address does not show it. `who`:
    None for whoever is not signed in."""

    name: str
    who: str | None
    base: str
    path: str
    text: str
    posted: bool = False

    @property
    def kind(self) -> str:
        """Stops of one kind differ by their state."""
        return self.name.partition(",")[0]


class Tour(NamedTuple):
    """`browsers`: whose cookies show the stops, by where and who."""

    office: Office
    fresh: str
    stops: tuple[Stop, ...]
    browsers: dict[tuple[str, str | None], Browser]

    def show(self, page: Any, stop: Stop) -> None:
        """A stop in a real browser, as whoever saw it."""
        show_as(page, stop.base, self.browsers[stop.base, stop.who])
        address = stop.base + stop.path
        if stop.posted:
            page.route(address, lambda route: route.fulfill(body=stop.text, content_type="text/html"))
        page.goto(address)
        if stop.posted:
            page.unroute(address)


def unseen(tour: Tour) -> list[str]:
    """The addresses of pages at which no stop is."""
    routes = [route for module in places.served() for route in module.router.routes if "GET" in route.methods]
    pages = sorted({(each.path.count("{"), each.path) for each in routes if not _NO_PAGE.search(each.path)})
    patterns = {path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for _, path in pages}
    seen = {stop.path.partition("?")[0] for stop in tour.stops if not stop.posted}
    found = {next((page for page, one in patterns.items() if one.fullmatch(path)), "") for path in seen}
    return [path for path in patterns if path not in found]


_NO_PAGE = re.compile(r"^/parts/|^/static/|^/events/|\.\w+$|^/settings/roles$")  # roles: leads on to the first of them


@contextmanager
def toured(databases: Databases, language: str | None = None) -> Iterator[Tour]:
    """A company at work and one that has not begun, both served. `language`: what everybody reads."""
    with ExitStack() as stack:
        pager = stack.enter_context(closing(Receiver()))
        office = stack.enter_context(staffed(databases.new(), pager.url + "/"))
        give_passwords(office.installation)
        empty = runtime.build(databases.new(), SECRET, allow_private=True)
        made = (empty.mint, empty.journal)
        empty.writer.write(lambda tx: directory.add_user(tx, *made, FIRST, by="test", role="admin", display="Dana"))
        give_passwords(empty)
        for here in (office.installation, empty):
            if language is not None:
                here.writer.write(partial(_read_in, here, language))
        fresh = stack.enter_context(serving(empty))
        walk = _Walk(language)
        _without_anything(walk, fresh)
        _with_a_working_day(walk, office, pager)
        _with_too_much(walk, office)
        yield Tour(office, fresh, tuple(walk.stops), walk.browsers)


def _read_in(here: runtime.Installation, language: str, tx: Any) -> None:
    for name in directory.load(tx).by_name:
        directory.change_user(tx, here.mint, here.journal, name, {"language": language}, by="test")


class _Walk:
    def __init__(self, language: str | None) -> None:
        self.language = language
        self.stops: list[Stop] = []
        self.browsers: dict[tuple[str, str | None], Browser] = {}

    def browser(self, base: str, who: str | None) -> Browser:
        if (base, who) not in self.browsers:
            browser = self.browsers[base, who] = Browser(base)
            browser.http.headers["accept"] = "text/html"
            if self.language is not None:
                browser.http.headers["accept-language"] = self.language
            if who is not None:
                assert browser.sign_in(who).status_code == 303
        return self.browsers[base, who]

    def see(self, base: str, who: str | None, paths: dict[str, str], status: int = 200) -> None:
        """`paths`: by the names of their stops."""
        for name, path in paths.items():
            answer = self.browser(base, who).get(path)
            assert answer.status_code == status, (path, answer.status_code, answer.text[-600:])
            self._stop(Stop(name, who, base, path, answer.text))

    def send(self, base: str, who: str | None, status: int, name: str, path: str, /, **fields: Any) -> str:
        """What a form is answered with where that is a page; else where it leads."""
        answer = self.browser(base, who).post(path, **fields)
        assert answer.status_code == status, (path, answer.status_code, answer.text[-600:])
        if status == 303:
            return str(answer.headers["location"])
        self._stop(Stop(name, who, base, path, answer.text, posted=True))
        return path

    def _stop(self, stop: Stop) -> None:
        assert stop.name not in {each.name for each in self.stops}, stop.name
        self.stops.append(stop)


def _without_anything(walk: _Walk, base: str) -> None:
    walk.see(base, None, {"sign in": "/sign-in"})
    walk.send(base, None, 403, "sign in, refused", "/sign-in", name=FIRST, password="wrong", back="/")
    walk.see(base, None, {"unknown link": "/acknowledge/x"}, 404)
    alone = {
        "now, first day": "/",
        "wall, first day": "/wall",
        "cases, none": "/cases",
        "mine, none": "/mine",
        "triage, none": "/triage",
        "risks, none": "/risks",
        "on call, none": "/on-call",
        "accounts, none": "/accounts",
        "policy, none": "/policy",
        "try a case, no policy": "/policy/try",
        "versions, none": "/policy/versions",
        "backtest, none": "/policy/backtest",
        "find": "/search",
        "start": "/start",
        **{f"start, {step}": f"/start/{step}" for step in STEPS},
        **{f"{name}, none": f"/settings/{name}" for name in ("teams", "schedules", "tokens", "sources", "webhooks")},
    }
    walk.see(base, FIRST, alone)
    walk.send(base, FIRST, 422, "start, refused", "/start/zone", zone="Europe/Nowhere")


def _with_a_working_day(walk: _Walk, office: Office, pager: Receiver) -> None:
    base, case, paging = office.url, _answered(office), office.open(OUTAGE)
    over, called = office.open(QUESTION), office.open(QUESTION)
    office.do("lea", over["id"], "resolution", note="Told them.")
    wait_until(lambda: bool(office.get("admin", f"/cases/{paging['id']}")["pages"]), 60)
    paged = office.get("admin", f"/cases/{paging['id']}")["pages"][0]["user"]
    office.do("lea", called["id"], "call-ins", user=paged, reason="You know it.", bridge="https://meet.example.com/")
    office.do("anna", called["id"], "escalation", request=True, level="senior", reason="They ask for more.")
    walk.see(base, None, {"the API": "/api?q=webhook", "the events": "/api/events", "the verbs": "/api/verbs"})
    day = {
        "now": "/",
        "now, as a board": "/?show=board",
        "now, by team": "/?group=team",
        "now, back in time": "/?back=5",
        "wall": "/wall",
        "cases": "/cases",
        "cases, nothing like it": "/cases?q=nothing",
        "find, found": "/search?q=API",
        "find, nothing": "/search?q=nothing",
        "on call": "/on-call",
        "on call, a month": "/on-call?span=month",
        "accounts": "/accounts",
        "accounts, nothing like it": "/accounts?q=nothing",
        "account": "/accounts/acme",
        "a new case": "/cases/new",
        "case": f"/cases/{case['number']}",
        "case, paging": f"/cases/{paging['number']}",
        "case, over": f"/cases/{over['number']}",
        "policy": "/policy",
        "try a case": "/policy/try?subject=API+is+down&users_affected=5000&account=Acme&segment=business",
        "you": "/settings/profile",
        "settings": "/settings",
        "components": "/settings/components",
    }
    words = office.open({"subject": "Nothing works, it is down"})
    office.do("carl", words["id"], "triage-snooze", reason="They call back.")
    learnt(office)
    day |= {"risks": "/risks", "affected": f"/cases/{words['number']}/affected"}
    day |= {"triage": "/triage", "triage, one of several": f"/triage?of={words['number']}"}
    walk.see(base, "carl", day)
    walk.see(base, paged, {"mine": "/mine"})
    walk.see(base, "lea", {"mine, of a lead": "/mine", "case, for a lead": f"/cases/{called['number']}"})
    walk.see(base, "olga", {"mine, of an account owner": "/mine"})
    walk.see(base, "vera", {"case, for a viewer": f"/cases/{paging['number']}"})
    walk.see(base, "carl", {"case, absent": "/cases/999", "nothing there": "/nothing"}, 404)
    walk.see(base, "carl", {"settings, not for you": "/settings/alarms"}, 403)
    walk.send(base, "carl", 422, "case, refused", f"/cases/{case['number']}/hold", until="x", reason="")
    many = {"verb": "note", "case": str(case["number"])}
    walk.see(base, "lea", {"many at once": f"/bulk?verb=note&case={case['number']}"})
    done = walk.send(base, "lea", 303, "", "/bulk", **many, text="Looked at all of them.", sure="yes")
    walk.see(base, "lea", {"many, carried out": done})
    _administered(walk, office)
    _at_night(walk, base, pager)


def _answered(office: Office) -> dict[str, Any]:
    """An outage with a history: acknowledged, noted, told of, linked, held, and claimed to be contained."""
    case = office.open(OUTAGE | {"body": "Since 09:10 every payment ends in an error 502.\nOur shops are open."})
    other = office.open(QUESTION)
    office.do("carl", case["id"], "acknowledgement")
    office.do("carl", case["id"], "notes", text="They called. @lea knows them.")
    office.do("carl", case["id"], "updates", text="We look at it.")
    office.do("carl", case["id"], "links", kind="related", case=other["id"], reason="the same queue")
    office.do("carl", case["id"], "hold", reason="Asked for a log.")
    office.do("anna", case["id"], "containment", note="Taken back.")
    return case


def _administered(walk: _Walk, office: Office) -> None:
    base = office.url
    office.post("admin", "/connectors", {"name": "tracker", "pack": "alertmanager"})
    for plural, about in (("windows", {"areas": ["api"], "mode": "annotate"}), ("watches", {"accounts": ["acme"]})):
        office.post("lea", f"/{plural}", {"lasts": "2h", "reason": "the database moves", **about})
    hook = office.post("admin", "/webhooks", {"url": "http://127.0.0.1:9/x", "events": ["case.*"]}).json()["id"]
    place = office.get("admin", "/users/anna/destinations")["destinations"][0]["id"]
    view = office.post("admin", "/views", {"name": "Mine", "filter": {}, "shared": "everybody"}).json()["id"]
    office.open(QUESTION)  # of which the webhook hears
    there = {
        "backtest": "/policy/backtest",
        "a new account": "/accounts/new",
        "accounts from a table": "/accounts/import",
        "an account, changed": "/accounts/acme/edit",
        "a version": "/policy/versions/1",
        "versions": "/policy/versions",
        "a new version": "/policy/new",
        "users": "/settings/users",
        "a user": "/settings/users/anna",
        "before somebody leaves": "/settings/users/anna/leave",
        "teams": "/settings/teams",
        "a team": "/settings/teams/support",
        "a role": "/settings/roles/executive",
        "imports": "/settings/imports",
        "before a place is removed": f"/settings/places/user/anna/{place}/remove",
        "schedules": "/settings/schedules",
        "a schedule": "/settings/schedules/senior",
        "tokens": "/settings/tokens",
        "before a token is revoked": "/settings/tokens/revoke?name=desk",
        "sources": "/settings/sources",
        "a source": "/settings/sources/tracker",
        "before a source is revoked": "/settings/sources/tracker/revoke",
        "automation": "/settings/automation",
        "webhooks": "/settings/webhooks",
        "a webhook": f"/settings/webhooks/{hook}",
        "before a webhook ends": f"/settings/webhooks/{hook}/end",
        "alarms": "/settings/alarms",
        "a view": f"/views/{view}?filter=state%3Dclosed",
        "the audit": "/settings/audit",
    }
    walk.see(base, "admin", there)
    changed = starters.text().replace("    at: 60\n", "    at: 70\n")
    broken = changed.replace("at: 70", "at: seventy")
    walk.send(base, "admin", 200, "a new version, broken", "/policy/new", source=broken, do="check")
    stored = walk.send(base, "admin", 303, "", "/policy/new", source=changed, do="save")
    walk.see(
        base,
        "admin",
        {
            "a version, stored": stored,
            "differences": "/policy/compare?before=1&after=2",
            "before a version decides, refused": "/policy/versions/2/activate",
        },
    )
    walk.send(base, "admin", 303, "", "/policy/new", source=starters.text() + "# Said again.\n", do="save")
    walk.see(base, "admin", {"before a version decides": "/policy/versions/3/activate"})
    [held] = re.findall(r'name="held" value="([^"]*)"', walk.stops[-1].text)
    walk.send(base, "admin", 303, "", "/policy/versions/3/activate", reason="So it was agreed.", held=held)
    tickets = ("tickets.csv", f"Ticket ID,Subject,Created\nA-1,{LONG},2026-10-01 10:00\n".encode())
    sent = walk.browser(base, "admin").send("/settings/imports", tickets).headers["location"]
    walk.see(base, "admin", {"before a version comes back": "/policy/revert", "a file to import": sent})
    user = {"name": "Ä", "role": "agent", "zone": "Nowhere"}
    walk.send(base, "admin", 422, "users, refused", "/settings/users", **user)
    walk.send(base, "admin", 200, "a secret, shown once", "/settings/tokens", name="walked", role="viewer")
    walk.send(base, "admin", 412, "a user, changed meanwhile", "/settings/users/anna", display="Anna", version="99")


def _at_night(walk: _Walk, base: str, pager: Receiver) -> None:
    wait_until(lambda: bool(_links(pager)), 60)
    link = _links(pager)[-1]
    decline = link.replace("acknowledge", "decline")
    walk.see(base, None, {"a page at night": link, "a page at night, to decline": decline})
    walk.see(base, None, {"a page at night, kept": "/acknowledge/kept"})
    walk.send(base, None, 200, "a page at night, answered", link)
    walk.send(base, None, 409, "a page at night, answered already", decline)


def _links(pager: Receiver) -> list[str]:
    return [found[0] for _, body in pager.got if (found := re.search(r"/acknowledge/[\w-]+", body.decode()))]


def _with_too_much(walk: _Walk, office: Office) -> None:
    """More than fits, and longer."""
    base = office.url
    for number in range(MANY):
        facts = {"name": f"{LONG} {number}" if number == 7 else f"Customer {number}", "segment": "business"}
        office.clients["admin"].put(f"/accounts/c-{number}", json=facts)
        urgent = {"users_affected": 5000} if number % 3 == 0 else {}
        office.open(urgent | {"account": {"external_id": f"c-{number}"}}, subject=f"API is down {LONG}")
    many = office.open(OUTAGE, account={"external_id": "c-7"}, subject=LONG * 3, tags=["t" * 70] * 5)
    for number in range(MANY):
        office.do("anna", many["id"], "notes", text=f"{LONG} {number}")
    much = {
        "now, too much": "/",
        "now, too much as a board": "/?show=board",
        "wall, too much": "/wall",
        "cases, too much": "/cases",
        "accounts, too much": "/accounts",
        "account, a long name": "/accounts/c-7",
        "case, too much": f"/cases/{many['number']}",
    }
    walk.see(base, "lea", much)
