"""What stands on the page of a case, without a browser: its ticket and customer, what it asks, its clocks, its history,
and forms that were refused."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.testing import Databases
from tocsin.core import ids, instants
from tocsin.core.wording import plain
from tocsin.ledger import erasing
from tocsin.people import directory
from tocsin.web import words
from tocsin.web.pages.case import course, doing, telling


@pytest.fixture
def office(tmp_path: Any) -> Iterator[Office]:
    with staffed(Databases("sqlite", tmp_path).new()) as office:
        give_passwords(office.installation, "carl", "bo", "lea", "vera")
        yield office


def signed_in(office: Office, name: str = "carl") -> Browser:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    return browser


def text(office: Office, path: str, name: str = "carl") -> str:
    answer = signed_in(office, name).get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def read(office: Office, path: str, name: str = "carl") -> str:
    """A page's words, without its tags."""
    return words_of(text(office, path, name))


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def part_of(page: str, begin: str, end: str = "</section>") -> str:
    """The words of a part of a page."""
    return words_of("<" + page.partition(begin)[2].partition(end)[0])


LONG = "The first line.\n\n  indented\n" + "and so it goes on. " * 100 + "The last word."


def test_a_history_is_read_in_the_language_that_a_browser_asks_for(office: Office) -> None:
    case = office.open(OUTAGE)
    office.do("bo", case["id"], "notes", text="they called")
    for language, says in (
        ("en", 'bo</bdi></b> <span class="says">noted'),
        ("de-AT, de", 'bo</bdi></b> <span class="says">hat notiert'),
    ):
        page = str(signed_in(office).get(f"/cases/{case['number']}", **{"accept-language": language}).text)
        assert f'<ol class="timeline" lang="{language[:2]}">' in page
        assert says in page


def test_a_case_shows_what_the_customer_wrote(office: Office) -> None:
    case = office.open(
        OUTAGE | {"body": "502 <b>since</b>\n\n  nine."}, external_id="T-4711", source="desk", tags=["press"]
    )
    page = text(office, f"/cases/{case['number']}")
    assert '<h1 dir="auto"><bdi>API is down</bdi></h1>' in page
    head = page.partition('<p class="facts">')[2].partition("</p>")[0]
    assert "<bdi>T-4711</bdi>" in head
    assert "case #1" in head
    assert re.search(r'<a class="account" href="/accounts/\w+"><bdi>Acme</bdi></a>', head)
    assert "<bdi>desk</bdi>" in page.partition('<p class="sub">')[2].partition("</p>")[0]
    assert '<blockquote class="text" dir="auto">502 &lt;b&gt;since&lt;/b&gt;\n\n  nine.</blockquote>' in page
    assert "5,000 users affected" in page
    assert '<span class="tag"><bdi>press</bdi></span>' in page
    assert "T-4711 · Tocsin</title>" in page


def test_a_long_text_is_folded_and_whole(office: Office) -> None:
    case = office.open(OUTAGE | {"body": LONG})
    page = text(office, f"/cases/{case['number']}")
    shown, _, rest = page.partition('id="ticket-rest"')
    assert "The first line.\n\n  indented" in shown
    assert "The last word." not in shown
    assert "The last word." in rest
    assert "".join("".join(telling.folded(LONG)).split()) == "".join(LONG.split())


def test_a_text_that_was_erased_is_on_no_page(office: Office) -> None:
    case = office.open(OUTAGE | {"body": "my name is Juno"}, tags=["juno"])
    number, here = ids.from_text(case["id"]), office.installation
    erase = partial(erasing.erase, journal=here.desk.journal, chain=number, by="user:lea", reason="asked")
    here.writer.write(lambda tx: erase(tx, seqs=[1, 2, 3, 4]), cases=[number])
    page = text(office, f"/cases/{case['number']}")
    assert "The text was erased." in page
    assert "Juno" not in page
    assert "juno" not in page.partition('id="ticket-title"')[2]


