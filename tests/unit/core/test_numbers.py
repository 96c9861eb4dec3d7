"""Numbers in text: one grammar for files, deliveries and tickets."""

import pytest

from tocsin.core import numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,200", 1200),
        ("1.200", 1200),
        ("1 200", 1200),
        ("1'200", 1200),
        ("1\u202f200\u202f000", 1200000),
        ("about 30", 30),
        ("~30", 30),
        ("30+", 30),
        ("> 500 users", 500),
        ("5k", 5000),
        ("1.5k", 1500),
        ("0", 0),
        ("40 people, roughly", 40),
        ("1,200,000", 1200000),
        ("+5", 5),
        ("1e3", 1000),
        ("1.2E3", 1200),
        ("all", None),
        ("", None),
        ("10-20", None),
        ("2 of 5", None),
        ("30%", None),
        ("30 %", None),
        ("-5", None),
        ("1.5", None),
        ("12,5", None),
        ("1,20", None),
        ("P1", None),
        ("2026-11-22", None),
        ("9" * 40, None),
    ],
)
def test_whole_numbers_within_words(text: str, number: int | None) -> None:
    found = numbers.find(text)
    assert (found if found is not None and found.is_integer() else None) == number


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.56", 1234.56),
        ("1.234,56", 1234.56),
        ("EUR 12.5", 12.5),
        ("$1.2M", 1.2e6),
        ("2,5", 2.5),
        (".5", 0.5),
        ("0.125", 0.125),
        ("1.2.3", None),
    ],
)
def test_amounts_within_words(text: str, amount: float | None) -> None:
    assert numbers.find(text) == pytest.approx(amount) if amount is not None else numbers.find(text) is None


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("1200", None, 1200),
        ("-3.5", None, -3.5),
        ("12.000,50 €", None, 12000.5),
        ("$1,250,000.75", None, 1_250_000.75),
        ("USD 1200", None, 1200),
        ("1.900.000", None, 1_900_000),
        ("1.200", None, 1200),
        ("1.200", ".", 1.2),
        ("1.200", ",", 1200),
        ("1,200", ".", 1200),
        ("1,200", ",", 1.2),
        ("12 000,5", ",", 12000.5),
        ("12 000,5", ".", None),
        ("0.125", None, 0.125),
        ("1e3", None, 1000.0),
        ("5.", None, 5.0),
        (".5", None, 0.5),
        ("1,00,000", None, None),
        ("1.2.3,4", None, None),
        ("12,00,0", None, None),
        ("..", None, None),
        ("٣", None, None),
        ("about 30", None, None),
        ("", None, None),
        ("1e999", None, None),
    ],
)
def test_a_text_that_is_a_number(text: str, decimal: str | None, value: float | None) -> None:
    assert numbers.read(text, decimal) == value


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["1.200", "900"], None),
        (["1.200", "3,5"], ","),
        (["1,200", "3.5"], "."),
        (["1.900.000"], ","),
        (["1,250,000"], "."),
        (["12.000,50 €"], ","),
        (["0,0"], ","),
        (["1.5", "1,5"], None),
        (["2024-03-12", "n/a", ""], None),
    ],
)
def test_numbers_show_which_mark_stands_before_a_fraction(texts: list[str], sign: str | None) -> None:
    assert numbers.Evidence(texts).sign == sign
