"""Cases are found by their words, by those who may see them, and listed in every order without loss or doubling."""

import contextlib
from typing import Any

import pytest

from tests.stories.record import STARTER
from tests.stories.starter import found
from tests.testing import MONDAY, World, world
from tocsin.cases import acting, verbs
from tocsin.cases.queries import cursors, listing
from tocsin.cases.queries.listing import Filter, ListPosition, Sort
from tocsin.core import ids
from tocsin.core.clock import MINUTE
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import verbatim
from tocsin.intake.signals import Signal, receive
from tocsin.ledger import erasing
from tocsin.people.permissions import SYSTEM
from tocsin.policy.body import to_body


@pytest.fixture
def here(database_url: str) -> Any:
    made = world(database_url, STARTER, start=MONDAY)
    yield made
    made.installation.close()


def test_words_of_subject_and_text_in_any_case_and_accent(here: World) -> None:
    here.open(subject="Login über SSO fails", body="The Müller account sees E_TIMEOUT 504 since 9.30")
    here.open(subject="Another", body="nothing of it")
    for words in ("login", "LOGIN fails", "uber", "ÜBER sso", "muller timeout", "e_timeout", "504", "9.30", "acc"):
        assert found(here, words) == ["Login über SSO fails"], words
    here.open(subject="Lỗi ở Đà Nẵng 🔥")
    assert found(here, "da nang") == ["Lỗi ở Đà Nẵng 🔥"]
    for words in ("log out", "fail another", "ac", "toco", "😀", "...", "😀 ?!", "→ ─"):
        assert found(here, words) == [], words
    for words in ("", " ", " ".join(map(str, range(13)))):
        with pytest.raises(InvalidInput):
            found(here, words)


def test_emoji_are_words(here: World) -> None:
    here.open(subject="🔥🔥 site down", body="nobody answers 👩\u200d🚒 in 🇩🇪 👍🏽 ⚠\ufe0f")
    here.open(subject="site up", body="✅ all is well")
    for words in ("🔥", "🔥🔥", "🔥 site", "🔥down", "🇩🇪", "👍", "👍🏿", "⚠", "👩\u200d🚒", "🚒 🔥"):
        assert found(here, words) == ["🔥🔥 site down"], words
    assert found(here, "✅ site") == ["site up"]
    for words in ("🔥 ✅", "🇩🇪🇫🇷", "🇪🇩", "💧 site"):
        assert found(here, words) == [], words


def test_words_within_scripts_without_spaces(here: World) -> None:
    here.open(subject="支付系统无法访问", body="バックアップが失敗しました", account={"name": "株式会社東京銀行"})
    here.open(subject="ระบบล่มทั้งหมด", body="결제시스템이 다운되었습니다")
    for words in ("系统", "访问", "系", "问", "失敗", "ﾊﾞｯｸｱｯﾌﾟ", "東京", "支付系统 銀行"):
        assert found(here, words) == ["支付系统无法访问"], words
    for words in ("ล่ม", "ทั้งหมด", "시스템", "결제 다운"):
        assert found(here, words) == ["ระบบล่มทั้งหมด"], words
    for words in ("统系", "系统 ล่ม", "京東"):
        assert found(here, words) == [], words


def test_how_letters_are_written_does_not_matter(here: World) -> None:
    here.open(
        subject="Sto\u0308rung", body="out\u00adage of the \uff21\uff30\uff29, time\u200bout; Straße " + "x" * 150
    )
    for words in (
        "störung",
        "STO\u0308RUNG",
        "outage",
        "out\u200bage",
        "api",
        "ＡＰＩ",
        "timeout",
        "STRASSE",
        "x" * 120,
    ):
        assert found(here, words) == ["Störung"], words


def test_a_ticket_is_found_by_its_id_and_its_customer(here: World) -> None:
    here.open(subject="Slow", external_id="m3-213", account={"external_id": "C-17", "name": "Meridian Airways"})
    here.open(subject="Slow too", external_id="m3-214", account={"name": "Initech"})
    for words in ("m3-213", "M3-213", "meridian", "airways slow", "213"):
        assert found(here, words) == ["Slow"], words
    assert found(here, "initech") == ["Slow too"]
    here.open(subject="Again", account={"external_id": "C-17"})
    assert found(here, "meridian") == ["Again", "Slow"], "the name that the account has"


def test_a_new_name_of_the_customer_is_found_once_the_ticket_says_it(here: World) -> None:
    case = ids.from_text(here.open(subject="Slow", external_id="m3-1", body="reports")["id"])
    given: dict[str, Any] = {"external_id": "m3-1", "account": {"name": "Initech"}}
    signal = Signal(to_body({"subject": "-"} | given), "ticket", SYSTEM, given)
    here.installation.writer.write(lambda tx: receive(tx, here.installation.desk, signal))
    assert found(here, "initech m3-1 reports") == ["Slow"]
    journal = here.installation.journal
    here.installation.writer.write(
        lambda tx: erasing.erase(tx, journal, case, [1, 2], by="user:lea", reason="asked"), cases=[case]
    )
    for words in ("initech", "m3-1", "reports", "slow"):
        assert found(here, words) == [], "what was erased is not found"


