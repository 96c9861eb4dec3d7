"""What the routes of evidence answer."""

from tocsin.api.description.shapes import AT, FLAG, ID, MAYBE, TEXT, WHOLE, either, many, record

_FIELDS = {
    "id": ID,
    "collector": {**TEXT, "description": "Its name in the policy"},
    "kind": {**TEXT, "description": "What it fetches"},
    "policy_version": WHOLE,
    "state": {"enum": ["queued", "collected", "failed"], "description": "What became of it"},
    "asked_at": {**AT, "description": "When it was asked"},
    "asked_by": {**TEXT, "description": "The engine, or who asked again"},
    "from": {**AT, "description": "The begin of the span that was asked for"},
    "to": {**AT, "description": "Its end"},
    "address": {**TEXT, "description": "Where, without what is secret"},
    "done_at": {**either(AT, {"type": "null"}), "description": "When the answer came, or was given up"},
    "sha256": {**MAYBE, "description": "The digest of the answer as it is kept"},
    "size": {**either(WHOLE, {"type": "null"}), "description": "Its bytes"},
    "cut": {**FLAG, "description": "Whether more came than is kept"},
    "error": {**MAYBE, "description": "Why nothing came"},
    "says": {**MAYBE, "description": "What it says, in a few words"},
}
ONE = record(**_FIELDS)
LIST = record(evidence={**many(ONE), "description": "The newest first"})
_POINT = {"type": "array", "items": {"type": "number"}}
_SERIES = record(name=TEXT, points={**many(_POINT), "description": "Seconds since the epoch, and the value"})
_READ = record(
    head={**many(TEXT), "description": "The columns of a table"},
    rows={**many(many(TEXT)), "description": "Its rows"},
    lines={**many(TEXT), "description": "Lines of text"},
    series={**many(_SERIES), "description": "Series over time"},
    left_out={**WHOLE, "description": "How much did not fit, or was no number"},
)
WHOLE_ONE = record(
    **_FIELDS,
    reads={**either(_READ, {"type": "null"}), "description": "What came, as it is read"},
    content={**MAYBE, "description": "Its bytes, in base64"},
)
