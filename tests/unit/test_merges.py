"""No merge is left half done: Python and Jinja take what both sides wrote in some places, and say nothing."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MARK = re.compile(rb"^(<{7}|>{7})( |$)", re.M)


def test_no_file_holds_the_marks_of_a_merge() -> None:
    places = [ROOT / name for name in ("docs", "examples", "frontend", "src", "tests")]
    files = [
        path for place in places for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    assert len(files) > 500
    assert [str(path.relative_to(ROOT)) for path in files if MARK.search(path.read_bytes())] == []
