"""A text from anybody is safe to read: one clear problem, in bounded time, and nothing else."""

import time

import pytest

from tests.unit.policy.documents import problems_of
from tocsin.policy.yaml.lines import read

HOSTILE = {
    "nested lists": ("[" * 5000, "nested too deeply"),
    "nested mappings": ("{a: " * 5000, "nested too deeply"),
    "nested block": ("\n".join(" " * depth + "a:" for depth in range(1000)), "nested too deeply"),
    "nested sequences": ("- " * 5000 + "x", "nested too deeply"),
    "nested keys": ("? " * 5000 + "x", "nested too deeply"),
    "too large": ("a: " + "x" * (1 << 20), "too large"),
    "too large in bytes": ("a: " + "\u20ac" * 400_000, "too large"),
    "too many values": ("a: [" + "1," * 25_000 + "]", "too many values"),
    "bomb": (
        "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + "".join(
            f"{now}: &{now} [{','.join([f'*{before}'] * 10)}]\n" for before, now in zip("abcdef", "bcdefg", strict=True)
        ),
        "too many values",
    ),
    "tall aliases": (
        "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 40)),
        "nested too deeply",
    ),
    "circle": ("a: &a {b: *a}", "contains itself"),
    "circle in a list": ("a: &a [*a]", "contains itself"),
    "no anchor": ("a: *b", "stands for nothing"),
    "python tag": ("a: !!python/object/apply:os.system [ls]", "tag"),
    "own tag": ("a: !secret x", "tag"),
    "standard tag": ("a: !!str x", "tag"),
    "merge": ("a: &a {b: 1}\nc: {<<: *a}", "merge keys"),
    "twice": ("a: 1\nb: 2\na: 3", "in line 1 and in line 3"),
    "twice in a flow": ("{a: 1, 'a': 2}", "in line 1 and in line 1"),
    "list as key": ("? [a]\n: 1", "key is not text"),
    "empty key": (": 1", "key is not text"),
    "alias as key": ("a: &a b\n*a : 1", "key is not text"),
    "documents": ("a: 1\n---\nb: 2", "second document"),
    "nul": ("a: \0", "U+0000"),
    "control": ("a: \x07", "U+0007"),
    "delete": ("a: \x7f", "U+007F"),
    "next line": ("a: b\x85c: d", "U+0085"),
    "line separator": ("a: b\u2028c: d", "U+2028"),
    "surrogate": ("a: \ud800", "U+D800"),
    "escaped surrogate": ('a: "\\ud800"', "cannot be stored"),
    "escaped nul": ('a: "\\0"', "cannot be stored"),
    "escaped surrogate key": ('"\\ud800": 1', "cannot be stored"),
    "broken escape": ('a: "\\UFFFFFFFF"', "not YAML"),
    "broken directive": ("%YAML " + "9" * 5000 + ".1\n---\na: 1", "not YAML"),
    "tab": ("a:\n\t- b", "not YAML"),
    "unclosed": ("a: [1, 2", "not YAML"),
    "nan": ("a: .nan", "not a number"),
    "infinite": ("a: -.inf", "not a number"),
    "overflow": ("a: 1e999", "too large"),
    "long number": ("a: " + "9" * 100_000, "too large"),
    "large number": ("a: 9223372036854775808", "too large"),
    "large hexadecimal": ("a: 0xffffffffffffffffff", "too large"),
    "nothing": ("", "empty"),
    "comment": ("# nothing\n", "empty"),
    "blank": (" \n" * 1000, "empty"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refused_with_one_clear_problem(name: str) -> None:
    text, message = HOSTILE[name]
    started = time.process_time()
    tree = read(text)
    assert time.process_time() - started < 10
    assert message in tree.problems[0].message
    assert len(tree.problems) <= 2
    if name not in ("too large", "too large in bytes", "broken escape", "broken directive"):
        assert tree.problems[0].line is not None
    assert problems_of(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"), ("no", "no"), ("y", "y"), ("2026-12-24", "2026-12-24"), ("12:30", "12:30"), ("1_000", "1_000"),
        ("~", None), ("", None), ("null", None), ("true", True), ("False", False), ("'true'", "true"), ('"1"', "1"),
        ("12", 12), ("-3", -3), ("+3", 3), ("010", 10), ("0o10", 8), ("0x1F", 31), ("1.5", 1.5), (".5", 0.5),
        ("1e3", 1000.0), ("1.", 1.0), ("15m", "15m"), ("'\u2603'", "\u2603"), ("1e", "1e"),
        ("9223372036854775807", 2**63 - 1),
    ],
)  # fmt: skip
def test_plain_words_by_the_core_schema(text: str, value: object) -> None:
    found = read(f"a: {text}").data["a"]
    assert found == value
    assert type(found) is type(value)


def test_lines_are_those_of_the_keys() -> None:
    tree = read("# first\na:\n  b: 1\n\n  c:\n    - x\n    - y: 2\n")
    assert {key: tree.lines[key] for key in [("a",), ("a", "b"), ("a", "c", 0), ("a", "c", 1, "y")]} == {
        ("a",): 2,
        ("a", "b"): 3,
        ("a", "c", 0): 6,
        ("a", "c", 1, "y"): 7,
    }
    assert tree.line(("a", "c", 1, "missing", "deeper")) == 7


def test_a_byte_order_mark_is_not_text() -> None:
    assert read("\ufeffa: 1").data == {"a": 1}