def test_a_missed_target_says_by_how_much_and_a_page_when_it_was_answered(office: Office) -> None:
    case = office.open(OUTAGE)
    paged = office.get("lea", f"/cases/{case['id']}")["pages"][0]["user"]  # who is on call this week
    office.do(paged, case["id"], "acknowledgement")
    page = text(office, f"/cases/{case['number']}")
    [answer] = [page for page in office.get("lea", f"/cases/{case['id']}")["pages"] if page["acknowledged_at"]][-1:]
    said = words.utc_time(instants.from_text(answer["acknowledged_at"]))
    shown = page.partition('id="pages-title"')[2].partition("</section>")[0]
    assert re.search(rf'acknowledged\s+<time [^>]*title="[^"]*{said}"', shown)
    assert len(re.findall(r"acknowledged\s+<time", shown)) == 1


def test_a_case_that_is_over_counts_no_further(office: Office) -> None:
    case = office.open(QUESTION)
    assert "data-since" in sub_of(text(office, f"/cases/{case['number']}"))
    office.do("lea", case["id"], "resolution")
    said = read(office, f"/cases/{case['number']}")
    assert re.search(r"was open \d+s, resolved \d+ \w+ \d\d:\d\d:\d\d E[SD]T", said)
    assert "data-since" not in sub_of(text(office, f"/cases/{case['number']}"))


def sub_of(page: str) -> str:
    """What the head of a case says below its title."""
    return page.partition('<p class="sub">')[2].partition("</p>")[0]


def test_a_form_offers_the_levels_alone_that_its_viewer_may_set(office: Office) -> None:
    case = office.open(OUTAGE)
    office.do("lea", case["id"], "escalation", level="executive", reason="the board asks")
    offered = {name: levels(office, case, name) for name in ("bo", "lea")}
    assert offered == {"bo": ["", "executive"], "lea": ["", "standard", "senior", "executive"]}


def test_a_case_is_not_offered_to_be_raised_or_lowered_to_where_it_is(office: Office) -> None:
    case = office.open(OUTAGE)
    assert case["level"] == "senior"
    assert levels(office, case, "lea", "raise") == ["executive"]
    office.do("lea", case["id"], "escalation", level="executive", reason="the board asks")
    assert levels(office, case, "lea", "lower") == ["standard", "senior"]


def levels(office: Office, case: dict[str, Any], name: str, act: str = "override") -> list[str]:
    form = text(office, f"/cases/{case['number']}", name).partition(f'id="act-{act}"')[2].partition("</details>")[0]
    return re.findall(r'<option value="([^"]*)"', form.partition('name="level"')[2].partition("</select>")[0])


@pytest.mark.parametrize("typed", ["#2", "2", "T-2"])
def test_a_case_is_linked_by_its_number_or_its_ticket(office: Office, typed: str) -> None:
    case, other = office.open(QUESTION), office.open(QUESTION, external_id="T-2")
    browser = signed_in(office)
    browser.get(f"/cases/{case['number']}")
    answer = browser.post(f"/cases/{case['number']}/link", kind="parent", case=typed)
    assert answer.status_code == 303, answer.text
    assert office.get("carl", f"/cases/{case['id']}")["parent"] == other["number"]


def test_a_number_of_two_cases_is_not_guessed(office: Office) -> None:
    case = office.open(QUESTION)
    office.open(QUESTION)
    office.open(QUESTION, external_id="2")
    browser = signed_in(office)
    browser.get(f"/cases/{case['number']}")
    assert browser.post(f"/cases/{case['number']}/link", kind="parent", case="2").status_code == 422
    assert browser.post(f"/cases/{case['number']}/link", kind="parent", case="#2").status_code == 303


def test_a_confidential_case_is_no_end_of_a_link(office: Office) -> None:
    case, other = office.open(QUESTION), office.open(QUESTION, external_id="T-2")
    office.do("lea", other["id"], "assignment", owner="lea")
    office.do("lea", other["id"], "confidentiality", names=["lea"], reason="legal")
    browser = signed_in(office, "bo")
    browser.get(f"/cases/{case['number']}")
    assert browser.post(f"/cases/{case['number']}/link", kind="related", case="T-2").status_code == 404
    assert "T-2" not in text(office, "/cases", "bo")


