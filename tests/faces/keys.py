"""Keys of programs among the words of a page: `account_owner`, `cases.lower`, `5bd`. What others wrote is theirs, and
what is code stands in an element that says so."""

import re
from html.parser import HTMLParser

_THEIRS = {"bdi", "code", "pre", "samp", "kbd", "textarea", "script", "style", "svg", "title"}
_ALONE = {"input", "meta", "link", "br", "img", "hr", "wbr"}
_KEY = re.compile(
    r"(?<![\w./@-])(?:[a-z0-9]+(?:_[a-z0-9]+)+|[a-z]{2,}(?:[.-][a-z]{2,})*\.[a-z]{2,}(?:[.-][a-z]+)*|\d+b[dh])(?![\w/@-])"
)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in _ALONE:
            self.open.append(tag in _THEIRS or any(name == "dir" for name, _ in attributes))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _ALONE and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self.open):
            self.words.append(data)


def keys(page: str) -> list[str]:
    """Those that people would read, each once."""
    parser = _Words()
    parser.feed(page.partition("<body")[2])
    return sorted({found for text in parser.words for found in _KEY.findall(text)})
