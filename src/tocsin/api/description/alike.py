"""What `GET /cases/{case}/similar` answers."""

from tocsin.api.description.shapes import AT, ID, LEVEL, MAYBE, TEXT, WHOLE, either, many, record

_NUMBER = {"type": "number", "minimum": 0, "maximum": 1, "description": "How likely it is of the same problem"}
_CASE = {
    "id": ID,
    "number": {**WHOLE, "description": "The number of the case"},
    "external_id": {**MAYBE, "description": "The id of its ticket"},
    "subject": TEXT,
    "level": LEVEL,
    "likelihood": _NUMBER,
    "because": {**many(TEXT), "description": "Why, the weightiest reason first"},
}
SIMILAR = record(
    offered={
        **either(record(**_CASE, at={**AT, "description": "When it was offered"}), {"type": "null"}),
        "description": "The case that is offered as its parent, until somebody links or dismisses it",
    },
    similar={**many(record(**_CASE)), "description": "Open cases that are like it now, the likeliest first"},
)
