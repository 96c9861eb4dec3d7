"""What is kept of the rows that an import left out."""

import json

from tocsin.core.wording import say
from tocsin.intake.csv_rows import Refused
from tocsin.intake.run_records import read_refused, refused_of


def test_what_was_found_in_a_row_is_kept_to_be_worded_for_each_reader() -> None:
    rows = [Refused(2, "too long", say("a line of more than {most} bytes", most=9)), Refused(3, "a NUL character")]
    assert read_refused(refused_of(rows)) == rows
    assert [row.detail for row in rows] == ["a line of more than 9 bytes", ""]


def test_what_an_older_release_kept_in_english_is_read() -> None:
    old = [[5, "occurred_at: not a time", "'whenever' is not a time", "occurred_at", "A-4", "created", "whenever"]]
    [row] = read_refused(json.dumps(old).encode())
    assert (row.detail, row.external_id, row.value) == ("'whenever' is not a time", "A-4", "whenever")