@pytest.mark.parametrize("words", ["'", '"', "a' OR '1", 'x" OR rowid > 0 --', "NOT and OR near(", "a*b:c&d|e!", "\\"])
def test_a_query_is_only_words(here: World, words: str) -> None:
    here.open(subject="Plain")
    with contextlib.suppress(InvalidInput):
        assert found(here, words) == []


def test_a_stranger_does_not_find_what_is_confidential(here: World) -> None:
    about: dict[str, Any] = {"subject": "Acquisition of Initech", "external_id": "m3-9", "account": {"name": "Globex"}}
    case = ids.from_text(here.open(**about)["id"])
    desk, lea = here.installation.desk, here.viewer("lea")
    plan = verbs.restrict(lea, ["lea"], "not yet public")
    here.installation.writer.write(lambda tx: acting.act(tx, desk, case, plan), cases=[case])
    for words in ("initech", "m3-9", "globex"):
        assert found(here, words, lea) == ["Acquisition of Initech"]
        assert found(here, words, here.viewer("carl")) == []


def test_another_text_is_found_and_erased_content_is_not(here: World) -> None:
    case = ids.from_text(here.open(subject="Slow", external_id="T-1", body="reports")["id"])
    given = {"external_id": "T-1", "body": "the exports too", "users_affected": 9000}
    signal = Signal(to_body({"subject": "-"} | given), "ticket", SYSTEM, given)
    here.installation.writer.write(lambda tx: receive(tx, here.installation.desk, signal))
    assert found(here, "slow exports") == ["Slow"]
    assert found(here, "reports") == []
    journal = here.installation.journal
    here.installation.writer.write(
        lambda tx: erasing.erase(tx, journal, case, [1], by="user:lea", reason="asked"), cases=[case]
    )
    assert found(here, "exports") == []


def test_what_is_refused_leaves_no_words(here: World) -> None:
    def broken(tx: Any) -> None:
        from tocsin.cases.queries import indexing

        indexing.opened(tx, [(1, to_body({"subject": "phantom"}), None)])
        raise InvalidInput(verbatim("no"))

    with pytest.raises(InvalidInput):
        here.installation.writer.write(broken)
    with here.installation.database.reading() as tx:
        column = "rowid" if tx.dialect == "sqlite" else "case_id"
        assert tx.rows(f"SELECT {column} FROM case_words") == []


@pytest.mark.parametrize("sort", listing.SORTS)
def test_every_order_goes_on_where_it_stopped(here: World, sort: Sort) -> None:
    for number in range(11):
        here.open(subject=f"Case {number}", users_affected=(number * 7 % 11) * 500)
        here.forward(MINUTE)
    everything, place, pages = [], None, 0
    vault = here.installation.vault
    while True:
        with here.installation.database.reading() as tx:
            cases, following = listing.listed(tx, SYSTEM, Filter({}, sort=sort, behind=place, limit=3))
        everything += [state.case for state in cases]
        pages += 1
        if following is None:
            break
        place = cursors.read(vault, sort, cursors.write(vault, sort, following))
        assert place == following
    assert (len(everything), len({case.id for case in everything}), pages) == (11, 11, 4)
    numbers = [case.number for case in everything]
    if sort in ("newest", "oldest"):
        assert numbers == sorted(numbers, reverse=sort == "newest")
    if sort == "urgency":
        rank = {"executive": 2, "senior": 1, "standard": 0}
        assert (keys := [(-rank[case.level], -round(case.score), case.number) for case in everything]) == sorted(keys)


@pytest.mark.parametrize("cursor", ["x", "1-2-3", "\u00e4", "AQ", "A" * 112, "=" * 9])
def test_what_is_no_cursor_is_refused(here: World, cursor: str) -> None:
    with pytest.raises(InvalidInput, match="not a cursor of a list by newest"):
        cursors.read(here.installation.vault, "newest", cursor)


def test_a_cursor_tells_nothing_and_is_of_one_order(here: World) -> None:
    vault = here.installation.vault
    written = {key: cursors.write(vault, "urgency", ListPosition(key, 1 << 60)) for key in (0, 1061.8, (1 << 63) - 1)}
    assert len({len(cursor) for cursor in written.values()}) == 1
    for key, cursor in written.items():
        assert cursors.read(vault, "urgency", cursor) == ListPosition(key, 1 << 60)
        changed = cursor[:30] + ("a" if cursor[30] != "a" else "b") + cursor[31:]
        for sort, text in (("newest", cursor), ("urgency", changed), ("urgency", cursor[:-4])):
            with pytest.raises(InvalidInput):
                cursors.read(vault, sort, text)
