"""Messages in chats: the shapes that the vendors document, and that what others wrote is neither markup nor a call."""

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given

from tests.unit.notify.markup import FOREIGN, markup
from tests.unit.notify.samples import ABOUT, EVERYWHERE, FACTS, page
from tocsin.core import canonical, texts
from tocsin.core.errors import InvalidInput
from tocsin.notify import parts
from tocsin.notify.channels import registry
from tocsin.notify.channels.chat.styles import STYLES, markdown_text, slack_text

NASTY = "<!channel> *bold* [click](http://evil.test) @here @dana <at>dana</at> `x` & <http://evil.test|ok>"
URL = "https://hooks.slack.test/services/T0/B0/very-secret"


def rendered(style: str, **facts: Any) -> dict[str, Any]:
    body = page(ABOUT, msgspec.structs.replace(FACTS, **facts))
    found: dict[str, Any] = STYLES[style].render(body)
    assert len(json.dumps(found)) < 28 * 1024  # what Teams takes; the others take more
    return found


def card(found: dict[str, Any]) -> dict[str, Any]:
    [attachment] = found["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    content: dict[str, Any] = attachment["content"]
    return content


def runs(found: dict[str, Any]) -> list[str]:
    blocks = [inner for block in card(found)["body"] for inner in block.get("items", [block])]
    return ["".join(run["text"] for run in block["inlines"]) for block in blocks]


def test_slack_gets_blocks_in_an_attachment_with_a_colour() -> None:
    found = rendered("slack")
    [attachment] = found["attachments"]
    *sections, actions = attachment["blocks"]
    assert attachment["color"] == "#9a1c1c"
    assert found["text"] == attachment["fallback"]
    assert {block["type"] for block in sections} == {"section"}
    assert all(block["text"]["type"] == "mrkdwn" and len(block["text"]["text"]) <= 3000 for block in sections)
    assert [(button["text"]["text"], button["url"]) for button in actions["elements"]][:2] == [
        ("Acknowledge", FACTS.acknowledge_link),
        ("Decline", FACTS.decline_link),
    ]
    assert [button.get("style") for button in actions["elements"]][:2] == ["primary", None]


def test_mattermost_gets_markdown_in_an_attachment() -> None:
    [attachment] = rendered("mattermost")["attachments"]
    assert set(attachment) == {"fallback", "color", "text"}
    assert f"[Acknowledge]({FACTS.acknowledge_link})" in attachment["text"]


def test_teams_gets_an_adaptive_card() -> None:
    found = rendered("teams")
    content = card(found)
    assert (found["type"], content["type"], content["version"]) == ("message", "AdaptiveCard", "1.4")
    assert content["body"][0]["style"] == "attention"
    assert [action["url"] for action in content["actions"]][:2] == [FACTS.acknowledge_link, FACTS.decline_link]
    assert {action["type"] for action in content["actions"]} == {"Action.OpenUrl"}


@pytest.mark.parametrize("style", STYLES)
def test_it_says_at_three_in_the_morning_what_a_letter_says(style: str) -> None:
    said = json.dumps(rendered(style), ensure_ascii=False)
    for words in ("on call", "Please acknowledge", "Without an answer", "Affected", "Acknowledge", "The case"):
        assert words in said, words


def test_what_a_customer_wrote_is_no_markup() -> None:
    slack = json.dumps(rendered("slack", words=NASTY, subject=NASTY))
    assert "<!" not in slack
    assert "<http" not in slack
    assert "*bold*" not in slack
    [attachment] = rendered("mattermost", words=NASTY)["attachments"]
    assert "[click](" not in attachment["text"]
    assert not re.search(r"@(here|dana)", attachment["text"])
    assert NASTY in "".join(runs(rendered("teams", words=NASTY))), "a text run knows no markup"


CALLS = ["@channel", "._@channel", "x.@all", "_@all_", "cc.@here", "Evil.@channel Ltd", "\\@all", "a@b.example"]
LINKS = ["http://evil.example/x", "x_https://evil.example", "www.evil.example", "slack://open", "mailto:a@b.example"]
LINES = ["above\n---", "above\n1. x", "above\n- x", "above\n===", "above\n> x", "*x*", "_x_", "`x`", "~x~", "x\\"]


@pytest.mark.parametrize("text", CALLS + LINKS + LINES)
@pytest.mark.parametrize("style", ["slack", "mattermost"])
def test_in_no_place_of_a_message_a_customer_calls_links_or_draws(style: str, text: str) -> None:
    about = ABOUT._replace(subject=text, account_facts=canonical.encode({"name": text}))
    facts = msgspec.structs.replace(FACTS, words=text, subject=text, customer=text, product_area=text)
    found = STYLES[style].render(page(about, facts))
    said = json.dumps(found, ensure_ascii=False)
    assert not re.search(r"@[\w_]", said)
    assert "evil.example/x" not in re.findall(r"\w+://(\S+)", said)
    assert not re.search(r"www\.|slack:/|mailto:", said)
    shown = (markdown_text if style == "mattermost" else slack_text)(text)
    assert markup(shown) == []


@given(FOREIGN)
def test_nothing_that_others_wrote_is_markup(text: str) -> None:
    assert markup(markdown_text(text)) == []
    quoted = "\n".join(f"> {line}" for line in markdown_text(text).split("\n"))
    assert set(markup(quoted)) <= {"blockquote_open", "blockquote_close", ">"}
    slack = slack_text(text)
    assert not re.search(r"[<>*`~]|&(?!amp;)|(?m:^&gt;)", slack)


@pytest.mark.parametrize("text", EVERYWHERE)
def test_every_language_arrives_whole(text: str) -> None:
    for shown in (slack_text(text).replace("&amp;", "&"), re.sub(r"\\([\[\]])", r"\1", markdown_text(text))):
        assert shown.replace("\u2060", "") == parts.harmless(texts.lines(text, 2500)).replace("\u2060", "")


@pytest.mark.parametrize("style", STYLES)
def test_a_name_from_right_to_left_turns_no_word_of_ours(style: str) -> None:
    about = ABOUT._replace(account_facts=canonical.encode({"name": "شركة الأمل"}))
    case = page(about, FACTS)["case"]
    notice = {"type": "notice", "zone": "UTC", "case": case, "why": "breach", "clock": None, "due_at": None, "says": ""}
    said = json.dumps(STYLES[style].render(notice), ensure_ascii=False)
    assert said.count("شركة الأمل") == said.count("\u2068شركة الأمل\u2069") > 0


def test_what_is_cut_within_a_name_from_right_to_left_ends_with_its_line() -> None:
    assert texts.lines("a \u2068" + "א" * 20, 10, isolates=True).endswith("\u2069")
    assert texts.lines("a \u2068ב\u2069 \u202ec", 90, isolates=True) == "a \u2068ב\u2069 c"
    assert texts.lines("a \u2068ב\u2069 c", 90) == "a ב c"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a.test/" + "x" * 3000])
@pytest.mark.parametrize("style", STYLES)
def test_a_link_that_a_chat_refuses_does_not_cost_the_message(style: str, url: str) -> None:
    assert url not in json.dumps(rendered(style, ticket_url=url))


@pytest.mark.parametrize("style", STYLES)
def test_every_kind_of_message_is_rendered(style: str) -> None:
    case = page(ABOUT, FACTS)["case"]
    at = "2026-03-02T10:00:00Z"
    notice = {"case": case, "why": "breach", "clock": "contain", "due_at": at, "says": "contain was due"}
    alarm = {"kind": "case.unheard", "says": "nobody", "case": None, "times": 1, "raised_at": at}
    kinds: list[dict[str, Any]] = [
        {"type": "synthetic", "id": "1", "queued_at": at},
        {"type": "test", "id": "1", "queued_at": at, "by": "<!channel>", "zone": "UTC"},
        {"type": "notice", "zone": "UTC", **notice},
        {"type": "digest", "zone": "UTC", "count": 40, "notices": [{"at": at, **notice}] * 40},
        {"type": "alarm", "zone": "UTC", "alarms": [alarm] * 20, "more": 3},
    ]
    for facts in kinds:
        assert json.dumps(STYLES[style].render(facts))
        assert json.dumps(STYLES[style].plain(facts))
    assert "And 30 more" in json.dumps(STYLES[style].render(kinds[3]))


def test_the_url_is_a_secret_and_the_style_one_that_there_is() -> None:
    channel, address, options = registry.read({"chat": URL, "style": "teams"})
    checked = channel.check(address, options, False)
    assert checked.secret == URL
    assert "very-secret" not in checked.address
    assert checked.address.startswith("https://hooks.slack.test (")
    assert channel.check(URL + "x", options, False).address != checked.address
    assert registry.read({"chat": URL}).options == {"style": "slack"}
    for wrong, place in (
        ({"chat": URL, "style": "irc"}, "style"),
        ({"chat": URL, "wakes": True}, "wakes"),
        ({"chat": URL, "email": "a@b.test"}, "body"),
        ({"chat": 1}, "chat"),
        ({"style": "slack"}, "body"),
    ):
        with pytest.raises(InvalidInput) as refused:
            registry.read(wrong)
        assert refused.value.place == place
    with pytest.raises(InvalidInput, match="private"):
        channel.check("http://10.0.0.1/hook", options, False)
