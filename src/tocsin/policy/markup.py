"""The text of a message in HTML: what its reader would see, in lines, with its quotations as a plain mail has them."""

import html
import re

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div"),
        *("dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "html", "legend", "li"),
        *("main", "menu", "nav", "ol", "optgroup", "option", "pre", "section", "select", "summary", "table", "tbody"),
        *("textarea", "tfoot", "thead", "tr", "ul"),
    )
)
_PARAGRAPHS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "hr", "p"))
_SPACES = frozenset(("button", "img", "input", "td", "th"))  # they end a word, and no line
_ALONE = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "wbr"))
_UNSEEN = frozenset(("head", "noscript", "script", "style", "template", "title"))
_INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i"),
        *("ins", "kbd", "label", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup"),
        *("time", "tt", "u", "var"),
    )
)
# Names that also stand in angle brackets where no HTML is meant: "<time>". Only with an end are they a mark of it.
_AMBIGUOUS = frozenset(
    (
        *("address", "article", "button", "caption", "cite", "code", "data", "details", "dialog", "label", "legend"),
        *("mark", "menu", "option", "select", "summary", "time", "var"),
    )
)
_WORD = r"(?:o|v|w|m|st\d):[a-z]\w*"  # tags of Microsoft's own
_KNOWN = _BLOCKS | _PARAGRAPHS | _SPACES | _ALONE | _UNSEEN | _INLINE


def _one_of(names: frozenset[str]) -> str:
    return "|".join([*sorted(names, key=lambda name: (-len(name), name)), _WORD])


_IS = re.compile(
    rf"</?(?:{_one_of(_KNOWN - _AMBIGUOUS)})(?:\s[^<>]*)?/?>|</(?:{_one_of(_AMBIGUOUS)})>"
    r"|&(?:nbsp|shy|zwj|zwnj|lrm|rlm|ensp|emsp|thinsp|ZeroWidthSpace|NoBreak|#\d{2,6}|#x[0-9a-f]{2,5});",
    re.IGNORECASE,
)
_TAG = re.compile(rf"<(/?)({_one_of(_KNOWN)})(\s[^<>]*)?/?>|<![a-z\[][^<>]*>|<\?[^<>]*>", re.IGNORECASE)
_QUOTING = re.compile(r"gmail_quote|yahoo_quoted|protonmail_quote|moz-forward|reference-message-container|cite\b", re.I)
_SIGNING = re.compile(r"""(?:class|id)\s*=\s*["']?[^"'>]*signature""", re.IGNORECASE)
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
_HIDDEN = re.compile(r"\shidden(?=[\s=/]|\Z)", re.IGNORECASE)
_STYLE = re.compile(r"""\sstyle\s*=\s*("[^"]*"|'[^']*'|[^\s"']+)""", re.IGNORECASE)
_UNSHOWN = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|(?:font-size|opacity)\s*:\s*0(?:\.0*)?(?:px|pt|em|rem|%)?\s*(?:!\s*important\s*)?(?=;|\Z))",
    re.IGNORECASE,
)
_ENDED_BY_ITSELF = frozenset(("dd", "dt", "li", "option", "td", "th", "tr"))  # by the next of its name


def text_of(message: str) -> str:
    """The message itself where it is no HTML."""
    if "<" not in message and "&" not in message:
        return message
    if not _IS.search(message) and not _has_comment(message):
        return message
    return _Reader().read(_without_comments(message))


def _has_comment(message: str) -> bool:
    start = message.find("<!--")
    return start >= 0 and message.find("-->", start) >= 0


def _without_comments(message: str) -> str:
    parts, at = [], 0
    while (start := message.find("<!--", at)) >= 0:
        parts.append(message[at:start])
        end = message.find("-->", start)
        if end < 0:
            return "".join(parts)
        at = end + 3
    return "".join([*parts, message[at:]])


class _Reader:
    """Goes through the tags once. Of what is open it knows whether it is a quotation, or not to be read."""

    def __init__(self) -> None:
        self._lines: list[str] = [""]
        self._open: list[tuple[str, str]] = []
        self._quoted = self._unread = 0

    def read(self, message: str) -> str:
        at = 0
        for tag in _TAG.finditer(message):
            self._says(message[at : tag.start()])
            at = tag.end()
            if tag[2]:
                self._meets(tag[2].lower(), bool(tag[1]), tag[3] or "")
        self._says(message[at:])
        return "\n".join(self._lines)

    def _says(self, text: str) -> None:
        if not text or self._unread:
            return
        first, *more = html.unescape(text).split("\n")
        if first and not self._lines[-1]:
            self._lines[-1] = self._mark
        self._lines[-1] += first
        self._lines += [self._mark + line for line in more]

    @property
    def _mark(self) -> str:
        return "> " if self._quoted else ""

    def _meets(self, name: str, ends: bool, more: str) -> None:
        if name in _PARAGRAPHS:
            self._breaks(2)
        elif name in _BLOCKS or name == "br":
            self._breaks(1)
        elif name in _SPACES:
            self._says(" ")
        if name in _ALONE:
            return
        if ends:
            self._closes(name)
            return
        self._ends_by_itself(name)
        kind = _kind(name, more)
        self._open.append((name, kind))
        self._quoted += kind == "quoted"
        self._unread += kind == "unread"

    def _ends_by_itself(self, name: str) -> None:
        """A paragraph ends where the next block begins, and an item with the next, though no tag says so."""
        opened = self._open[-1][0] if self._open else ""
        ended = opened == "p" and name in _BLOCKS | _PARAGRAPHS
        if ended or (opened == name and name in _ENDED_BY_ITSELF):
            self._closes(opened)

    def _closes(self, name: str) -> None:
        """What was opened within it and not closed ends with it; what was never opened ends nothing."""
        if not any(opened == name for opened, _ in self._open[-_DEEPEST:]):
            return
        while self._open:
            opened, kind = self._open.pop()
            self._quoted -= kind == "quoted"
            self._unread -= kind == "unread"
            if opened == name:
                return

    def _breaks(self, lines: int) -> None:
        if self._unread:
            return
        if lines == 2 and self._lines[-1].strip("> "):
            self._lines.append("")
        self._lines.append("")


_DEEPEST = 200  # open tags that are looked through for the one that ends


def _kind(name: str, more: str) -> str:
    if name in _UNSEEN or (more and (_SIGNING.search(more) or _is_hidden(more))):
        return "unread"
    if name == "blockquote" or (more and name == "div" and _QUOTING.search(more)):
        return "quoted"
    return ""


def _is_hidden(more: str) -> bool:
    """Whether no reader sees what stands in a tag of these attributes."""
    if _HIDDEN.search(_QUOTED.sub('""', more)):
        return True
    style = _STYLE.search(more)
    return style is not None and bool(_UNSHOWN.search(html.unescape(style[1].strip("\"'"))))
