"""Refusals are texts and values: each has a code for programs, and reads in English as it always did."""

import ast
from pathlib import Path

import pytest

from tests import parsed
from tocsin.api import problems
from tocsin.core import errors
from tocsin.core.errors import Conflict, InvalidInput, NotFound, TocsinError
from tocsin.core.wording import code, say, verbatim
from tocsin.policy.reasons import TEXTS

SOURCE = Path(__file__).parents[2] / "src" / "tocsin"


@pytest.mark.parametrize(
    ("refused", "wanted", "detail"),
    [
        (NotFound(say("there is no team {name}", name=repr("ops"))), "there-is-no-team", "there is no team 'ops'"),
        (Conflict(say("the case is {state}", state=say("open"))), "the-case-is", "the case is open"),
        (InvalidInput(verbatim("Value 7 is odd")), "invalid-input", "Value 7 is odd"),
    ],
)
def test_a_problem_has_a_code_beside_its_sentence(refused: TocsinError, wanted: str, detail: str) -> None:
    told = problems.document(refused)
    assert (told["code"], told["detail"]) == (wanted, detail)


def test_no_refusal_is_made_of_a_text_that_is_put_together() -> None:
    """Such a text would be found in no catalogue, and its code would tell what stands in it."""
    kinds = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, TocsinError)}
    found = []
    for path in SOURCE.rglob("*.py"):
        place = str(path.relative_to(SOURCE))
        for node in ast.walk(parsed.tree(path)):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            made = isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
            if made and (name in kinds or (name in ("say", "marked") and not place.startswith("cli/"))):
                found.append(place)
    assert set(found) == {"ledger/words.py"}  # of words that `phrases.py` knows


def test_every_code_of_a_reason_stands_in_the_docs() -> None:
    page = (SOURCE.parents[1] / "docs" / "languages.md").read_text()
    assert [code for code, text in TEXTS.items() if f"| `{code}` | {text} |\n" not in page] == []


def test_a_code_is_a_word_of_the_text_without_its_places() -> None:
    assert code(say("{name} isn't on call: {roster}", name="x", roster="y")) == "isnt-on-call"
    assert code(verbatim("whatever")) == ""
