"""Forms with files are read as browsers send them, and nothing else."""

import tracemalloc

import pytest

from tocsin.web import uploads
from tocsin.web.uploads import SentFile

KIND = "multipart/form-data; boundary=----WebKitFormBoundaryX"


def form(*parts: tuple[str, bytes], end: bytes = b"--\r\n") -> bytes:
    mark = b"------WebKitFormBoundaryX"
    sent = b"".join(
        mark + b"\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + body + b"\r\n"
        for head, body in parts
    )
    return sent + mark + end


def test_fields_and_files_are_told_apart() -> None:
    raw = bytes(range(256)) + b"\r\n--almost a boundary\r\n\r\n"
    body = form(
        ('name="live"', b"yes"),
        ('name="note"', "Grüße\r\nzwei".encode()),
        ('name="file"; filename="tickets %22A%22.csv"\r\nContent-Type: text/csv', raw),
        ('name="other"; filename=""\r\nContent-Type: application/octet-stream', b""),
    )
    pairs, files = uploads.read(body, KIND, 10)
    assert pairs == [("live", "yes"), ("note", "Grüße\r\nzwei")]
    assert files == {"file": SentFile('tickets "A".csv', raw)}


def test_a_file_has_a_name_of_one_line() -> None:
    _, files = uploads.read(form(('name="file"; filename="a\0b\u202e\r c.csv"', b"1")), KIND, 10)
    assert files["file"].name == "a b c.csv"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (form(('name="a"', b"1")), "multipart/form-data"),
        (form(('name="a"', b"1"), end=b""), KIND),
        (b"something before it\r\n" + form(('name="a"', b"1")), KIND),
        (form(("filename=x", b"1")), KIND),
        (form(('name="a"', b"\xff\xfe")), KIND),
        (form(*[('name="a"', b"1")] * 11), KIND),
        (form(('name="a"', b"x" * 600_000), ('name="b"', b"y" * 600_000)), KIND),
        (b"", KIND),
    ],
)
def test_what_is_no_such_form_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        uploads.read(body, kind, 10)


def test_a_form_of_very_many_parts_is_not_taken_apart() -> None:
    body = b"--x" + b"ab\r\n--x" * 200_000 + b"--"
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="parts"):
            uploads.read(body, "multipart/form-data; boundary=x", 10)
        assert tracemalloc.get_traced_memory()[1] < 4 * len(body)
    finally:
        tracemalloc.stop()
