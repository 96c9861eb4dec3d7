"""What routes of cases of the same problem answer."""

from tocsin.api.description.shapes import AT, FLAG, FREE, ID, LEVEL, MAYBE, TEXT, WHOLE, either, many, record, ref

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
_NUMBER_OR_NONE = {"type": ["integer", "null"]}
AFFECTED = record(
    by={
        **record(products=many(TEXT), plan=MAYBE, region=MAYBE, attributes=FREE),
        "description": "By what the customers were looked for",
    },
    accounts={
        **many(
            record(
                external_id=TEXT,
                name=MAYBE,
                segment=MAYBE,
                because={**many(TEXT), "description": "By which facts the problem concerns them"},
                case={**_NUMBER_OR_NONE, "description": "The case by which they have written; null: they have not"},
            )
        ),
        "description": "Those first who have not written; at most 500",
    },
)
OPENED = record(
    dry_run=FLAG,
    results=many(
        record(
            external_id=TEXT,
            number={**_NUMBER_OR_NONE, "description": "The case that was opened"},
            done={**FLAG, "description": "Whether one was opened, or would be"},
            problem={**either(ref("Problem"), {"type": "null"}), "description": "Why none"},
        )
    ),
)
