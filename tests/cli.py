"""Run the command line within the test's own process."""

import io
import sys
from typing import NamedTuple
from unittest.mock import patch

from tocsin.cli import main


class Done(NamedTuple):
    code: int
    out: str
    err: str


def run(*arguments: str, stdin: str = "") -> Done:
    """`tocsin` with these arguments: its exit code and what it wrote."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    source = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    code = 0
    with (
        patch.object(sys, "argv", ["tocsin", *arguments]),
        patch.object(sys, "stdin", source),
        patch.object(sys, "stdout", out),
        patch.object(sys, "stderr", err),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return Done(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))
