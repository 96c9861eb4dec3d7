"""Pages in a language made for the test: every word of ours on them has come from the catalogue."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests import pseudo
from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.testing import Databases, Receiver, wait_until
from tocsin.people import directory
from tocsin.web.pages.settings.sections import SECTIONS

# Plain words that come from elsewhere: names that people and policies chose.
NAMES = """
    Tocsin America New York office webhook admin anna bo carl dora lea mia olga api area billing business
    dashboard engineering how outage question support to senior executive standard critical low
    technical classify minimums route rest
    down words they called customer angry breach cancellation confirmed data large leaving
    loss or security strategic high medium nothing https meet example com tel
    access bug degradation dispute failure feature integration request
    Critical Low identity integrations Europe Berlin nobody W
"""
# On Settings besides: names of people, zones, languages, tools and settings, families of events.
SETTINGS_NAMES = """
    otto vera desk Berlin Europe en eo
    Alertmanager Any GitHub Prometheus issues tool mattermost slack teams
    guard account alarm audit bulk call case checkpoints clock clocks destination effect evidence hook notice page
    path payload policy roster team token user view manager uptime
"""
# Where cases, customers and files come in besides: names of columns and fields, types of the policy, a role, examples.
BROUGHT = """
    Access Billing Cancellation Data Defect Feature Integration Question Security Service Slow corruption failure
    dispute incident otto problem request service unreliable vera Acme Medium press zendesk
    Subject Ticket csv desk external id source subject tickets x