def test_figures_are_for_people(office: Office) -> None:
    account = {"external_id": "big", "name": "Big", "segment": "strategic", "arr": 1_900_000}
    case = office.open(OUTAGE, account=account, users_affected=1234)
    page = text(office, f"/cases/{case['number']}", "lea")
    assert "<dd>1,900,000</dd>" in page
    assert "the number of users affected is 1,234" in page
    assert not re.search(r"(?<![\d.:])\d+\.\d\d+(?!\.)", re.sub(r"<svg.*?</svg>|<[^>]*>", "", page))
    assert not re.search(r'class="name"><bdi>[^<]*_', page)
    assert '<span class="name"><bdi>Business impact</bdi></span>' in page


def test_reasons_why_not_stand_once_and_the_watch_for_silence_stands_aside(office: Office) -> None:
    office.open(QUESTION)
    office.do("carl", "1", "notes", text="Looking.")
    office.do("carl", "1", "resolution", note="Answered.")
    page = read(office, "/cases/1")
    assert page.count("the case is resolved already") == 1
    assert "carl noted for colleagues Looking." in page
    assert "clocks.restarted" in office.kinds("1")
    assert "restarted" not in page
    assert re.search(r"\d more events?, (a consequence|consequences) of those above", page)
    assert "restarted: Owner activity" in read(office, "/cases/1?all=1")


def test_a_page_names_the_other_case_that_its_address_could_mean(office: Office) -> None:
    office.open(OUTAGE, external_id="T-1")
    office.open(QUESTION, external_id="1")
    assert "#2 has a ticket of this number." in read(office, "/cases/1")
    assert "of this number" not in read(office, "/cases/T-1")


def test_people_are_called_what_they_are_called(office: Office) -> None:
    here = office.installation

    def name(tx: Any) -> None:
        for user, display in {"bo": "Bo Nakamura", "lea": "Lea Holm", "anna": "Anna Ek"}.items():
            directory.change_user(tx, here.mint, here.journal, user, {"display": display}, by="test")

    here.writer.write(name)
    case = office.open(QUESTION)
    office.do("lea", case["id"], "assignment", owner="bo")
    page = read(office, f"/cases/{case['number']}")
    assert "Bo Nakamura owns the ticket" in page
    assert "owned by Bo Nakamura: assigned by Lea Holm" in page
    assert "by Lea Holm by Lea Holm" not in page

    grave = office.open(OUTAGE)["id"]
    office.do("lea", grave, "notes", text="@bo please look")
    office.do("lea", grave, "override", owner="bo", reason="knows it")
    office.do("anna", grave, "containment", note="Switched off.")
    page = read(office, f"/cases/{grave}?all=1")
    assert "Lea Holm writes: @bo please look" in page
    assert "owner Bo Nakamura" in page
    assert "Anna Ek marked it as contained" in page
    told = [
        event["payload"]["says"]
        for event in office.get("admin", f"/cases/{grave}/timeline")["events"]
        if event["kind"] == "case.alerted"
    ]
    assert "anna marked it as contained" in told, "programs read the names that they know"


def test_what_nobody_has_answered_says_what_its_path_does_next(office: Office) -> None:
    case = office.open(OUTAGE)
    page = text(office, f"/cases/{case['number']}")
    asks = page.partition('<section class="next hot"')[2].partition("</section>")[0]
    assert "Nobody has answered. Who has it?" in asks
    steps = re.split(r"Path \w+, pass 1 of 3", asks)[1]
    dues = [int(at) for at in re.findall(r'data-due="(\d+)"', steps)]
    assert len(dues) == 2, "two steps to come"
    assert dues == sorted(dues)
    at = instants.from_text(office.get("lea", f"/cases/{case['id']}")["next"]["at"])
    assert dues[0] == at // 1000, "the first of them is what the case says to follow"


def test_who_declines_reads_before_who_is_paged_then(office: Office) -> None:
    case = office.open(OUTAGE)
    assert "I cannot: page dora" in text(office, f"/cases/{case['number']}", name="carl")
    office.do("carl", case["id"], "acknowledgement", decline=True)
    again = re.search(r"I cannot: page [^<]*", text(office, f"/cases/{case['number']}", name="carl"))
    assert again is not None
    assert "lea" in again[0], "those of the next step, since dora was paged already"
    assert plain(doing.labels(None, ())["decline"]) == "I cannot", "where it would page nobody else"


