"""Products and attributes of customers, as conditions see them."""

import pytest

from tocsin.core.errors import InvalidInput
from tocsin.policy.body import to_body
from tocsin.policy.expressions.expression import compile_expression
from tocsin.policy.facts import ENVIRONMENT, facts_of
from tocsin.policy.seen import seen

TICKET = {
    "subject": "s",
    "account": {"products": ["Chat", "FILES"], "attributes": {"seats": 40, "tier": "Gold", "left": None}},
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ('"chat" in account.products', True),
        ('account.products.exists(each, each.startsWith("file"))', True),
        ('"mail" in account.products', False),
        ('account.attributes.tier == "gold"', True),
        ("account.attributes.seats > 39", True),
        ("has(account.attributes.left)", False),
    ],
)
def test_conditions_name_them(condition: str, holds: bool) -> None:
    variables, _ = seen(facts_of(to_body(TICKET)))
    assert compile_expression(condition, ENVIRONMENT).test(variables)[0] is holds


@pytest.mark.parametrize(
    ("account", "place"),
    [
        ({"products": "chat"}, "account.products"),
        ({"products": ["x" * 101]}, "account.products[0]"),
        ({"products": ["a\nb"]}, "account.products[0]"),
        ({"attributes": ["a"]}, "account.attributes"),
        ({"attributes": {"a": {"b": {"c": {"d": 1}}}}}, "account.attributes.a.b.c"),
    ],
)
def test_what_is_none_is_refused(account: object, place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        to_body({"subject": "s", "account": account})
    assert refused.value.place == place
