"""Whoever is paged answers by the link of the page: once, for a day, as themselves, and nothing else comes of it."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.responses import Response

from tests.stories.process import change
from tests.stories.starter import OUTAGE, STARTER, act, assert_sound, opened, rows
from tests.testing import World, world
from tocsin.cases import queries, verbs
from tocsin.cases.queries import totals
from tocsin.core.clock import HOUR, MINUTE, SECOND
from tocsin.core.errors import Forbidden
from tocsin.notify import outcomes
from tocsin.notify.links import Claim, Links
from tocsin.people import directory
from tocsin.people.permissions import SYSTEM
from tocsin.storage.transaction import Tx
from tocsin.tools.lanes import Lanes
from tocsin.web.pages import acknowledging as web


@pytest.fixture
def here(database_url: str) -> Iterator[World]:
    made = world(database_url, STARTER)
    yield made
    made.installation.close()


def ask(here: World, method: Any, token: str) -> tuple[int, str]:
    """The status and the text of a page."""
    request = SimpleNamespace(state=SimpleNamespace(installation=here.installation), headers={})
    answer: Response = method(token, request)
    return answer.status_code, bytes(answer.body).decode()


def get(here: World, token: str) -> tuple[int, str]:
    return ask(here, web.look, token)


def post(here: World, token: str) -> tuple[int, str]:
    return ask(here, web.acknowledge, token)


def decline(here: World, token: str) -> tuple[int, str]:
    return ask(here, web.decline, token)


def token_of(page: dict[str, Any]) -> str:
    assert page["type"] == "page"
    link: str = page["acknowledge_link"]
    assert link.startswith("http://127.0.0.1:8000/acknowledge/")
    return link.rpartition("/")[2]


def paged(here: World, minutes: int = 1) -> tuple[int, list[dict[str, Any]]]:
    """A case, and its pages of the first minutes: of those that went at once, that to whoever is on call first."""
    case = opened(here, OUTAGE)
    here.forward(minutes * MINUTE)
    found = [message for message in here.outbox.sent if message["type"] == "page"]
    return case, sorted(found, key=lambda page: (page["at"], not page["why"]["target"].startswith("oncall")))


def pages(here: World, case: int) -> list[dict[str, Any]]:
    with here.installation.database.reading() as tx:
        return outcomes.pages(tx, SYSTEM, case)


def path_of(here: World, case: int) -> set[str]:
    return {row[0] for row in rows(here, "SELECT state FROM escalations WHERE case_id = ?", case)}


def test_one_press_and_the_paging_stops(here: World) -> None:
    case, [page, *_] = paged(here)
    token = token_of(page)
    for _ in range(2):
        status, text = get(here, token)
        assert status == 200
        assert (text.count("<form"), text.count("<button")) == (1, 2)
        for said in (
            "CRITICAL: API is down",
            "acme",
            "5,000 users",
            "You are on call for",
            "Say that you look at it, by",
            "Z-1",
        ):
            assert said in text
        assert re.findall(r"<script[^>]*", text) == re.findall(
            r'<script src="\.\./static/night\.js\?v=\w+" defer', text
        )
        assert "http" not in text, "nothing comes from elsewhere"
    assert path_of(here, case) == {"climbing"}, "looking changes nothing"
    assert pages(here, case)[0]["acknowledged_at"] is None

    status, text = post(here, token)
    assert (status, "You have acknowledged it" in text) == (200, True)
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

    status, text = get(here, token)
    assert (status, "Acknowledged already" in text) == (409, True)
    status, text = post(here, token)
    assert (status, "You have acknowledged it" in text) == (200, True), "a second tap is no fault"
    here.forward(45 * MINUTE)
    assert len([one for one in here.outbox.sent if one["type"] == "page"]) == len(answered)


def test_who_comes_second_hears_who_was_first(here: World) -> None:
    case, found = paged(here, 6)
    first, second = found[0], next(page for page in found if page["to"] != found[0]["to"])
    assert post(here, token_of(first))[0] == 200
    for method in (get, post):
        status, text = method(here, token_of(second))
        assert (status, "Answered already" in text, f"{first['to']} has the case" in text) == (409, True, True)
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


def test_a_machine_acknowledges_nothing(here: World) -> None:
    case, _ = paged(here)
    with pytest.raises(Forbidden, match="only a person can"):
        act(here, case, verbs.acknowledge(SYSTEM))
    assert path_of(here, case) == {"climbing"}
    assert {page["acknowledged_at"] for page in pages(here, case)} == {None}


def test_a_link_ends_after_a_day(here: World) -> None:
    case, [page, *_] = paged(here)
    here.forward(24 * HOUR)
    for method in (get, post):
        status, text = method(here, token_of(page))
        assert (status, "This link has expired" in text, "<form" in text) == (410, True, False)
    assert "acknowledged" not in path_of(here, case)


def test_a_case_that_is_settled_needs_nobody(here: World) -> None:
    case, [page, *_] = paged(here)
    act(here, case, verbs.resolve(SYSTEM, "done"))
    status, text = post(here, token_of(page))
    assert (status, "The case is over" in text) == (409, True)


def test_somebody_who_may_not_take_cases_is_told_so(here: World) -> None:
    case, [page, *_] = paged(here)
    for changes in ({"role": "viewer"}, {"role": "senior", "active": False}):
        change(here, page["to"], **changes)
        status, text = post(here, token_of(page))
        assert (status, "You may not acknowledge" in text) == (403, True)
    assert path_of(here, case) == {"climbing"}
    assert pages(here, case)[0]["acknowledged_at"] is None


def test_what_we_did_not_sign_is_unknown(here: World) -> None:
    case, [page, *_] = paged(here)
    links = here.installation.entrance.links
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
            assert (status, "This link is not valid" in text) == (404, True)
    assert path_of(here, case) == {"climbing"}


def test_a_subject_cannot_break_out_of_the_page(here: World) -> None:
    opened(here, {**OUTAGE, "subject": 'API is down <script>alert("x")</script><form>'})
    here.forward(SECOND)
    _, text = get(here, token_of(here.outbox.sent[0]))
    assert "&lt;script&gt;" in text
    assert len(re.findall("<script src|<form method", text)) == len(re.findall("<script|<form", text)) == 2


def test_what_became_of_a_page_is_visible(here: World) -> None:
    case = opened(here, OUTAGE)
    installation = here.installation
    courier: Any = installation.outgoing.pages.courier
    seen = [{page["state"] for page in pages(here, case)}]
    claimed = installation.writer.write(lambda tx: courier.claim(tx, Lanes(10, 10)))
    seen.append({page["state"] for page in pages(here, case)})
    assert claimed
    here.outbox.fail = True
    here.clock.advance(MINUTE)
    installation.outgoing.pages.step()  # the lease of the first claim has ended
    seen.append({page["state"] for page in pages(here, case)})
    here.outbox.fail = False
    here.forward(MINUTE)
    seen.append({page["state"] for page in pages(here, case)})
    assert seen == [{"queued"}, {"sent"}, {"queued"}, {"delivered"}]
    assert {page["kind"] for page in pages(here, case)} == {"page"}


def said_of(text: str) -> dict[str, str]:
    """What stands beside each label of a page."""
    return dict(re.findall(r'<dt>([^<]*)</dt><dd dir="auto">([^<]*)</dd>', text))


def test_after_an_answer_it_says_what_is_owed_and_until_when_it_is_yours(here: World) -> None:
    case, [page, *_] = paged(here)
    assert "Yours until" not in get(here, token_of(page))[1]
    _, text = post(here, token_of(page))
    assert f"Acknowledged at 05:01:00 as {page['to']}. Nobody else is paged about this." in text
    assert "Any work on the case renews it" in text
    assert "Times are those of America/New_York." in text
    assert 'href="../cases/1"' in text
    assert (
        said_of(text).items()
        >= {
            "Asked": "Is it contained?",
            "Contain by": "09:00, in 3h 59m",
            "Customer hears by": "06:00, in 59m",
            "Yours until": "06:01, then the paging starts again",
        }.items()
    )
    here.forward(30 * MINUTE)
    act(here, case, verbs.note(here.viewer(page["to"]), "on it"))
    status, text = get(here, token_of(page))
    assert (status, "acknowledged this page at 05:01:00" in text) == (409, True)
    assert said_of(text)["Yours until"] == "06:31, then the paging starts again"
    act(here, case, verbs.contain(here.viewer("anna"), "rolled back"))
    assert "Contain by" not in said_of(get(here, token_of(page))[1])


def test_declining_says_before_who_is_paged_then(here: World) -> None:
    _, [page, *_] = paged(here)
    other = next(name for name in ("carl", "dora") if name != page["to"])
    label = re.compile(r'value="decline"[^>]*>([^<]*)<')
    found = label.search(get(here, token_of(page))[1])
    assert found is not None
    assert found[1] == f"Decline: {other} is paged next"
    _, text = decline(here, token_of(page))
    assert f"{other} is paged now." in text
    here.forward(SECOND)
    found = label.search(get(here, token_of(here.outbox.sent[-1]))[1])
    assert found is not None
    assert other not in found[1]
    assert "paged next" in found[1], "the next step of the path, for its backup declines"
    paged_next = found[1].removeprefix("Decline: ").partition(" ")[0]
    _, text = decline(here, token_of(here.outbox.sent[-1]))
    here.forward(SECOND)
    assert paged_next in {one["to"] for one in here.outbox.sent if one["at"] == here.outbox.sent[-1]["at"]}


def test_declining_is_as_easy(here: World) -> None:
    case, [page, *_] = paged(here)
    token = token_of(page)
    assert page["decline_link"] == f"http://127.0.0.1:8000/decline/{token}"
    status, text = ask(here, web.look_to_decline, token)
    assert status == 200
    assert text.index('value="decline"') < text.index('value="acknowledge"')
    assert path_of(here, case) == {"climbing"}, "looking changes nothing"

    status, text = decline(here, token)
    assert (status, "You declined" in text) == (200, True)
    other = next(name for name in ("carl", "dora") if name != page["to"])
    assert f"{other} is paged now." in text
    here.forward(SECOND)
    handed = here.outbox.sent[-1]
    assert (handed["to"], handed["why"]["declined_by"]) == (other, page["to"])
    assert f"{page['to']} declined, so it comes to you" in handed["text"]
    with here.installation.database.reading() as tx:
        [event] = [one for one in queries.timeline(tx, SYSTEM, case) if one.kind == "path.declined"]
    assert event.actor == f"user:{page['to']} via link"
    assert {one["user"] for one in pages(here, case) if one["declined_at"] is not None} == {page["to"]}

    for method in (get, decline):
        status, text = method(here, token)
        assert (status, "Declined already" in text, 'value="decline"' in text) == (409, True, False)
    assert post(here, token_of(handed))[0] == 200
    for method in (get, post, decline):
        status, text = method(here, token)
        assert (status, "Declined already" in text, "<form" in text) == (409, True, False)
    assert_sound(here, case)


def test_a_decline_by_mistake_is_taken_back_on_the_same_page(here: World) -> None:
    case, (first, *_) = paged(here)
    token = token_of(first)
    _, declined = decline(here, token)
    assert f'formaction="../acknowledge/{token}">Acknowledge after all</button>' in declined
    assert "Acknowledge after all" in get(here, token)[1]
    status, said = post(here, token)
    assert (status, "You have acknowledged it" in said) == (200, True)
    assert path_of(here, case) == {"acknowledged"}
    mine = [page for page in pages(here, case) if page["user"] == first["to"]]
    assert all(page["acknowledged_at"] for page in mine)
    assert decline(here, token)[0] == 409
    assert "Acknowledge after all" not in get(here, token)[1]
    assert_sound(here, case)


def test_a_decline_is_not_taken_back_once_somebody_has_the_case(here: World) -> None:
    case, (first, *_) = paged(here)
    token = token_of(first)
    decline(here, token)
    act(here, case, verbs.acknowledge(here.viewer("lea")))
    assert "Acknowledge after all" not in get(here, token)[1]
    status, said = post(here, token)
    assert (status, "there is nothing left to do" in said) == (409, True)


def test_who_acknowledged_by_a_link_does_not_decline_by_it(here: World) -> None:
    case, [page, *_] = paged(here)
    assert post(here, token_of(page))[0] == 200
    status, text = decline(here, token_of(page))
    assert (status, "Acknowledged already" in text) == (409, True)
    assert path_of(here, case) == {"acknowledged"}


def test_without_a_backup_the_next_step_follows_and_it_says_who_is_paged(database_url: str) -> None:
    people = {"admin": "admin", "anna": "agent", "carl": "senior", "lea": "lead"}
    here = world(database_url, STARTER, people=people)
    _, [page, *_] = paged(here)
    _, text = decline(here, token_of(page))
    assert re.search(r"<p dir=\"auto\">\w+ is paged now\.</p>|Nobody else can be paged at once\. If nobody", text)
    here.installation.close()


def test_the_page_is_written_in_the_zone_of_whoever_reads_it(here: World) -> None:
    installation = here.installation

    def move(tx: Tx) -> None:
        for name in ("carl", "dora"):
            directory.change_user(
                tx, installation.mint, installation.journal, name, {"zone": "Asia/Kolkata"}, by="test"
            )

    installation.writer.write(move)
    _, [page, *_] = paged(here)
    assert page["zone"] == "Asia/Kolkata"
    assert "by 15:45 on Mon 2 Mar (Asia/Kolkata)" in page["text"]
    assert "by 15:45 on Mon 2 Mar." in get(here, token_of(page))[1]


def test_a_confidential_case_keeps_its_words_to_itself_on_the_page_too(here: World) -> None:
    case, [page, *_] = paged(here)
    act(here, case, verbs.restrict(here.viewer("lea"), ["lea"], "legal"))
    _, text = get(here, token_of(page))
    assert "Confidential case" in text
    for said in ("API is down", "acme", "Z-1", "5,000"):
        assert said not in text


def test_what_was_acknowledged_in_time_is_counted_from_an_instant_on_where_it_is_not_too_much(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = here.clock.now()
    case, _ = paged(here)
    secret = opened(here, OUTAGE | {"external_id": "Z-2"})
    act(here, secret, verbs.restrict(here.viewer("lea"), ["lea"], "legal"))
    opened(here, OUTAGE | {"external_id": "Z-3"})

    def kept(since: int = began) -> dict[str, totals.RunsKept] | None:
        with here.installation.database.reading(here.clock.now()) as tx:
            return totals.kept_since(tx, since, ["acknowledge"])

    assert kept() == {}
    act(here, case, verbs.acknowledge(here.viewer("lea")))
    assert kept() == {"acknowledge": totals.RunsKept(1, 1)}
    after = here.clock.now() + 1
    here.forward(20 * MINUTE)
    assert kept() == {"acknowledge": totals.RunsKept(1, 2)}
    assert kept(after) == {"acknowledge": totals.RunsKept(0, 1)}
    monkeypatch.setattr(totals, "MOST_CHANGED", 1)
    assert kept() is None


def test_what_came_and_went_is_counted_from_an_instant_on_where_it_is_not_too_much(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _ = paged(here)
    secret = opened(here, OUTAGE | {"external_id": "Z-2"})
    act(here, secret, verbs.restrict(here.viewer("lea"), ["lea"], "legal"))

    def moved(since: int) -> totals.Moved | None:
        with here.installation.database.reading(here.clock.now()) as tx:
            return totals.moved_since(tx, since)

    assert moved(0) == totals.Moved(1, 0), "of those that everybody sees"
    here.forward(MINUTE)
    later = here.clock.now()
    act(here, case, verbs.resolve(SYSTEM, "done"))
    assert moved(0) == totals.Moved(1, 1)
    assert moved(later) == totals.Moved(0, 1)
    opened(here, OUTAGE | {"external_id": "Z-3"})
    monkeypatch.setattr(totals, "MOST_CHANGED", 1)
    assert moved(0) is None
