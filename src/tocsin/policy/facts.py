"""The facts of a decision: what is known of a case and its customer, and the names by which conditions see it."""

from collections.abc import Mapping
from typing import Any

from tocsin.policy.body import AccountBody, CaseBody, check_body, read_body, to_body

__all__ = [
    "ACCOUNT_FIELDS",
    "CASE_FIELDS",
    "CaseBody",
    "Facts",
    "check_body",
    "cut",
    "facts_of",
    "read_body",
    "to_body",
]

Facts = dict[str, dict[str, Any]]

TEXT_BYTES = 16 * 1024  # what conditions read of a text; the cost bound of expressions rests on it

CASE_FIELDS = (
    "subject",
    "body",
    "tags",
    "users_affected",
    "priority",
    "sentiment",
    "source",
    "product_area",
    "type",
    "attributes",
)
ACCOUNT_FIELDS = AccountBody.__struct_fields__


def facts_of(body: CaseBody | Mapping[str, object], account: Mapping[str, object] | None = None) -> Facts:
    """The facts of a decision: only what is known, without what is derived (`case.text`).

    `account` is what is stored of the customer; what the request says itself comes before it.
    """
    if not isinstance(body, CaseBody):
        body = to_body(body)
    case = {name: value for name in CASE_FIELDS if (value := getattr(body, name)) is not None}
    if "attributes" in case:
        case["attributes"] = {key: value for key, value in case["attributes"].items() if value is not None}
    known = {name: value for name in ACCOUNT_FIELDS if (value := (account or {}).get(name)) is not None}
    if body.account is not None:
        known |= {name: value for name in ACCOUNT_FIELDS if (value := getattr(body.account, name)) is not None}
    if "arr" in known:
        known["arr"] = float(known["arr"])
    return {"case": case, "account": known}


def cut(text: str) -> str:
    """As much of a text as conditions read: at most 16 KiB of UTF-8, whole characters; the same object if all of it."""
    if len(text) * 4 <= TEXT_BYTES or (len(text) <= TEXT_BYTES and len(text.encode()) <= TEXT_BYTES):
        return text
    return text[:TEXT_BYTES].encode()[:TEXT_BYTES].decode(errors="ignore")
