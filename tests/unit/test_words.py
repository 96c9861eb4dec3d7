"""One word for one thing: what people read keeps to docs/glossary.md."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests import parsed

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tocsin"
_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \|([^|]*)\|$", re.M)
_TECHNICAL = re.compile(r"^[a-z0-9_.:/{}-]*$")  # a name in the code, no sentence
_PERSON = r"\b(him|his|himself|he|she|her)\b"


def glossary() -> dict[str, list[str]]:
    """The terms, and what is not said for each."""
    rows = _ROW.findall((ROOT / "docs" / "glossary.md").read_text())
    return {
        term.strip(): [word.strip() for word in avoided.split(";") if word.strip()] for term, _, avoided in rows[1:]
    }


AVOIDED = sorted({word for words in glossary().values() for word in words})


def texts() -> Iterator[tuple[str, str]]:
    """Where, and what people read there: sentences in the code, help of commands and routes, templates, docs."""
    for path in sorted(SOURCE.rglob("*.py")):
        tree = parsed.tree(path)
        public = path.relative_to(SOURCE).parts[0] in ("api", "cli")
        hidden = set() if public else {id(node) for node in _docstrings(tree)}
        constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in hidden]
        for node in constants:
            if isinstance(node.value, str) and not _TECHNICAL.match(node.value):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value
    web = SOURCE / "web"
    for path in (*sorted((web / "templates").rglob("*.html")), *sorted((web / "static" / "js").glob("*.js"))):
        yield str(path.relative_to(ROOT)), path.read_text()
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        if path.name != "glossary.md" and "adr" not in path.parts:
            yield str(path.relative_to(ROOT)), path.read_text()


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


@cache
def every_text() -> list[tuple[str, str]]:
    return list(texts())


@pytest.mark.parametrize("word", AVOIDED)
def test_a_word_that_is_not_used_is_used_nowhere(word: str) -> None:
    phrase = r"\s+".join(map(re.escape, word.split()))
    wanted = re.compile(rf"(?<![\w-]){phrase}(?![\w-])", re.I)
    found = [f"{place}: …{_around(text, hit)}…" for place, text in every_text() for hit in wanted.finditer(text)]
    assert not found, "\n".join(found)


def test_a_person_is_nobody_of_one_sex() -> None:
    wanted = re.compile(_PERSON, re.I)
    found = [f"{place}: …{_around(text, hit)}…" for place, text in every_text() for hit in wanted.finditer(text)]
    assert not found, "\n".join(found)


def test_the_glossary_is_in_order_and_says_each_term_once() -> None:
    terms = list(glossary())
    assert len(terms) > 30
    assert len(terms) == len(set(terms))
    assert terms == sorted(terms, key=str.casefold)


def test_every_kind_of_problem_has_a_title_of_the_trade() -> None:
    from tocsin.core import errors

    titles = {
        cls.title
        for cls in vars(errors).values()
        if isinstance(cls, type) and issubclass(cls, errors.TocsinError) and cls is not errors.TocsinError
    }
    assert {"Unauthorized", "Forbidden", "Not found", "Conflict"} <= titles
    assert all(len(title) <= 50 and "?" not in title for title in titles)


def _around(text: str, hit: "re.Match[str]") -> str:
    return " ".join(text[max(0, hit.start() - 30) : hit.end() + 30].split())
