"""What is markup somewhere: texts that are full of it, and what a reader would find in one."""

import re

from hypothesis import strategies as st
from markdown_it import MarkdownIt

_PLAIN = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak"}
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# Of Slack's mrkdwn, and what Mattermost and Teams make of bare text: mentions, emphasis, addresses, tags.
_MARKUP = re.compile(r"[<>`~*]|@\w|(?<!\w)_\S.*?_(?!\w)|(?<!\w)#[^\W\d]|&\w+;|\bhttps?:|\bwww\.|\]\(", re.I)
_PIECES = st.sampled_from(
    [
        *("*", "**", "_", "__", "`", "```", "~~", "~", "#", "# ", "## ", "> ", "- ", "+ ", "1. ", "1) ", "---", "==="),
        *("[", "]", "(", ")", "](", "][", "]: ", "![", "[a](", "[a]: ", "<", ">", "<!here>", "<@U1>", "<b>"),
        *("&lt;", "|"),
        *("|-|", "@", "@dora", "@channel", "https://evil.example/x", "www.evil.example", "bo@evil.example", "\\", "\n"),
        *(" ", "    ", "\t", "a", "word", "é", "1", ".", "!", "\u2060"),
    ]
)
FOREIGN = st.lists(_PIECES, max_size=14).map("".join)


def markup(text: str) -> list[str]:
    """What a Markdown parser or a chat would find in it, apart from text."""
    tokens = [inner for token in _MARKDOWN.parse(text) for inner in (token, *(token.children or ()))]
    return [token.type for token in tokens if token.type not in _PLAIN] + _MARKUP.findall(text)
