"""Bodies of requests in other encodings than UTF-8. Pure."""

import codecs
import re

_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_WIDE = ("utf-16", "utf-32")  # of which any bytes may be UTF-8 too


def in_utf8(raw: bytes, content_type: str) -> bytes:
    """The body in UTF-8, by the `charset` of its Content-Type. It stays as it came where none is named, where nobody
    knows that one, and where it is UTF-8 in spite of it, as many senders have it."""
    named = _CHARSET.search(content_type)
    if named is None:
        return raw
    try:
        codec = codecs.lookup(named[1])
        if codec.name == "utf-8" or (not codec.name.startswith(_WIDE) and _is_utf8(raw)):
            return raw
        return raw.decode(codec.name).encode()
    except (LookupError, UnicodeError):  # no encoding of texts, or not this one
        return raw


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
