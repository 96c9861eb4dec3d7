"""What `GET /triage` answers."""

from tocsin.api.description.shapes import (
    AT,
    FLAG,
    FREE,
    LEVEL,
    MAYBE,
    QUESTION,
    TEXT,
    WHOLE,
    either,
    many,
    record,
)

_ANSWER = record(
    verb={**TEXT, "description": "The verb that gives it"},
    given={**FREE, "description": "What is said with it, beside a reason"},
    says={**TEXT, "description": "What it does"},
    follows={**FLAG, "description": "Whether it is what follows by itself"},
    refused={**MAYBE, "description": "Why the viewer may not give it"},
)
_SNOOZED = record(until=AT, by=TEXT, reason=TEXT)
_WAITING = record(
    number={**WHOLE, "description": "The number of the case"},
    external_id={**MAYBE, "description": "The id of its ticket"},
    subject=TEXT,
    level={**LEVEL, "description": "The level that it has meanwhile"},
    title={**TEXT, "description": "The question as a sentence"},
    why={**many(TEXT), "description": "Why the policy asks"},
    **QUESTION["properties"],
    answers={**many(_ANSWER), "description": "What may be answered, what follows by itself first"},
    asked_at={**AT, "description": "Since when it waits"},
    snoozed={
        **either(_SNOOZED, {"type": "null"}),
        "description": "Until when somebody has put it off, and why; its clock runs on",
    },
)
QUEUE = record(
    questions={**many(_WAITING), "description": "The first to be answered by itself first"},
    today={
        **record(
            settled={**WHOLE, "description": "Questions that are over"},
            answered={**WHOLE, "description": "Those that a person answered"},
            agreed={**WHOLE, "description": "Those whose answer is what would have followed by itself"},
        ),
        "description": "Of the last 24 hours",
    },
)
