"""The facts of a decision: what is known of a case and its customer, and the names by which conditions see it."""

from collections.abc import Mapping
from typing import Any

from tocsin.core.wording import Said
from tocsin.policy import remarks as remarking
from tocsin.policy.body import AccountBody, CaseBody, check_body, read_body, to_body
from tocsin.policy.expressions import DOUBLE, DYN, INT, LIST, MAP, STRING, TEXT, Environment
from tocsin.policy.expressions.limits import MAX_TEXT

__all__ = [
    "ACCOUNT_FIELDS",
    "ANSWERED",
    "CASE_FIELDS",
    "COUNTS",
    "ENVIRONMENT",
    "GUARDS",
    "SCORING",
    "SUGGESTED",
    "TRIAGE",
    "CaseBody",
    "Facts",
    "check_body",
    "cut",
    "facts_of",
    "read_body",
    "to_body",
]

Facts = dict[str, dict[str, Any]]
ANSWERED = "answered"
"""The part of the facts that says which questions of triage are settled, each with when it was asked: they are not
asked again."""
COUNTS = "counts"
"""The part of the facts that says how much whoever took the case in had counted, by the trigger that asks for it."""
SUGGESTED = "suggested"
"""The part of the facts that says what was suggested when the case was opened: by field a name, how sure that was and
for which words; and the `model`."""
GUARDS = "guards"
"""The part of the facts that says what people had set for a time: that automation is off (`off`), a `watch`."""

ENVIRONMENT = Environment(
    {
        "case": {
            "subject": TEXT(500),
            "body": STRING,
            "text": STRING,
            "tags": LIST(TEXT(100)),
            "users_affected": INT,
            "priority": TEXT(50),
            "sentiment": TEXT(50),
            "language": TEXT(50),
            "source": TEXT(200),
            "product_area": TEXT(100),
            "type": TEXT(100),
            "attributes": MAP(TEXT(100), DYN),
            "url": TEXT(2000),
        },
        "account": {
            "external_id": TEXT(200),
            "name": TEXT(200),
            "segment": TEXT(200),
            "plan": TEXT(200),
            "region": TEXT(200),
            "language": TEXT(200),
            "arr": DOUBLE,
            "renewal": TEXT(200),
            "products": LIST(TEXT(100)),
            "attributes": MAP(TEXT(100), DYN),
        },
    },
    folded=True,
)
"""What conditions of `classify` may name. All texts are folded: `seen.py` makes them so."""

SCORING = ENVIRONMENT.extended({"case": {"severity": TEXT(100)}})
"""What `score` and `minimums` may name: the severity is known."""

TRIAGE = SCORING.extended({"decision": {"level": TEXT(20), "score": DOUBLE, "evidence": TEXT(20)}})
"""What `triage`, `route`, `targets` and `wake` may name: the level is known."""

LIMITS = dict(TRIAGE.limits())
"""Characters of each text, by the name that conditions have for it."""

CASE_FIELDS = (
    "subject",
    "body",
    "tags",
    "users_affected",
    "priority",
    "sentiment",
    "language",
    "source",
    "product_area",
    "type",
    "attributes",
    "url",
)
ACCOUNT_FIELDS = AccountBody.__struct_fields__


def facts_of(
    body: CaseBody | Mapping[str, object],
    account: Mapping[str, object] | None = None,
    remarks: Mapping[str, Said] | None = None,
) -> Facts:
    """The facts of a decision: only what is known, without what is derived (`case.text`).

    `account` is what is stored of the customer; what the request says itself comes before it. `remarks`: by field, what
    of the request was cut or not understood; they are kept among the facts, so that each decision on them says so.
    """
    if not isinstance(body, CaseBody):
        body = to_body(body)
    case = {name: value for name in CASE_FIELDS if (value := getattr(body, name)) is not None}
    if "attributes" in case:
        case["attributes"] = {
            key: _ordered(value) for key, value in sorted(case["attributes"].items()) if value is not None
        }
    known: dict[str, Any] = {}
    if account:
        known = {name: value for name in ACCOUNT_FIELDS if (value := account.get(name)) is not None}
    if body.account is not None:
        known |= {name: value for name in ACCOUNT_FIELDS if (value := getattr(body.account, name)) is not None}
    if "attributes" in known:
        known["attributes"] = {
            key: _ordered(value) for key, value in sorted(known["attributes"].items()) if value is not None
        }
    if isinstance(known.get("arr"), int):
        known["arr"] = float(known["arr"])
    return {"case": case, "account": known} | (remarking.kept(remarks) if remarks else {})


def _ordered(value: Any) -> Any:
    """Maps in the order of their keys, as stored facts have it: conditions walk over maps."""
    if isinstance(value, dict):
        return {key: _ordered(item) for key, item in sorted(value.items())}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def cut(text: str) -> str:
    """As much of a text as conditions read: at most 16 KiB of UTF-8, whole characters; the same object if all of it."""
    if len(text) * 4 <= MAX_TEXT or (len(text) <= MAX_TEXT and len(text.encode()) <= MAX_TEXT):
        return text
    return text[:MAX_TEXT].encode()[:MAX_TEXT].decode(errors="ignore")
