"""The drafted mapping: made from a file as help desks export it, it reads that very file."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.intake.csv_import import ImportOutcome, import_csv
from tocsin.intake.mapping import draft, guessing
from tocsin.intake.mapping.reading import parse_mapping

GERMAN = (
    "Ticket-Nr;Erstellt am;Betreff;Beschreibung;Kunde;Umsatz;Users affected;Labels;Farbe\r\n"
    'T1;24.12.2025 18:30;Größe falsch;"zwei\r\nZeilen";Müller;12.000,50 €;1.200;a,b;rot\r\n'
    "T2;01.02.2026 09:00;Nichts geht;;Meier;250.000;n/a;;blau\r\n"
    "T3;02.02.2026 09:00;Alles gut;;Meier;k.A.;12;;blau\r\n"
)
ENGLISH = (
    "createdAt,Issue key,Summary,Organization,Annual Revenue,Priority\n"
    '2026-02-01T09:30:00Z,AB-1,Nothing works,Northwind,"$1,250,000.00",High\n'
    "2026-02-02T09:30:00Z,AB-2,How do I export?,Contoso,900,Low\n"
)
NAMELESS = "a,what,summary\n1,x,One\n2,x,Two\n"


def drafted(path: Path) -> str:
    form = guessing.form_of(path)
    return draft.draft("desk", form, *guessing.sample(path, form))


def rehearsed(path: Path, mapping: str) -> ImportOutcome:
    return import_csv(path, parse_mapping(mapping), None)


def written(folder: Path, text: str, encoding: str = "utf-8", *, packed: bool = False) -> Path:
    path = folder / "tickets.csv"
    data = text.encode(encoding)
    path.write_bytes(gzip.compress(data) if packed else data)
    return path


@pytest.mark.parametrize(
    ("text", "encoding", "packed"),
    [
        (GERMAN, "cp1252", False),
        (GERMAN, "utf-8", True),
        (GERMAN.replace(";", "\t"), "utf-16", False),
        (GERMAN.replace(";", "\t"), "utf-16", True),
        (ENGLISH, "utf-8", False),
        (ENGLISH, "utf-8-sig", False),
        (NAMELESS, "utf-8", False),
    ],
)
def test_the_file_that_it_was_drafted_from_is_read_whole(
    tmp_path: Path, text: str, encoding: str, packed: bool
) -> None:
    path = written(tmp_path, text, encoding, packed=packed)
    outcome = rehearsed(path, drafted(path))
    assert outcome.unchanged == outcome.rows > 0
    assert not outcome.refused
    assert not outcome.unread


def test_what_it_finds_in_a_german_export(tmp_path: Path) -> None:
    mapping = parse_mapping(drafted(written(tmp_path, GERMAN, "cp1252")))
    assert (mapping.form.delimiter, mapping.form.encoding) == (";", "cp1252")
    assert mapping.external_id is not None
    assert mapping.external_id.named == "Ticket-Nr"
    for rule, text, value in (
        (mapping.fields["occurred_at"], "24.12.2025 18:30", datetime(2025, 12, 24, 18, 30, tzinfo=UTC)),
        (mapping.groups["account"]["arr"], "12.000,50 €", 12000.5),
        (mapping.fields["users_affected"], "1.200", 1200),
    ):
        assert rule.convert is not None
        assert rule.convert(text) == value


def test_what_it_leaves_out_it_names(tmp_path: Path) -> None:
    assert "# Not used: Farbe" in drafted(written(tmp_path, GERMAN, "cp1252"))


def test_words_in_a_column_of_numbers_are_put_up_for_a_person_to_say(tmp_path: Path) -> None:
    text = drafted(written(tmp_path, "id,summary,users\n1,One,many\n2,Two,few\n"))
    assert "map: {many: 0, few: 0}, otherwise: missing}" in text


def test_without_a_column_for_the_subject_it_says_so(tmp_path: Path) -> None:
    assert 'subject: ""  # none of the columns looks like it; name one' in drafted(
        written(tmp_path, "id,colour\n1,red\n2,red\n")
    )


def test_a_draft_asks_what_the_file_does_not_say(tmp_path: Path) -> None:
    path = written(
        tmp_path, "title,created,status\nPrinter,03/04/2024 09:41,Parked\nPhone,05/04/2024 09:41,Done\n", "utf-8"
    )
    text = drafted(path)
    assert "add `day_first: true` or `false`: which is the day in 03/04/2024 09:41?" in text
    assert "in which zone are these times?" in text
    assert "each row is a ticket of its own" in text
    assert "map: {Parked: open, Done: closed}" in text or "map: {Done: closed, Parked: open}" in text
    outcome = rehearsed(path, text)
    assert (outcome.unchanged, outcome.without_ids) == (2, True)
    assert outcome.unread == {"occurred_at: a date whose day and month could be either": 2}


def test_a_draft_says_the_order_where_the_column_does(tmp_path: Path) -> None:
    path = written(tmp_path, "sep=;\nnr;title;created\n1;Printer;03/04/2024\n2;Phone;13/04/2024\n")
    text = drafted(path)
    assert "day_first: true" in text
    assert 'delimiter: ";"' in text
    outcome = rehearsed(path, text)
    assert (outcome.unchanged, outcome.unread.total()) == (2, 0)


@pytest.mark.parametrize(
    ("column", "said", "stands"),
    [
        ("Status", "Won't Do", "closed"),
        ("Status", "Won\u2019t Fix", "closed"),
        ("Status", "Cannot Reproduce", "closed"),
        ("Status", "Declined", "closed"),
        ("Status", "Done", "closed"),
        ("Status", "Ready for Release", "open"),
        ("state", "6", "resolved"),
        ("state", "7", "closed"),
        ("Incident state", "2", "open"),
        ("Status", "6", "open"),  # another tool's
    ],
)
def test_a_state_is_asked_for_with_the_likeliest_answer(tmp_path: Path, column: str, said: str, stands: str) -> None:
    rows = f"number,summary,{column}\nINC1,One,{said}\nINC2,Two,Unheard of\n"
    draft = drafted(written(tmp_path, rows))
    quoted = said if said.isalpha() else f'"{said}"'
    assert f"{quoted}: {stands}" in draft
    assert '"Unheard of": open' in draft
