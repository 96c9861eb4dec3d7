"""Forms with files (`multipart/form-data`, RFC 7578). Pure."""

import re
from typing import NamedTuple

from tocsin.core import texts
from tocsin.intake import uploads

MOST_TYPED = 1024 * 1024  # bytes of all fields that are no files, as of a form without any
MOST_BYTES = uploads.MOST_BYTES + 64 * 1024  # a file, and the fields beside it
TAKEN_AT = frozenset({"/settings/imports", "/accounts/import", "/start/policy/try", "/policy/new"})
_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?', re.IGNORECASE)
_NAME = re.compile(r'[;\s]name="([^"]*)"')
_FILE = re.compile(r'[;\s]filename="([^"]*)"')
_LONGEST = 500  # characters of a file's name
_QUOTED = {"%22": '"', "%0D": " ", "%0A": " "}  # as browsers write them in names


class SentFile(NamedTuple):
    """A file by the name that it had where it was sent from, as one line of text."""

    name: str
    data: bytes


def is_multipart(content_type: str) -> bool:
    return content_type.lower().startswith("multipart/form-data")


def read(body: bytes, content_type: str, most: int) -> tuple[list[tuple[str, str]], dict[str, SentFile]]:
    """Fields in order, and files by their field; a field in which no file was chosen has none. ValueError for what is
    no such form, has more than `most` parts, or more typed than MOST_TYPED."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise ValueError("no boundary")
    mark = b"--" + found[1].encode()
    first, *parts = (b"\r\n" + body).split(b"\r\n" + mark, most + 1)
    if first or not parts or not parts.pop().startswith(b"--") or len(parts) > most:
        raise ValueError("parts that do not fit")
    pairs: list[tuple[str, str]] = []
    files: dict[str, SentFile] = {}
    typed = 0
    for part in parts:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        described = head.decode()
        name, file = _NAME.search(described), _FILE.search(described)
        if name is None:
            raise ValueError("a part without a name")
        if file is None:
            typed += len(content)
            if typed > MOST_TYPED:
                raise ValueError("more than anybody types")
            pairs.append((_plain(name[1]), content.decode()))
        elif content or file[1]:
            files[_plain(name[1])] = SentFile(texts.line(_plain(file[1]), _LONGEST), content)
    return pairs, files


def _plain(name: str) -> str:
    for written, letter in _QUOTED.items():
        name = name.replace(written, letter)
    return name
