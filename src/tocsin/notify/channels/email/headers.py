"""Headers of letters as they go over the wire: RFC 5322 lines, with RFC 2047 for what ASCII cannot say. Pure.

Python's own encoder loses spaces between encoded words and folds long ones badly; here what has to be encoded is
encoded whole, spaces too, so that whoever decodes it gets every character back.
"""

from base64 import b64encode
from collections.abc import Iterator

from tocsin.core import texts

_LINE = 76  # characters of a line with an encoded word, by RFC 2047
_WORD = 75  # of an encoded word
_FRAME = len("=?utf-8?b??=")
_ATOM = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~")
_AS_IT_IS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")


def unstructured(name: str, text: str) -> str:
    """The header of a text without line ends or control characters, such as a subject, with its line end."""
    first = _LINE - len(name) - 2
    if _plain(text) and all(len(word) < first for word in text.split(" ")):
        return f"{name}: " + _folded(text.split(" "), first)
    return f"{name}: " + _folded(list(_encoded(text, first)), first)


def mailbox(name: str, display: str, address: str) -> str:
    """The header of one address, with the name of whoever has it where there is one."""
    display = texts.line(display)
    place = f"<{address}>"
    if not display:
        return f"{name}: {address}\r\n"
    first = _LINE - len(name) - 2
    return f"{name}: " + _folded([*_phrase(display, first), place], first)


def _phrase(display: str, first: int) -> list[str]:
    words = display.split(" ")
    if _plain(display) and len(display) < first - 4:
        if all(set(word) <= _ATOM for word in words):
            return words
        return ['"' + display.replace("\\", "\\\\").replace('"', '\\"') + '"']
    if _size(display, readable=False) <= min(_WORD, first) - _FRAME:
        return [_word(display, readable=False)]  # some parsers of names keep the space between two encoded words
    return list(_encoded(display, first))


def _plain(text: str) -> bool:
    """Whether it can stand as it is: printable ASCII, single spaces within, and nothing that looks encoded."""
    return text.isascii() and text.isprintable() and bool(text) and text.split() == text.split(" ") and "=?" not in text


def _encoded(text: str, first: int) -> Iterator[str]:
    """A text as encoded words, the first of which has less room: no word ends within a character, nor within what is
    read as one where that fits."""
    readable = sum(len(_q(character)) for character in text) <= len(text.encode()) * 4 // 3
    room = min(_WORD, first) - _FRAME
    held = ""
    for cluster in _clusters(text):
        if held and _size(held + cluster, readable) > room:
            yield _word(held, readable)
            held, room = "", _WORD - _FRAME
        for character in cluster:
            if held and _size(held + character, readable) > room:
                yield _word(held, readable)
                held, room = "", _WORD - _FRAME
            held += character
    if held or not text:
        yield _word(held, readable)


def _clusters(text: str) -> Iterator[str]:
    start = 0
    for place in range(1, len(text)):
        if not texts.joins(text, place):
            yield text[start:place]
            start = place
    yield text[start:]


def _size(text: str, readable: bool) -> int:
    return len(_q(text)) if readable else (len(text.encode()) + 2) // 3 * 4


def _word(text: str, readable: bool) -> str:
    return f"=?utf-8?q?{_q(text)}?=" if readable else f"=?utf-8?b?{b64encode(text.encode()).decode()}?="


def _q(text: str) -> str:
    """Quoted as everywhere in a header, names too: RFC 2047, 5 (3)."""
    return "".join(chr(byte) if byte in _AS_IT_IS else "_" if byte == 32 else f"={byte:02X}" for byte in text.encode())


def _folded(words: list[str], first: int) -> str:
    """The words with a space between two, on lines that are short enough."""
    lines, room = [words[0]], first
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += " " + word
        else:
            lines.append(word)
            room = _LINE - 1
    return "\r\n ".join(lines) + "\r\n"
