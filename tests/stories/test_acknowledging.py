"""Whoever is paged answers by the link of the page: once, for a day, as themselves, and nothing else comes of it."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.responses import Response

from tests.stories.test_auditor import act, assert_sound, opened, rows, run
from tests.stories.test_skeleton import OUTAGE, STARTER
from tests.testing import World, world
from tocsin.cases import queries, verbs
from tocsin.core.clock import HOUR, MINUTE, SECOND
from tocsin.notify.lanes import Lanes
from tocsin.notify.links import Claim, Links
from tocsin.people.permissions import SYSTEM
from tocsin.web import acknowledging as web


@pytest.fixture
def here(database_url: str) -> Iterator[World]:
    made = world(database_url, STARTER)
    yield made
    made.installation.close()


def ask(here: World, method: Any, token: str) -> tuple[int, str]:
    """The status and the text of a page."""
    request = SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(installation=here.installation)))
    answer: Response = method(token, request)
    return answer.status_code, bytes(answer.body).decode()


def get(here: World, token: str) -> tuple[int, str]:
    return ask(here, web.look, token)


def post(here: World, token: str) -> tuple[int, str]:
    return ask(here, web.acknowledge, token)


def token_of(page: dict[str, Any]) -> str:
    assert page["type"] == "page"
    link: str = page["acknowledge_link"]
    assert link.startswith("http://127.0.0.1:8000/acknowledge/")
    return link.rpartition("/")[2]


def paged(here: World, minutes: int = 1) -> tuple[int, list[dict[str, Any]]]:
    """A case, and its pages of the first minutes."""
    case = opened(here, OUTAGE)
    here.forward(minutes * MINUTE)
    return case, [message for message in here.outbox.sent if message["type"] == "page"]


def pages(here: World, case: int) -> list[dict[str, Any]]:
    with here.installation.database.reading() as tx:
        return queries.pages(tx, SYSTEM, case)


def path_of(here: World, case: int) -> set[str]:
    return {row[0] for row in rows(here, "SELECT state FROM escalations WHERE case_id = ?", case)}


def test_one_button_and_the_paging_stops(here: World) -> None:
    case, [page, *_] = paged(here)
    token = token_of(page)
    for _ in range(2):
        status, text = get(here, token)
        assert status == 200
        assert text.count("<form") == text.count("<button") == 1
        assert "API is down" in text
        assert "<script" not in text
        assert "http" not in text.replace(OUTAGE["subject"], ""), "nothing comes from elsewhere"
    assert path_of(here, case) == {"climbing"}, "looking changes nothing"
    assert pages(here, case)[0]["acknowledged_at"] is None

    status, text = post(here, token)
    assert (status, "You have it" in text) == (200, True)
    assert "<form" not in text
    assert path_of(here, case) == {"acknowledged"}
    [(lead,)] = rows(here, "SELECT u.name FROM cases c JOIN users u ON u.id = c.technical_lead")
    assert lead == page["to"]
    with here.installation.database.reading() as tx:
        [event] = [one for one in queries.timeline(tx, SYSTEM, case) if one.kind == "case.acknowledged"]
    assert event.actor == f"user:{page['to']} via link"
    answered = {one["user"]: one["acknowledged_at"] for one in pages(here, case)}
    assert answered[page["to"]] == here.clock.now()
    assert_sound(here, case)

    for method in (get, post):
        status, text = method(here, token)
        assert (status, "Acknowledged already" in text) == (409, True)
    here.forward(45 * MINUTE)
    assert len([one for one in here.outbox.sent if one["type"] == "page"]) == len(answered)


def test_who_comes_second_hears_who_was_first(here: World) -> None:
    case, found = paged(here, 6)
    first, second = found[0], next(page for page in found if page["to"] != found[0]["to"])
    assert post(here, token_of(first))[0] == 200
    for method in (get, post):
        status, text = method(here, token_of(second))
        assert (status, "Somebody was faster" in text, f"{first['to']} has the case" in text) == (409, True, True)
    marks = {page["user"]: page["acknowledged_at"] for page in pages(here, case)}
    assert marks[second["to"]] is None
    assert marks[first["to"]] is not None


def test_an_acknowledgement_by_the_api_marks_that_persons_pages_only(here: World) -> None:
    case, found = paged(here, 6)
    name = found[-1]["to"]
    act(here, case, verbs.acknowledge(here.viewer(name)))
    assert {page["user"] for page in pages(here, case) if page["acknowledged_at"] is not None} == {name}
    status, text = get(here, token_of(found[-1]))
    assert (status, "Acknowledged already" in text) == (409, True)


def test_an_acknowledgement_by_a_machine_marks_no_page(here: World) -> None:
    case, _ = paged(here)
    act(here, case, verbs.acknowledge(SYSTEM))
    assert {page["acknowledged_at"] for page in pages(here, case)} == {None}


def test_a_link_ends_after_a_day(here: World) -> None:
    case, [page, *_] = paged(here)
    here.forward(24 * HOUR)
    for method in (get, post):
        status, text = method(here, token_of(page))
        assert (status, "This link has ended" in text, "<form" in text) == (410, True, False)
    assert "acknowledged" not in path_of(here, case)


def test_a_case_that_is_settled_needs_nobody(here: World) -> None:
    case, [page, *_] = paged(here)
    act(here, case, verbs.resolve(SYSTEM, "done"))
    status, text = post(here, token_of(page))
    assert (status, "The case is settled" in text) == (409, True)


def test_somebody_who_may_not_take_cases_is_told_so(here: World) -> None:
    case, [page, *_] = paged(here)
    for change in ("role = 'viewer'", "role = 'senior', active = FALSE"):
        run(here, f"UPDATE users SET {change} WHERE name = ?", page["to"])
        status, text = post(here, token_of(page))
        assert (status, "You may not take cases" in text) == (403, True)
    assert path_of(here, case) == {"climbing"}
    assert pages(here, case)[0]["acknowledged_at"] is None


def test_what_we_did_not_sign_is_unknown(here: World) -> None:
    case, [page, *_] = paged(here)
    links = here.installation.links
    claim = links.read(token_of(page))
    [(other,)] = rows(here, "SELECT id FROM users WHERE name = 'anna'")
    forged = [
        "",
        "x",
        token_of(page)[:-1],
        token_of(page) + "A",
        Links(bytes(32), "").token(claim),
        links.token(claim._replace(user=other)),  # signed, but that page went to somebody else
        links.token(Claim(5, claim.user, claim.ends_at)),
    ]
    for token in forged:
        for method in (get, post):
            status, text = method(here, token)
            assert (status, "This is no link of ours" in text) == (404, True)
    assert path_of(here, case) == {"climbing"}


def test_a_subject_cannot_break_out_of_the_page(here: World) -> None:
    opened(here, {**OUTAGE, "subject": 'API is down <script>alert("x")</script><form>'})
    here.forward(SECOND)
    _, text = get(here, token_of(here.outbox.sent[0]))
    assert "&lt;script&gt;" in text
    assert len(re.findall("<script|<form", text)) == 1


def test_what_became_of_a_page_is_visible(here: World) -> None:
    case = opened(here, OUTAGE)
    installation = here.installation
    courier: Any = installation.dispatcher.courier
    seen = [{page["state"] for page in pages(here, case)}]
    claimed = installation.writer.write(lambda tx: courier.claim(tx, Lanes(10, 10)))
    seen.append({page["state"] for page in pages(here, case)})
    assert claimed
    here.outbox.fail = True
    here.clock.advance(MINUTE)
    installation.dispatcher.step()  # the lease of the first claim has ended
    seen.append({page["state"] for page in pages(here, case)})
    here.outbox.fail = False
    here.forward(MINUTE)
    seen.append({page["state"] for page in pages(here, case)})
    assert seen == [{"queued"}, {"sent"}, {"queued"}, {"delivered"}]
    assert {page["kind"] for page in pages(here, case)} == {"page"}