"""
_MONTHS = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
UNITS = {*"dhms", "bd"}  # of spans, which the time of day decides
# Of dates, which the calendar of the language says: months, days and zones, as far as they are letters of ours.
DATES = set("Jan Feb Mar Apr Maj Jun Jul Aug A g Sep Okt Nov Dec lu ma me a ve sa di D EST EDT".split())  # noqa: SIM905


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    receiver = Receiver()
    with pseudo.spoken(tmp_path), staffed(Databases("sqlite", tmp_path).new(), receiver.url) as office:
        give_passwords(office.installation, "carl", "bo", "lea")
        yield office
    receiver.close()


def visible(page: str) -> str:
    """What somebody sees of a page or hears of it: its text without times, names and codes, and its labels."""
    body = page.partition("<body")[2].partition(">")[2]
    labels = re.findall(r'(?:aria-label|placeholder)="([^"]*)"', body)
    body = re.sub(r'<span class="av"[^>]*>.*?</span>', " ", body)  # initials
    ours = re.sub(r"(?s)<(code|pre|kbd|time|bdi)\b.*?</\1>", " ", body)
    return unescape(" ".join([re.sub(r"(?s)<[^>]*>", " ", ours), *labels]))


def speaks(office: Office, *names: str) -> None:
    here = office.installation

    def write(tx: Any) -> None:
        for name in names:
            directory.change_user(tx, here.mint, here.journal, name, {"language": pseudo.PSEUDO}, by="test")

    here.writer.write(write)


def test_every_word_on_a_page_is_in_the_language_of_whoever_reads_it(office: Office) -> None:
    stranger = Browser(office.url)
    stranger.http.headers["accept-language"] = pseudo.PSEUDO
    speaks(office, "carl", "lea")
    carl, lea = Browser(office.url), Browser(office.url)
    carl.sign_in("carl")
    lea.sign_in("lea")
    first = carl.get("/").text
    grave, calm = office.open(OUTAGE), office.open(QUESTION)
    office.do("bo", grave["id"], "notes", text="they called")
    office.do("lea", calm["id"], "call-ins", user="bo", reason="they called", bridge="tel:+4930123")
    office.do("lea", calm["id"], "call-ins", team="billing", bridge="https://meet.example.com/")
    office.do("lea", calm["id"], "following")
    pages = {
        "sign in": stranger.get("/sign-in").text,
        "wrong password": stranger.sign_in("carl", "wrong").text,
        "unknown link": stranger.get("/acknowledge/x").text,
        "nothing there": stranger.get("/nothing", accept="text/html").text,
        "first": first,
        "now": carl.get("/").text,
        "cases": carl.get("/cases").text,
        "found nothing": carl.get("/cases?q=nothing").text,
        "mine": carl.get("/mine").text,
        "mine of a lead": lea.get("/mine").text,
        "on call": carl.get("/on-call").text,
        "month": lea.get("/on-call?span=month").text,
        "no week": carl.get("/on-call?week=x").text,
        "accounts": carl.get("/accounts").text,
        "no account": carl.get("/accounts?q=nothing").text,
        "account": carl.get("/accounts/acme").text,
        "no such account": carl.get("/accounts/nobody").text,
        "case": carl.get(f"/cases/{grave['number']}").text,
        "case of a lead": lea.get(f"/cases/{calm['number']}").text,
        "no such case": carl.get("/cases/999").text,
        "refused": carl.post(f"/cases/{grave['number']}/hold", hours="4", reason="").text,
    }
    assert all(f'lang="{pseudo.PSEUDO}"' in page for page in pages.values())
    found = {name: pseudo.plain(visible(page)) for name, page in pages.items()}
    allowed = {*NAMES.split()}
    assert {name: sorted(words - allowed) for name, words in found.items() if words - allowed - UNITS - DATES} == {}
    assert sorted(allowed - set().union(*found.values())) == [], "no exception any more"


def test_every_word_of_settings_is_too(office: Office) -> None:
    """All but what programs and people named, and what was stored as a text."""
    give_passwords(office.installation, "admin")
    speaks(office, "admin", "carl")
    admin, carl = Browser(office.url), Browser(office.url)
    admin.sign_in("admin")
    carl.sign_in("carl")
    office.post("admin", "/connectors", {"name": "tracker", "pack": "alertmanager"})
    office.post("admin", "/webhooks", {"url": "http://127.0.0.1:9/x", "events": ["case.*"]})
    paths = [section.path for section in SECTIONS]
    paths += ["/settings", "/settings/profile", "/settings/users/carl", "/settings/teams/support"]
    paths += ["/settings/users/carl/leave", "/settings/schedules/senior", "/settings/tokens/revoke?name=desk"]
    pages = {path: admin.get(path).text for path in paths}
    pages["refused"] = carl.get("/settings/alarms").text
    pages["wrong zone"] = admin.post("/settings/users", name="Ä", role="agent", zone="Nowhere").text
    found = {path: pseudo.plain(visible(page)) for path, page in pages.items()}
    named = {*SETTINGS_NAMES.split()}
    allowed = {*NAMES.split(), *named, *_MONTHS}
    assert {path: sorted(words - allowed - UNITS) for path, words in found.items() if words - allowed - UNITS} == {}
    assert sorted(named - set().union(*found.values())) == [], "no exception any more"


def test_every_word_is_where_cases_customers_and_files_come_in(office: Office) -> None:
    """All but the columns and values of the files, and the types of the policy."""
    give_passwords(office.installation, "admin", "vera")
    speaks(office, "admin", "vera")
    admin, vera = Browser(office.url), Browser(office.url)
    admin.sign_in("admin")
    vera.sign_in("vera")
    grave = office.open(OUTAGE)
    admin.get("/settings/profile")
    sent = admin.send("/settings/imports", ("tickets.csv", b"Ticket,Subject,Created at\n7,7,7\n"))
    brought = sent.headers["location"].partition("?")[0]
    mapping = "source: desk\nexternal_id: Ticket\nsubject: Subject\n"
    admin.post(brought, mapping=mapping, do="dry")
    wait_until(lambda: "progressbar" not in admin.get(brought).text, 60)
    accounts = b"external id,name,arr\nC-7,7,7\nC-8,8,x\n"
    pages = {
        "a new case": admin.get("/cases/new").text,
        "what it would be": admin.post("/cases/new", subject="7", do="look").text,
        "no subject": admin.post("/cases/new", subject="", do="open").text,
        "a new account": admin.get("/accounts/new").text,
        "no id": admin.post("/accounts/new", external_id="", arr="x").text,
        "a table": admin.send("/accounts/import", ("accounts.csv", accounts)).text,
        "no table": admin.post("/accounts/import").text,
        "a file": admin.get(brought).text,
        "a policy": admin.get("/start/policy").text,
        "in short": vera.get(f"/cases/{grave['number']}").text,
        "mine": vera.get("/mine").text,
    }
    assert all(f'lang="{pseudo.PSEUDO}"' in page for page in pages.values())
    found = {name: pseudo.plain(visible(page)) for name, page in pages.items()}
    allowed = {*NAMES.split(), *BROUGHT.split()}
    assert {name: sorted(words - allowed) for name, words in found.items() if words - allowed - UNITS - DATES} == {}
    assert sorted({*BROUGHT.split()} - set().union(*found.values())) == [], "no exception any more"


def test_somebody_without_a_language_reads_in_that_of_their_browser_and_else_of_the_installation(
    office: Office,
) -> None:
    bo = Browser(office.url)
    bo.sign_in("bo")
    assert 'lang="en"' in bo.get("/").text
    assert f'lang="{pseudo.PSEUDO}"' in bo.get("/", **{"accept-language": "eo, en;q=0.5"}).text
    speaks(office, "bo")
    assert f'lang="{pseudo.PSEUDO}"' in bo.get("/", **{"accept-language": "en"}).text
