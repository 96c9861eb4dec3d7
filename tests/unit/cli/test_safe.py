"""Others' text on a terminal: what could act on the terminal is replaced, what reads is kept."""

import json
import unicodedata

from tocsin.cli.safe import escaped, plain, plain_value

EVERY = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x3000))))
TURNING = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_no_control_character_is_left_and_no_letter_is_lost() -> None:
    left = set(plain(EVERY))
    assert not {character for character in left if unicodedata.category(character) == "Cc"} | left & TURNING
    assert len(plain(EVERY)) == len(EVERY)
    assert plain("Größe 你好 עברית 🚒 a\tb\nc") == "Größe 你好 עברית 🚒 a b c"
    assert plain("\x1b]0;owned\x07\x1b[31m\u202ered\x9b") == "?]0;owned??[31m?red?"
    assert plain("two\nlines\r", lines=True) == "two\nlines "


def test_values_are_cleaned_in_keys_and_lists_too() -> None:
    assert plain_value({"a\x1b": ["b\x9b", 1, None, {"c": "\u2066d"}]}) == {"a?": ["b?", 1, None, {"c": "?d"}]}


def test_json_means_the_same_without_them() -> None:
    value = {"a": EVERY}
    shown = escaped(json.dumps(value, ensure_ascii=False))
    assert json.loads(shown) == value
    assert plain(shown) == shown