def test_a_claim_is_asked_about_with_its_own_words(office: Office) -> None:
    case = office.open(OUTAGE)
    office.do("lea", case["id"], "acknowledgement")
    office.do("anna", case["id"], "containment", note="Rolled back <4.18>.")
    asks = text(office, f"/cases/{case['number']}", "lea").partition('id="next-title"')[2].partition("</section>")[0]
    assert "anna says it is contained. Is it?" in asks
    assert '<q dir="auto">Rolled back &lt;4.18&gt;.</q>' in asks
    assert f'action="/cases/{case["number"]}/confirm-containment"' in asks
    assert 'id="act-reject-containment"' in asks
    assert 'data-key="c"' in asks
    tile = text(office, f"/cases/{case['number']}", "lea").partition('<li class="claimed"')[2].partition("</li>")[0]
    assert "claimed, of" in tile
    office.do("lea", case["id"], "resolution", note="It was the pool.")
    over = part_of(text(office, f"/cases/{case['number']}", "lea"), '<section class="next done"')
    assert "Resolved by lea" in over
    assert "It was the pool." in over
    assert re.search(r"Targets kept \d of \d", over)


def test_six_clocks_are_seen_by_due_time_and_the_rest_folded(office: Office) -> None:
    case = office.open(OUTAGE)
    page = text(office, f"/cases/{case['number']}")
    amount = len(office.get("lea", f"/cases/{case['id']}")["clocks"])
    assert amount > 6
    tiles = page.partition('<ul class="clocks">')[2].partition("</ul>")[0]
    dues = [int(at) for at in re.findall(r'class="due[^"]*" datetime="[^"]*" data-due="(\d+)"', tiles)]
    assert len(dues) == 6
    assert dues == sorted(dues)
    assert f"{amount - 6} more target" in page


def test_the_history_is_filtered_by_kind_and_turned_page_by_page(office: Office) -> None:
    case = office.open(OUTAGE)
    for number in range(course.SHOWN + 5):
        office.do("bo", case["id"], "notes", text=f"note {number:03}")
    office.do("bo", case["id"], "updates", text="We look at it.")
    path = f"/cases/{case['number']}"
    newest = text(office, path)
    counts = dict(re.findall(r"show=(\w+)#history\"[^>]*>\w+ <span class=\"num\">(\d+)", newest))
    assert counts["people"] == str(course.SHOWN + 5 + 1)  # who owns it is among them
    people = text(office, f"{path}?show=people")
    assert f'hx-get="/parts{path}?show=people&amp;older=0"' in people, "what changes stays filtered"
    assert f"note {course.SHOWN + 4:03}" in people
    assert "note 004" not in people
    assert 'aria-current="true">People' in people
    assert "We look at it." not in people.partition('id="history"')[2]
    older = re.search(r'href="([^"]+)">6 more events', people)
    assert older is not None
    last = text(office, older[1].replace("&amp;", "&"))
    assert "note 004" in last
    assert "note 005" not in last
    assert "We look at it." in text(office, f"{path}?show=customer").partition('id="history"')[2]
    assert signed_in(office).get(f"{path}?show=nothing").status_code == 422


def test_many_of_a_kind_stand_as_one(office: Office) -> None:
    case = office.open(OUTAGE)
    for _ in range(6):
        child = office.open(QUESTION)
        office.do("bo", child["id"], "links", kind="parent", case=case["id"])
    page = read(office, f"/cases/{case['number']}")
    assert "6 cases follow" in page
    assert "5 more like it" in page


def test_a_member_of_the_family_that_is_hidden_is_neither_shown_nor_counted(office: Office) -> None:
    case = office.open(OUTAGE)
    children = [office.open(QUESTION, subject=f"child {number}", account=None) for number in range(2)]
    for child in children:
        office.do("lea", child["id"], "links", kind="parent", case=case["id"])
    office.do("lea", children[1]["id"], "confidentiality", names=["lea"], reason="legal")
    family = part_of(text(office, f"/cases/{case['number']}", "vera"), 'id="family"')
    assert "1 case follows" in family
    assert "child 0" in family
    assert "child 1" not in family
    assert "2 cases follow" in part_of(text(office, f"/cases/{case['number']}", "lea"), 'id="family"')


