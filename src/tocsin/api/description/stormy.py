"""What `GET /storms` answers."""

from tocsin.api.description.shapes import AT, FLAG, ID, MAYBE, TEXT, WHOLE, many, record

_CASE = record(id=ID, number=WHOLE, subject=TEXT)
_STORM = record(
    of={**TEXT, "description": "The product area and the type that its cases have in common"},
    case={**_CASE, "description": "The case that pages for all"},
    began_at={**AT, "description": "When the first case joined"},
    last_at={**AT, "description": "When the last one did"},
    over_at={**AT, "description": "When it is over, unless a further one comes"},
    joined={**WHOLE, "description": "How many cases joined"},
)
STORMS = record(
    rule={**MAYBE, "description": "When a storm begins; null where the policy has no such rule"},
    muted={**FLAG, "description": "Whether somebody has muted the rule for now"},
    storms={**many(_STORM), "description": "Those that last, the newest first"},
)
