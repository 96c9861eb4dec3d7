"""Words of texts and queries: any word of a text, written in any form, is among those that the text is found by."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.storage import words
from tocsin.storage.words import count, wanted, words_of


def finds(text: str, query: str) -> bool:
    """As both databases do: every word, or the beginning of one."""
    kept = words_of(text)
    asked = wanted(query)
    return bool(asked) and all(
        any(word.startswith(each.word) if each.begins else word == each.word for word in kept) for each in asked
    )


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("支付系统无法访问", "系统"),
        ("支付系统无法访问", "支付系统无法访问"),
        ("支付系统无法访问", "付"),
        ("支付系统无法访问", "问"),
        ("APIが落ちています", "落ち"),
        ("APIが落ちています", "api"),
        ("APIが落ちています", "APIが"),
        ("ﾊﾞｯｸｱｯﾌﾟが失敗", "バックアップ"),
        ("バックアップが失敗", "ﾊﾞｯｸｱｯﾌﾟ"),
        ("결제시스템이 다운되었습니다", "시스템"),
        ("결제시스템이 다운되었습니다", "결제 다운"),
        ("ระบบล่มทั้งหมด", "ล่ม"),
        ("ระบบล่มทั้งหมด", "ทั้งหมด"),
        ("ລະບົບຂັດຂ້ອງ", "ຂັດຂ້ອງ"),
        ("ប្រព័ន្ធមិនដំណើរការ", "មិនដំណើរការ"),
        ("စနစ်ပျက်နေသည်", "ပျက်"),
        ("सर्वर बंद है", "सर्वर"),
        ("Störung in München", "sto\u0308rung"),
        ("Sto\u0308rung in Mu\u0308nchen", "münchen störung"),
        ("Störung", "STORUNG"),
        ("Straße gesperrt", "STRASSE"),
        ("out\u00adage", "outage"),
        ("outage", "out\u200bage"),
        ("\uff21\uff30\uff29 \uff54\uff49\uff4d\uff45\uff4f\uff55\uff54", "api timeout"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("x" * 150, "x" * 150),
        ("x" * 150, "x" * 120),
        ("🔥🔥 site down", "🔥"),
        ("server🔥down", "server down"),
    ],
)
def test_is_found(text: str, query: str) -> None:
    assert finds(text, query)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("支付系统无法访问", "统系"),
        ("支付系统", "访"),
        ("バックアップ", "ハック"),
        ("outage", "ut"),
        ("outage", "ou"),
        ("東京の障害", "障東"),
    ],
)
def test_is_not_found(text: str, query: str) -> None:
    assert not finds(text, query)


@pytest.mark.parametrize("query", ["", " ", "...", "\u200b", "。、"])
def test_a_query_without_a_word(query: str) -> None:
    assert count(query) == 0
    assert wanted(query) == ()


def test_what_is_no_emoji_makes_nothing_longer() -> None:
    assert words_of("─│┌ → ↑ © ® ° ± × § € “ok” … • ▪ ■ ™") == ["ok", "tm"]
    assert words_of("🔥🔥🔥 fire 🔥 👍🏽👍") == ["🔥", "fire", "👍"]


LETTERS = st.text(st.characters(categories=["L", "N", "M"]), min_size=1)
FORMS = st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"])


@given(st.text(), LETTERS, st.text(), FORMS, FORMS)
def test_any_word_of_a_text_in_any_form_finds_it(before: str, word: str, behind: str, one: str, other: str) -> None:
    text = unicodedata.normalize(one, f"{before} {word} {behind}")  # type: ignore[arg-type]
    query = unicodedata.normalize(other, word)  # type: ignore[arg-type]
    assert finds(text, query) or count(query) == 0


@given(st.text(st.sampled_from("支付系统障害がバप ล่ม서버ab1é "), min_size=1), st.data())
def test_any_part_of_a_run_without_spaces_finds_it(text: str, data: st.DataObject) -> None:
    runs = [run for run in text.split() if all(letter in "支付系统障害がバล่ม서버" for letter in run)]
    for run in runs:
        start = data.draw(st.integers(0, len(run) - 1))
        part = run[start : data.draw(st.integers(start + 1, len(run)))]
        assert finds(text, part) or count(part) == 0


@given(st.text())
def test_words_are_words_for_either_database(text: str) -> None:
    for word in words_of(text):
        assert 1 <= len(word) <= 100
        assert not set(word) & set(" '\"\\:&|!*()\n")


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("Payments fail at checkout", "payo", []),
        ("Payments fail at checkout", "paym", ["Payments"]),
        ("Payments fail, and PAYMENTS again", "payments fail", ["Payments", "fail", "PAYMENTS"]),
        ("Die Störung der Straße", "STORUNG strasse", ["Störung", "Straße"]),
        ("Sto\u0308rung und out\u00adage", "störung outage", ["Sto\u0308rung", "out\u00adage"]),
        ("支付系统无法访问", "系统", ["系统"]),
        ("支付系统无法访问", "系统无法", ["系统无法"]),
        ("ＡＰＩ is down", "api", ["ＡＰＩ"]),
        ("mail to a.b@c.example", "b c", ["b", "c"]),
        ("🔥 site", "🔥", ["🔥"]),
        ("one", "on two", []),
        ("", "one", []),
        ("nothing of it", "...", []),
    ],
)
def test_where_a_text_has_the_words(text: str, query: str, marked: list[str]) -> None:
    assert [text[start:end] for start, end in words.places(text, query)] == marked


@given(st.text("ab1A -", max_size=30), st.text("ab1A -é日", max_size=12))
def test_a_text_has_the_same_words_in_wide_letters(text: str, query: str) -> None:
    wide = text.translate({point: point - 0x21 + 0xFF01 for point in range(0x21, 0x7F)})
    assert words.places(text, query) == words.places(wide, query)


@given(st.text(max_size=60), st.text(max_size=20))
def test_places_are_in_order_and_within_the_text(text: str, query: str) -> None:
    ends = [edge for span in words.places(text, query) for edge in span]
    assert ends == sorted(ends)
    assert all(0 <= edge <= len(text) for edge in ends)
