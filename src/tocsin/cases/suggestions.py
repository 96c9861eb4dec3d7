"""What was learnt of answered cases, version by version, and what it suggests for a new case."""

from typing import Any, NamedTuple

import msgspec

from tocsin.core.ids import IdMint
from tocsin.detection.suggesting.model import READ, Learnt, suggest
from tocsin.policy.compiled import Policy
from tocsin.policy.evidence import own_words
from tocsin.policy.facts import SUGGESTED, Facts
from tocsin.policy.markup import text_of
from tocsin.storage import revisions
from tocsin.storage.revisions import Cached
from tocsin.storage.transaction import Tx

FIELDS = ("type", "product_area")
KEPT = 5  # versions
REVISION = "suggestions"
_read = msgspec.json.Decoder(dict[str, Learnt]).decode


class SuggestionModel(NamedTuple):
    """`since` and `learnt_at`: of which time it was learnt; `fields`: by field, none of which was learnt too little."""

    version: int
    learnt_at: int
    since: int
    fields: dict[str, Learnt]


def newest(tx: Tx) -> SuggestionModel | None:
    """What was learnt last; None where nothing ever was."""
    row = tx.row("SELECT version, learnt_at, since, learnt FROM suggestion_models ORDER BY version DESC LIMIT 1")
    return None if row is None else SuggestionModel(row[0], row[1], row[2], _read(row[3]))


def cached() -> Cached[SuggestionModel | None]:
    return Cached(REVISION, newest)


def keep(tx: Tx, mint: IdMint, since: int, fields: dict[str, Learnt]) -> SuggestionModel:
    """Keep a new version, by which cases are read from now on."""
    row = tx.row("SELECT max(version) FROM suggestion_models")
    version = 1 + (row[0] if row and row[0] is not None else 0)
    tx.run(
        "INSERT INTO suggestion_models (version, learnt_at, since, learnt) VALUES (?, ?, ?, ?)",
        (version, tx.now, since, msgspec.json.encode(fields).decode()),
    )
    tx.run("DELETE FROM suggestion_models WHERE version <= ?", (version - KEPT,))
    revisions.renew(tx, mint, REVISION)
    return SuggestionModel(version, tx.now, since, fields)


def with_suggestions(policy: Policy, model: SuggestionModel | None, facts: Facts) -> Facts:
    """The facts with what is suggested for the fields that the sender does not give, where the policy asks for it."""
    if model is None or policy.document.suggest.confidence is None:
        return facts
    case, found = facts["case"], dict[str, Any]()
    text = text_read(case)
    for field in FIELDS:
        said = suggest(model.fields[field], text) if field in model.fields and field not in case else None
        if said is not None:
            found[field] = {"name": said.name, "confidence": said.confidence, "words": list(said.words)}
    return {**facts, SUGGESTED: {"model": model.version, **found}} if found else facts


def text_read(case: dict[str, Any]) -> str:
    """What is read of a case: its subject, and what its sender wrote in their own words."""
    subject, body = str(case["subject"]), case.get("body")
    return f"{subject}\n{own_words(text_of(body[:READ]), subject)}" if body else subject