def test_a_merged_case_leads_on(office: Office) -> None:
    case, other = office.open(QUESTION), office.open(QUESTION)
    office.do("bo", case["id"], "links", kind="merged", case=other["id"], reason="twice")
    asks = text(office, f"/cases/{case['number']}").partition('id="next-title"')[2].partition("</section>")[0]
    assert f'<a class="btn primary" href="/cases/{other["number"]}">' in asks
    there = read(office, f"/cases/{other['number']}")
    assert f"#{case['number']} was merged into it" in there
    assert "case follows" not in there, "it stands for the other, and is not followed by it"


def test_a_case_that_is_not_there_and_one_that_is_hidden_look_alike(office: Office) -> None:
    case = office.open(QUESTION, external_id="T-77")
    office.do("lea", case["id"], "confidentiality", names=["lea"], reason="legal")
    browser = signed_in(office, "bo")
    pages = []
    for name in ("T-77", "T-78"):
        answer = browser.get(f"/cases/{name}")
        assert answer.status_code == 404
        pages.append(words_of(re.sub(r'value="\w+"', "", answer.text)).replace(name, "T"))
    assert pages[0] == pages[1]
    assert "ask whoever sent you here, or a lead" in pages[0]
    assert 'class="side"' in answer.text, "and leads on"


def test_who_can_only_read_sees_no_button(office: Office) -> None:
    case = office.open(OUTAGE)
    page = text(office, f"/cases/{case['number']}", "vera")
    forms = set(re.findall(rf'action="/cases/{case["number"]}/([\w-]+)"', page))
    assert forms == {"follow"}
    assert "the role viewer may not" in page.partition("Not now, because")[2], "and why"


def test_a_case_is_shown_as_it_was_and_nothing_can_be_done_there(office: Office) -> None:
    case = office.open(OUTAGE)
    before = office.get("lea", f"/cases/{case['id']}")["updated_at"]
    office.do("lea", case["id"], "acknowledgement")
    office.do("lea", case["id"], "notes", text="said later")
    now = text(office, f"/cases/{case['number']}")
    assert "said later" in now
    assert 'id="travel"' in now
    then = text(office, f"/cases/{case['number']}?as_of={before}")
    assert "You see how it was" in then
    assert "said later" not in then
    assert "not acknowledged" in then or "paged" in then
    assert 'method="post" action="/cases/' not in then
    assert "hx-get=" not in then
    assert f'href="/cases/{case["number"]}?show=people&as_of={before}#history"' in then.replace("&amp;", "&")
    utc = before.rstrip("Z")  # as a browser sends what is typed, with its zone beside it
    assert "said later" not in text(office, f"/cases/{case['number']}?as_of={utc}&zone=UTC&back=0")
    tokyo = signed_in(office).get(f"/cases/{case['number']}?as_of={utc}&zone=Asia/Tokyo")
    assert "<h1>The case came later</h1>" in tokyo.text
    assert signed_in(office).get(f"/?as_of={utc}&zone=Mars/Olympus").status_code == 422
    early = "as_of=2001-01-01T00:00:00Z"
    answer = signed_in(office).get(f"/cases/{case['number']}?{early}")
    assert answer.status_code == 404
    assert "<h1>The case came later</h1>" in answer.text
    assert f'href="/cases/{case["number"]}"' in answer.text
    hidden = office.open(QUESTION)
    office.do("lea", hidden["id"], "confidentiality", names=["lea"], reason="legal")
    assert "came later" not in signed_in(office).get(f"/cases/{hidden['number']}?{early}").text


def test_whoever_can_answer_nothing_is_asked_nothing(office: Office) -> None:
    office.open(OUTAGE)
    assert 'id="next"' in text(office, "/cases/1", "vera"), "what follows is to be known"
    office.do("lea", "1", "acknowledgement")
    office.do("lea", "1", "containment", note="Switched off.")
    assert 'id="next"' not in text(office, "/cases/1", "vera")
    assert 'id="next"' in text(office, "/cases/1", "lea")
