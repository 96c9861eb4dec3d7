"""The page on the policy document is true: its YAML parses, its messages are the real ones, its sections are all."""

import re
from pathlib import Path

import pytest

from tests.unit.policy.documents import ACME, changed, problems_of
from tocsin.policy import starters
from tocsin.policy.check import check
from tocsin.policy.document import parse, schema
from tocsin.policy.examples import run_examples
from tocsin.policy.yaml.compose import DEPTH_AT_MOST, NODES_AT_MOST

PAGE = (Path(__file__).parents[3] / "docs" / "policy.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def sections(block: str) -> dict[str, str]:
    """The sections of a block, each with its key on the first line."""
    return {part.partition(":")[0]: part for part in re.split(r"^(?=\w)", block, flags=re.MULTILINE) if part}


def assembled() -> str:
    """The policy that somebody writes by this page alone, as the page says: its parts in the place of what the least
    document has, those of one section after each other."""
    parts: dict[str, str] = {}
    for block in BLOCKS[1:]:
        for name, part in sections(block).items():
            parts[name] = parts[name] + part.partition("\n")[2] if name in parts else part
    return "".join((sections(BLOCKS[0]) | parts).values())


def test_a_policy_written_by_the_page_alone_passes() -> None:
    document = parse(assembled())
    problems = check(document)
    assert [str(problem) for problem in problems if problem.severity == "error"] == []
    assert {problem.key for problem in problems} == {"communication"}
    results = run_examples(document)
    assert [(result.name, result.got) for result in results if not result.ok] == []
    assert len(results) == 4


def test_each_section_has_an_example() -> None:
    assert list(schema()["properties"]) == [name for name in schema()["properties"] if name in sections(assembled())]


def test_the_least_document_is_without_a_warning() -> None:
    assert check(parse(BLOCKS[0])) == []


def test_the_messages_are_the_real_ones() -> None:
    text = changed(ACME, ("assign: 5m", "asign: 5m"), ("weight: 30", "weight: 31"), ("path: senior", "path: seniar"))
    said = [f"policy.yaml:{p.line}: error: {str(p).split(': ', 1)[1]}" for p in problems_of(text)]
    shown = re.findall(r"^    (policy\.yaml:\d+: .*)$", PAGE, re.MULTILINE)
    assert shown
    assert set(shown) <= set(said)


def test_each_section_is_there() -> None:
    for section in schema()["properties"]:
        assert f"`{section}`" in PAGE, section


def test_the_limits_are_the_real_ones() -> None:
    assert f"{DEPTH_AT_MOST} levels or {NODES_AT_MOST:,} values" in PAGE


@pytest.mark.parametrize("name", starters.NAMES)
def test_the_examples_hold_with_every_starter(name: str) -> None:
    [block] = [block for block in BLOCKS if "virus scanner" in block]
    results = run_examples(parse(starters.text(name).partition("\nexamples:")[0] + "\n" + block))
    assert [(result.name, result.got) for result in results if not result.ok] == []
    assert len(results) == 3
