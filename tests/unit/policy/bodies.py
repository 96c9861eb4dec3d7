"""Whatever POST /cases takes, and whatever people say of it, for properties that hold under every policy."""

import unicodedata
from typing import Any

import pytest
from hypothesis import strategies as st

from tests.unit.policy.policies import small, starter
from tocsin.core.texts import blank
from tocsin.policy import starters
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import Override

NAMES = ["small", *starters.NAMES]


def policy_of(name: str) -> Policy:
    return small() if name == "small" else starter(name)


VOCABULARY = """
    the api is down slow outage 503 error refund hacked phishing data lost nobody can log in drop-down licences webhook
    failed renew cancel our contract how can we
"""
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
WORDS = st.lists(
    st.sampled_from(VOCABULARY.split()),
    min_size=1,
    max_size=12,
).map(" ".join)
SCALAR = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
ATTRIBUTE = SCALAR | TEXT | st.lists(SCALAR | TEXT, max_size=3) | st.dictionaries(TEXT, SCALAR | TEXT, max_size=3)
TAGS = st.lists(
    TEXT | st.sampled_from(["press", "social", "vip", "down", "breach", "hot", "chief", "regulator"]), max_size=4
)


def one_of(*values: object) -> st.SearchStrategy[Any]:
    return st.sampled_from(values) | TEXT


def one_line(text: str | None) -> bool:
    return text is None or "Cc" not in map(unicodedata.category, text)


BODIES = st.fixed_dictionaries(
    {"subject": WORDS | TEXT.filter(lambda text: not blank(text))},
    optional={
        "body": st.none() | TEXT | WORDS,
        "source": one_of("monitoring", "email", "phone", "Grafana").filter(one_line),
        "users_affected": st.none() | st.integers(0, 2**53 - 1) | st.integers(0, 6000),
        "priority": one_of("urgent", "P1", "normal", "1 - Critical"),
        "sentiment": one_of("angry", "neutral"),
        "tags": st.none() | TAGS,
        "type": one_of("outage", "security", "cancellation", "safety", "slow", "gossip"),
        "product_area": one_of("billing", "api", "moon"),
        "attributes": st.dictionaries(
            TEXT | st.sampled_from(["impact", "urgency"]), ATTRIBUTE | st.sampled_from(["1 - High", "2", 3]), max_size=4
        ),
        "account": st.fixed_dictionaries(
            {},
            optional={
                "name": TEXT,
                "segment": one_of("strategic", "business", "clinical"),
                "plan": one_of("premium", "gold", "plus"),
                "region": one_of("eu"),
                "arr": st.floats(0, allow_infinity=False) | st.integers(0, 10**15),
            },
        ),
    },
)
OVERRIDES = st.none() | st.builds(
    Override,
    reason=TEXT.filter(bool),
    level=st.none() | st.sampled_from(["standard", "senior", "executive"]),
    kind=st.none() | st.sampled_from(["technical", "relationship"]),
    severity=st.none() | st.sampled_from(["critical", "low"]),
    team=st.none() | TEXT.filter(bool),
)
MUTED = st.deferred(
    lambda: st.sets(st.sampled_from(sorted({rule for name in NAMES for rule in policy_of(name).muteable})), max_size=3)
)
policies = pytest.mark.parametrize("name", NAMES)
