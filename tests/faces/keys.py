"""Keys of programs among the words of a page: `account_owner`, `cases.lower`, `5bd`. What others wrote is theirs, but
for the keys of our own roles and permissions; what is code stands in an element that says so."""

import re
from html.parser import HTMLParser

from tocsin.people.permissions import PERMISSIONS, ROLES

_CODE = {"code", "pre", "samp", "kbd", "textarea", "script", "style", "svg", "title"}
_ALONE = {"input", "meta", "link", "br", "img", "hr", "wbr"}
_KEY = re.compile(
    r"(?<![\w./@-])(?:[a-z0-9]+(?:_[a-z0-9]+)+|[a-z]{2,}(?:[.-][a-z]{2,})*\.[a-z]{2,}(?:[.-][a-z]+)*|\d+b[dh])(?![\w/@-])"
)
_OURS = frozenset({*PERMISSIONS, *(role for role in ROLES if "_" in role)})


class _Words(HTMLParser):
    """`words`: what stands in no code, each with whether somebody else may have written it."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[bool, bool]] = []
        self.words: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in _ALONE:
            self.open.append((tag in _CODE, tag == "bdi" or any(name == "dir" for name, _ in attributes)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _ALONE and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(code for code, _ in self.open):
            self.words.append((data, any(theirs for _, theirs in self.open)))


def keys(page: str) -> list[str]:
    """Those that people would read, each once."""
    parser = _Words()
    parser.feed(page.partition("<body")[2])
    found = {(key, theirs) for text, theirs in parser.words for key in _KEY.findall(text)}
    return sorted({key for key, theirs in found if not theirs or key in _OURS})
