"""What chats show of a message is text: nothing that others wrote is markup there."""

import re

import msgspec
import pytest
from hypothesis import example, given

from tests.unit.notify.markup import FOREIGN, markup
from tests.unit.notify.samples import ABOUT, FACTS, page
from tocsin.notify import parts, wording


@given(FOREIGN)
@example("[Acknowledge now](https://evil.example/x)")
@example("![](https://evil.example/t.png)")
@example("*bold* _italic_ ~gone~ `code`\n# heading\n```\nblock\n```")
@example("@dora @group @channel <!here> <!subteam^S1> <at>dora</at>")
@example("[a]\n\n[a]: https://evil.example")
@example("a|b\n-|-\nc|d")
@example("heading\n===\n\tcode\n    code")
def test_what_others_wrote_is_no_markup(text: str) -> None:
    assert markup(parts.harmless(text)) == []


@given(FOREIGN, FOREIGN, FOREIGN)
def test_nor_is_it_in_any_place_of_a_page(subject: str, customer: str, words: str) -> None:
    facts = msgspec.structs.replace(FACTS, subject=subject, customer=customer, words=words)
    said = parts.chat(wording.words(page(ABOUT, facts)))
    theirs = re.sub(r"^(Acknowledge|Decline|The case|The ticket): \S+$", "", said, flags=re.MULTILINE)
    assert markup(theirs) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("API is down since 11:00, see user_id 5 (all sites) - 40% of #142!", None),
        ("*now* [here](x) `y`", "\u2217now\u2217 [here]\u2060(x) \u02cby\u02cb"),
        ("ask @dora", "ask @\u2060dora"),
    ],
)
def test_it_reads_as_it_was_written(text: str, shown: str | None) -> None:
    assert parts.harmless(text) == (shown or text)
