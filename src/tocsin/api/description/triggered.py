"""What `GET /triggers` answers."""

from tocsin.api.description.shapes import AT, FLAG, LEVEL, MAYBE, TEXT, WHOLE, either, many, record

_COUNT = either(WHOLE, {"type": "null"})
_TRIGGER = record(
    id={**TEXT, "description": "The id of the rule in the policy"},
    rule={**TEXT, "description": "How decisions name it, and by which it is muted"},
    on={**TEXT, "description": "What it looks at"},
    level={**LEVEL, "description": "The level that it asks for"},
    kind={"enum": ["technical", "relationship"], "description": "Who is asked"},
    says={**TEXT, "description": "When it fires, and what it does"},
    muted={**FLAG, "description": "Whether somebody has muted it for now"},
    fired={
        **_COUNT,
        "description": "In how many cases it would have fired; null: it looks beyond one opening",
    },
    raised={**_COUNT, "description": "How many of those would be lower without it; null likewise"},
    cases={**many(WHOLE), "description": "The newest of those, by number"},
    address={**MAYBE, "description": "Where the sign of life of a heartbeat is said, for whoever may mute it"},
)
TRIGGERS = record(triggers={**many(_TRIGGER), "description": "In the order of the policy"})
BEAT = record(
    heartbeat={**TEXT, "description": "The trigger that waits for it"},
    next_by={**AT, "description": "By when the next has to come"},
)
