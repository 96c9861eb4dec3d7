"""`same_problem` of a policy: from which likelihoods on a case is offered, and linked."""

import pytest

from tests.stories.process import POLICY, changed
from tocsin.core.errors import InvalidDocument
from tocsin.policy.document import parse


def said(section: str) -> str:
    return changed(POLICY, ("cases:", f"same_problem: {section}\ncases:"))


def test_without_the_section_nothing_is_compared() -> None:
    rules = parse(POLICY).same_problem
    assert (rules.offer, rules.link, str(rules.within)) == (None, None, "24h")


def test_what_it_says_is_read() -> None:
    rules = parse(said("{offer: 0.6, link: 0.97, within: 4h}")).same_problem
    assert (rules.offer, rules.link, str(rules.within)) == (0.6, 0.97, "4h")


@pytest.mark.parametrize(
    ("section", "place"),
    [
        ("{offer: 0.9, link: 0.6}", "same_problem.link"),
        ("{offer: 2}", "same_problem.offer"),
        ("{offer: often}", "same_problem.offer"),
        ("{link: 0.2}", "same_problem.link"),
        ("{within: soon}", "same_problem.within"),
        ("{offers: 0.6}", "same_problem.offers"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_place(section: str, place: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        parse(said(section))
    assert place in [problem.key for problem in refused.value.problems]
