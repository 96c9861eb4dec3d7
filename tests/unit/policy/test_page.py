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


def whole(block: str) -> str:
    """A block as a document: parts take the place of the section that they show."""
    part = re.match(r"# part: (\w+)\n", block)
    if part is None:
        return block
    indented = "".join("  " + line for line in block.splitlines(keepends=True))
    lines = ACME.splitlines(keepends=True)
    start = next(index for index, line in enumerate(lines) if line.startswith(part[1] + ":"))
    end = next((index for index in range(start + 1, len(lines)) if lines[index][0] not in " -"), len(lines))
    kept = "".join(lines[start + 1 : end]) if part[1] == "paths" else ""
    kept = re.sub(r"  senior:\n(    .*\n)+", "", kept)
    return "".join(lines[:start]) + f"{part[1]}:\n" + indented + kept + "".join(lines[end:])


@pytest.mark.parametrize("block", BLOCKS, ids=[block.splitlines()[0] for block in BLOCKS])
def test_each_block_is_a_policy_or_a_part_of_one(block: str) -> None:
    errors = [problem for problem in check(parse(whole(block))) if problem.severity == "error"]
    assert errors == []


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
    [block] = [block for block in BLOCKS if block.startswith("# part: examples")]
    indented = "".join(f"  {line}" for line in block.splitlines(keepends=True))
    results = run_examples(parse(starters.text(name).partition("\nexamples:")[0] + f"\nexamples:\n{indented}"))
    assert [(result.name, result.got) for result in results if not result.ok] == []
    assert len(results) == 3
